"""The installed base: subscriptions, their identifiers over time, their products."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.catalogue import PaymentMode
from mvne_platform.runtime.models import BrandBase, primary_key


class SubscriptionState(StrEnum):
    """Where a subscription stands; PENDING until the network has answered, LAPSED when a renewal was not paid."""

    PENDING = "pending"
    ACTIVE = "active"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class IdentifierKind(StrEnum):
    """By what a usage record names a subscription."""

    MSISDN = "msisdn"
    IMSI = "imsi"
    ICCID = "iccid"
    ACCOUNT = "account"


class Subscription(BrandBase):
    """A line of a customer (TM Forum SID: Product of a mobile service)."""

    __tablename__ = "subscription"

    id: Mapped[UUID] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"), index=True)
    payment_mode: Mapped[PaymentMode]
    state: Mapped[SubscriptionState] = mapped_column(default=SubscriptionState.PENDING)
    # Most that usage may accrue in a billing period before prepaid credit is used (hybrid): micros, as priced.
    spend_limit_micros: Mapped[int | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]


class SubscriptionIdentifier(BrandBase):
    """A number, IMSI, ICCID or account a subscription held during a span; numbers are ported and reused.

    Before activation the span is empty (it ends where it begins) and so holds nothing; the same with products.
    """

    __tablename__ = "subscription_identifier"

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey(Subscription.id), index=True)
    kind: Mapped[IdentifierKind]
    value: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        ExcludeConstraint(
            ("kind", "="),
            ("value", "="),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="ex_subscription_identifier_one_holder",
        ),
        Index(None, "kind", "value", "valid_from"),
    )


class Product(BrandBase):
    """An offering installed on a subscription during a span: its plan, or an add-on (TM Forum SID: Product)."""

    __tablename__ = "product"

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey(Subscription.id), index=True)
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    is_plan: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    # What is paid for and granted up to here; the next period begins at this instant.
    paid_until: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_product_one_plan",
            "subscription_id",
            unique=True,
            postgresql_where=text("is_plan AND valid_to IS NULL"),
        ),
    )
