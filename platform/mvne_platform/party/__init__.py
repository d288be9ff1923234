"""Customers, their billing accounts and addresses, and the verification of who they are."""

from mvne_platform.party.commands import create_customer, decide_verification, open_account, start_verification
from mvne_platform.party.errors import (
    AlreadyDecided,
    InvalidCustomer,
    SearchTooShort,
    UnknownAccount,
    UnknownCustomer,
    UnknownVerification,
)
from mvne_platform.party.events import CustomerCreated, IdentityDeclined, IdentityVerified
from mvne_platform.party.models import (
    Address,
    BillingAccount,
    Customer,
    CustomerKind,
    IdentityVerification,
    VerificationState,
)
from mvne_platform.party.queries import (
    account,
    accounts_of,
    addresses_of,
    customer,
    customers,
    customers_by_id,
    is_verified,
    load_account,
    load_customer,
    search,
    verification,
    verifications,
)
from mvne_platform.party.rules import Document, NewAddress, NewCustomer, checked_customer, checked_document

__all__ = [
    "Address",
    "AlreadyDecided",
    "BillingAccount",
    "Customer",
    "CustomerCreated",
    "CustomerKind",
    "Document",
    "IdentityDeclined",
    "IdentityVerification",
    "IdentityVerified",
    "InvalidCustomer",
    "NewAddress",
    "NewCustomer",
    "SearchTooShort",
    "UnknownAccount",
    "UnknownCustomer",
    "UnknownVerification",
    "VerificationState",
    "account",
    "accounts_of",
    "addresses_of",
    "checked_customer",
    "checked_document",
    "create_customer",
    "customer",
    "customers",
    "customers_by_id",
    "decide_verification",
    "is_verified",
    "load_account",
    "load_customer",
    "open_account",
    "search",
    "start_verification",
    "verification",
    "verifications",
]
