"""Customers, their billing accounts, addresses, and the checks of who they are."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, primary_key


class CustomerKind(StrEnum):
    """Whether the customer is a person or an organisation."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


class VerificationState(StrEnum):
    """Where an identity verification stands; MANUAL waits for a person at the provider."""

    PENDING = "pending"
    MANUAL = "manual"
    APPROVED = "approved"
    DECLINED = "declined"


class Customer(BrandBase):
    """A party in the role of customer (TM Forum SID: Customer)."""

    __tablename__ = "customer"

    id: Mapped[UUID] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[CustomerKind] = mapped_column(default=CustomerKind.INDIVIDUAL)
    given_name: Mapped[str]
    family_name: Mapped[str]
    organization: Mapped[str | None]
    email: Mapped[str]
    phone: Mapped[str | None]
    birth_date: Mapped[date | None]
    language: Mapped[str]
    created_at: Mapped[datetime]


class BillingAccount(BrandBase):
    """Who pays: bills and payments belong to an account (TM Forum SID: BillingAccount)."""

    __tablename__ = "billing_account"

    id: Mapped[UUID] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(Customer.id), index=True)
    currency: Mapped[str]
    # Usage that happens before this date has been billed; late records join the period that begins here.
    billed_until: Mapped[date]
    created_at: Mapped[datetime]


class Address(BrandBase):
    """A postal address of a customer, for billing or shipping."""

    __tablename__ = "address"

    id: Mapped[UUID] = primary_key()
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(Customer.id), index=True)
    role: Mapped[str]
    lines: Mapped[list[str]]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]

    __table_args__ = (CheckConstraint("role IN ('billing', 'shipping')", name="role"),)


class CustomerGroup(BrandBase):
    """A named set of customers that a price list or an offer can be for; of several, the lowest rank counts first."""

    __tablename__ = "customer_group"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    rank: Mapped[int] = mapped_column(default=100)


class CustomerGroupMember(BrandBase):
    """A customer's membership of a group during a span; one that ends where it begins never held."""

    __tablename__ = "customer_group_member"

    id: Mapped[UUID] = primary_key()
    group_id: Mapped[UUID] = mapped_column(ForeignKey(CustomerGroup.id))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(Customer.id), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="span"),
        ExcludeConstraint(
            ("group_id", "="),
            ("customer_id", "="),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="ex_customer_group_member_once",
        ),
    )


class IdentityVerification(BrandBase):
    """One attempt to verify a customer before activation, with its evidence."""

    __tablename__ = "identity_verification"

    id: Mapped[UUID] = primary_key()
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(Customer.id), index=True)
    document_number_encrypted: Mapped[str]
    document_country: Mapped[str]
    state: Mapped[VerificationState] = mapped_column(default=VerificationState.PENDING)
    evidence: Mapped[dict[str, Any] | None]
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "state", "id"),)


def _prefix_index(name: str, *columns: Any) -> Index:
    """An index for `lower(column) LIKE 'prefix%'`, whatever the database's collation is."""
    labelled = [func.lower(column).label(f"lower_{column.key}") for column in columns]
    return Index(name, *labelled, postgresql_ops={label.name: "text_pattern_ops" for label in labelled})


_prefix_index("ix_customer_email", Customer.email)
_prefix_index("ix_customer_family_name", Customer.family_name, Customer.given_name)
_prefix_index("ix_customer_given_name", Customer.given_name)
Index("ix_customer_phone", Customer.phone, postgresql_ops={"phone": "text_pattern_ops"})
