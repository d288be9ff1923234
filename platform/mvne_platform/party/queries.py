"""Reads of customers and accounts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select

from mvne_platform.party import permissions
from mvne_platform.party.errors import UnknownAccount, UnknownCustomer, UnknownVerification
from mvne_platform.party.models import Address, BillingAccount, Customer, IdentityVerification
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


def verification_for_update(ctx: Context, verification_id: UUID) -> IdentityVerification:
    """Lock one identity verification; raises UnknownVerification."""
    found = ctx.db.get(IdentityVerification, verification_id, with_for_update=True)
    if found is None:
        raise UnknownVerification("The brand has no such identity verification.", field=("verification_id",))
    return found


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
