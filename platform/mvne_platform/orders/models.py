"""Quotes and product orders."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, primary_key


class OrderState(StrEnum):
    """Where an order stands (TM Forum TMF622); HELD waits for the customer's identity verification."""

    ACKNOWLEDGED = "acknowledged"
    HELD = "held"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Quote(BrandBase):
    """A price promise: the lines an order with this id bills, until it expires."""

    __tablename__ = "quote"

    id: Mapped[UUID] = primary_key()
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    add_on_ids: Mapped[list[str]]
    lines: Mapped[list[dict[str, Any]]]
    currency: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ProductOrder(BrandBase):
    """An order for a new subscription (TM Forum TMF622 ProductOrder)."""

    __tablename__ = "product_order"

    id: Mapped[UUID] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey(Quote.id), unique=True)
    channel: Mapped[str]
    state: Mapped[OrderState] = mapped_column(default=OrderState.ACKNOWLEDGED)
    state_reason: Mapped[str | None]
    verification_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_verification.id"), unique=True)
    placed_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "state", "id"),)


class OrderItem(BrandBase):
    """One subscription ordered: plan, add-ons, the SIM and number reserved for it, the prices promised."""

    __tablename__ = "order_item"

    id: Mapped[UUID] = primary_key()
    order_id: Mapped[UUID] = mapped_column(ForeignKey(ProductOrder.id))
    line_number: Mapped[int]
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    add_on_ids: Mapped[list[str]]
    lines: Mapped[list[dict[str, Any]]]
    sim_id: Mapped[UUID] = mapped_column(ForeignKey("sim.id"))
    number_id: Mapped[UUID] = mapped_column(ForeignKey("number.id"))
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), unique=True)

    __table_args__ = (UniqueConstraint("order_id", "line_number"),)
