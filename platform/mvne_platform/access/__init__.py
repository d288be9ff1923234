"""Who may do what: staff and their grants, API clients, signed tokens, the OAuth 2 server."""

from mvne_platform.access.commands import (
    STAFF_TOKEN,
    check_sign_in,
    client_token,
    create_client,
    create_staff,
    grant,
    staff_token,
    withdraw,
)
from mvne_platform.access.errors import SignInRefused, TokenRefused, TooManyAttempts
from mvne_platform.access.keys import published_keys, rotate
from mvne_platform.access.models import EVERY_BRAND, ApiClient, Staff
from mvne_platform.access.oauth import Form, Stores, metadata, revocation_response, token_response
from mvne_platform.access.queries import Credentials, StaffMember, credentials, staff_by_email, staff_member
from mvne_platform.access.roles import ANYONE, NOBODY, ROLES, SCOPES
from mvne_platform.access.rules import permissions_of_scopes
from mvne_platform.access.tokens import Audience, Claims, KeyRing, issuer_url
from mvne_platform.access.tokens import revoke as revoke_token

__all__ = [
    "ANYONE",
    "EVERY_BRAND",
    "NOBODY",
    "ROLES",
    "SCOPES",
    "STAFF_TOKEN",
    "ApiClient",
    "Audience",
    "Claims",
    "Credentials",
    "Form",
    "KeyRing",
    "SignInRefused",
    "Staff",
    "StaffMember",
    "Stores",
    "TokenRefused",
    "TooManyAttempts",
    "check_sign_in",
    "client_token",
    "create_client",
    "create_staff",
    "credentials",
    "grant",
    "issuer_url",
    "metadata",
    "permissions_of_scopes",
    "published_keys",
    "revocation_response",
    "revoke_token",
    "rotate",
    "staff_by_email",
    "staff_member",
    "staff_token",
    "token_response",
    "withdraw",
]
