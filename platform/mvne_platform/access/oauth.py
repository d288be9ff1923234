"""The OAuth 2 token endpoint (RFC 6749 §4.4, RFC 7009) on Authlib, without a web framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, TokenMixin, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from sqlalchemy.orm import Session

from mvne_platform.access import commands, queries, tokens
from mvne_platform.access.errors import TokenRefused
from mvne_platform.access.models import ApiClient
from mvne_platform.access.roles import SCOPES

AUTH_METHODS = ("client_secret_basic", "client_secret_post")
Answer = tuple[int, Any, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Form:
    """A request to the token or revocation endpoint, as any web framework can say it."""

    headers: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the server reads and writes: the brand's clients, the platform's keys and revocations."""

    brand: Session
    platform: Session
    ring: tokens.KeyRing
    host: str


def token_response(stores: Stores, form: Form) -> Answer:
    """Answer `POST /oauth/token`: (status, JSON body, headers)."""
    answer: Answer = _Server(stores).create_token_response(form)
    return answer


def revocation_response(stores: Stores, form: Form) -> Answer:
    """Answer `POST /oauth/revoke`: 200 also for a token nobody knows (RFC 7009 §2.2)."""
    answer: Answer = _Server(stores).create_endpoint_response(RevocationEndpoint.ENDPOINT_NAME, form)
    return answer


def metadata(host: str) -> dict[str, Any]:
    """The authorization server's description of itself (RFC 8414)."""
    issuer = tokens.issuer_url(host)
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
    }


# Authlib ships no types, so its classes are `Any` to the type checker; nothing of them leaves this module.


class _Request(OAuth2Request):  # type: ignore[misc]  # Authlib is untyped
    """Authlib's view of a form. The edge has judged the transport already, so Authlib is told of a secure one."""

    def __init__(self, stores: Stores, form: Form) -> None:
        super().__init__("POST", f"https://{stores.host}/oauth/token", headers=form.headers)
        self._fields = dict(form.fields)
        self.payload = BasicOAuth2Payload(self._fields)

    @property
    def args(self) -> dict[str, str]:
        return {}

    @property
    def form(self) -> dict[str, str]:
        return self._fields


class _Client(ClientMixin):  # type: ignore[misc]  # Authlib is untyped
    def __init__(self, row: ApiClient) -> None:
        self.row = row

    def get_client_id(self) -> str:
        return self.row.client_id

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All scopes of the client unless it asks for fewer; None, which Authlib refuses, if it asks for others."""
        wanted = scope.split() if scope else self.row.scopes
        return " ".join(wanted) if set(wanted) <= set(self.row.scopes) else None

    def check_client_secret(self, client_secret: str) -> bool:
        return commands.is_client_secret(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class _ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS


@dataclass(frozen=True, slots=True)
class _Token(TokenMixin):  # type: ignore[misc]  # Authlib is untyped
    claims: tokens.Claims

    def check_client(self, client: _Client) -> bool:
        return self.claims.subject == client.row.client_id


class _Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib is untyped
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, _token_type_hint: str | None) -> _Token | None:
        stores: Stores = self.server.stores
        if stores.ring.needs_loading(token_string):
            stores.ring.load(stores.platform)
        try:
            claims = stores.ring.verify(token_string, host=stores.host, audience=tokens.Audience.STOREFRONT)
        except TokenRefused:
            return None
        return _Token(claims)

    def revoke_token(self, token: _Token, _request: OAuth2Request) -> None:
        tokens.revoke(self.server.stores.platform, token.claims)
        self.server.stores.ring.forget()


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib is untyped
    """One per request: it holds the request's sessions. Building it costs some microseconds."""

    def __init__(self, stores: Stores) -> None:
        super().__init__(scopes_supported=list(SCOPES))
        self.stores = stores
        self.register_grant(_ClientCredentials)
        self.register_endpoint(_Revocation)
        self.register_token_generator("default", self._bearer)

    def _bearer(self, *, client: _Client, scope: str | None, **_unused: Any) -> dict[str, Any]:
        allowed: str = BearerTokenGenerator.get_allowed_scope(client, scope)
        return {
            "token_type": "Bearer",
            "access_token": commands.client_token(
                self.stores.platform, client.row, self.stores.host, tuple(allowed.split())
            ),
            "expires_in": client.row.token_seconds,
            "scope": allowed,
        }

    def query_client(self, client_id: str) -> _Client | None:
        row = queries.active_client(self.stores.brand, client_id)
        return _Client(row) if row else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing to keep: tokens verify by signature, and only revoked ones are stored."""

    def create_oauth2_request(self, request: Form) -> OAuth2Request:
        return _Request(self.stores, request)

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""
