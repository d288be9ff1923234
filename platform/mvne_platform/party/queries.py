"""Reads of customers and accounts."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select

from mvne_platform.party import permissions
from mvne_platform.party.errors import UnknownAccount, UnknownCustomer, UnknownVerification
from mvne_platform.party.models import Address, BillingAccount, Customer, IdentityVerification, VerificationState
from mvne_platform.party.rules import SearchTerms, search_terms
from mvne_platform.runtime import Context

MOST_FOUND = 100


def customer(ctx: Context, customer_id: UUID) -> Customer:
    """Read one customer for an actor; raises UnknownCustomer."""
    ctx.require(permissions.READ)
    return load_customer(ctx, customer_id)


def load_customer(ctx: Context, customer_id: UUID) -> Customer:
    """Read one customer for another domain, which asks for its own permission; raises UnknownCustomer."""
    found = ctx.db.get(Customer, customer_id)
    if found is None:
        raise UnknownCustomer("The brand has no such customer; search for the right one.", field=("customer_id",))
    return found


def customers(ctx: Context, *, first: int = 25, before: UUID | None = None) -> list[Customer]:
    """The brand's customers, the newest first; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    wanted = select(Customer).order_by(Customer.id.desc()).limit(first)
    if before is not None:
        wanted = wanted.where(Customer.id < before)
    return list(ctx.db.scalars(wanted))


def customers_by_id(ctx: Context, customer_ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Several customers; ids that are not the brand's are left out."""
    ctx.require(permissions.READ)
    return {row.id: row for row in ctx.db.scalars(select(Customer).where(Customer.id.in_(customer_ids)))}


def search(ctx: Context, text: str, limit: int = 25) -> list[Customer]:
    """Customers whose number, e-mail, phone or name begins with `text`, by name; at most 100.

    Two words are a given and a family name in either order. Raises SearchTooShort below two characters.
    """
    ctx.require(permissions.READ)
    matches = _matching(search_terms(text))
    ordered = matches.order_by(func.lower(Customer.family_name), func.lower(Customer.given_name), Customer.id)
    return list(ctx.db.scalars(ordered.limit(max(1, min(limit, MOST_FOUND)))))


def account(ctx: Context, account_id: UUID) -> BillingAccount:
    """Read one billing account for an actor; raises UnknownAccount."""
    ctx.require(permissions.READ)
    return load_account(ctx, account_id)


def load_account(ctx: Context, account_id: UUID) -> BillingAccount:
    """Read one billing account for another domain; raises UnknownAccount."""
    found = ctx.db.get(BillingAccount, account_id)
    if found is None:
        raise UnknownAccount("The brand has no such billing account.", field=("account_id",))
    return found


def accounts_of(ctx: Context, customer_id: UUID) -> list[BillingAccount]:
    """The customer's billing accounts, oldest first."""
    wanted = select(BillingAccount).where(BillingAccount.customer_id == customer_id)
    return list(ctx.db.scalars(wanted.order_by(BillingAccount.id)))


def addresses_of(ctx: Context, customer_id: UUID) -> list[Address]:
    """The customer's postal addresses, oldest first."""
    return list(ctx.db.scalars(select(Address).where(Address.customer_id == customer_id).order_by(Address.id)))


def is_verified(ctx: Context, customer_id: UUID) -> bool:
    """Whether the customer's identity was ever verified."""
    found = select(IdentityVerification.id).where(
        IdentityVerification.customer_id == customer_id, IdentityVerification.state == VerificationState.APPROVED
    )
    return ctx.db.scalar(found.limit(1)) is not None


def verification(ctx: Context, verification_id: UUID) -> IdentityVerification:
    """Read one identity verification; raises UnknownVerification."""
    ctx.require(permissions.DECIDE_IDENTITY)
    found = ctx.db.get(IdentityVerification, verification_id)
    if found is None:
        raise _unknown_verification()
    return found


def verifications(
    ctx: Context, states: Collection[VerificationState] = (), *, first: int = 25, before: UUID | None = None
) -> list[IdentityVerification]:
    """Identity verifications in these states (all, if none is named), the newest first.

    `before` is the last one of the page before.
    """
    ctx.require(permissions.DECIDE_IDENTITY)
    wanted = select(IdentityVerification).order_by(IdentityVerification.id.desc()).limit(first)
    if states:
        wanted = wanted.where(IdentityVerification.state.in_(states))
    if before is not None:
        wanted = wanted.where(IdentityVerification.id < before)
    return list(ctx.db.scalars(wanted))


def verification_for_update(ctx: Context, verification_id: UUID) -> IdentityVerification:
    """Lock one identity verification; raises UnknownVerification."""
    found = ctx.db.get(IdentityVerification, verification_id, with_for_update=True)
    if found is None:
        raise _unknown_verification()
    return found


def _unknown_verification() -> UnknownVerification:
    return UnknownVerification("The brand has no such identity verification.", field=("verification_id",))


def _matching(terms: SearchTerms) -> Select[Customer]:
    conditions: list[ColumnElement[bool]] = [
        Customer.number == terms.text.upper(),
        _begins(func.lower(Customer.email), terms.text),
        _begins(func.lower(Customer.family_name), terms.text),
        _begins(func.lower(Customer.given_name), terms.text),
        _begins(Customer.phone, terms.text.replace(" ", "")),
    ]
    if terms.rest:
        given, family = func.lower(Customer.given_name), func.lower(Customer.family_name)
        conditions.append(and_(family == terms.rest, _begins(given, terms.first)))
        conditions.append(and_(_begins(family, terms.rest), given == terms.first))
        conditions.append(and_(family == terms.first, _begins(given, terms.rest)))
    return select(Customer).where(or_(*conditions))


def _begins(column: SQLColumnExpression[Any], prefix: str) -> ColumnElement[bool]:
    escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"{escaped}%", escape="\\")
