"""Offerings with prices, allowances and discounts; the shared catalogue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.kernel import Unit
from mvne_platform.runtime.models import BrandBase, PlatformBase, Rights, primary_key


class Offering(BrandBase):
    """A version of something the brand sells (TM Forum SID: ProductOffering). Names are by language."""

    __tablename__ = "offering"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str]
    version: Mapped[int]
    kind: Mapped[OfferingKind]
    payment_mode: Mapped[PaymentMode]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    characteristics: Mapped[list[dict[str, Any]]]
    price_list: Mapped[str | None]
    spend_limit_micros: Mapped[int | None]
    # Whether prepaid usage that already happened may take the balance below zero.
    offline_debit: Mapped[str] = mapped_column(default="full")
    position: Mapped[int]
    hidden: Mapped[bool] = mapped_column(default=False)
    shared_version: Mapped[int | None]
    # How online sessions are granted quota: {"quotas": {"data": 10485760}, "validity_s": 600, "final_unit_action": …}.
    online: Mapped[dict[str, Any] | None]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("uq_offering_current", "code", unique=True, postgresql_where=text("valid_to IS NULL")),
        CheckConstraint("offline_debit IN ('full', 'available', 'refuse')", name="offline_debit"),
    )


class OfferingPrice(BrandBase):
    """A price of an offering, without tax or with it as the brand's profile says."""

    __tablename__ = "offering_price"

    id: Mapped[UUID] = primary_key()
    offering_id: Mapped[UUID] = mapped_column(ForeignKey(Offering.id), index=True)
    kind: Mapped[PriceKind]
    amount_micros: Mapped[int]
    currency: Mapped[str]
    tax_class: Mapped[str]
    # Length of the period of a recurring price: 'month' by the calendar, or a number of days for prepaid renewals.
    period_days: Mapped[int | None]

    __table_args__ = (CheckConstraint("amount_micros >= 0", name="amount"),)


class OfferingAllowance(BrandBase):
    """Units included in each period of an offering; covers the services and zones it lists (none: all)."""

    __tablename__ = "offering_allowance"

    id: Mapped[UUID] = primary_key()
    offering_id: Mapped[UUID] = mapped_column(ForeignKey(Offering.id), index=True)
    code: Mapped[str]
    unit: Mapped[Unit]
    quantity: Mapped[int]
    services: Mapped[list[str]]
    zones: Mapped[list[str]]
    priority: Mapped[int]
    # For how many more periods what is left stays usable, and the most of it (null: all).
    rollover_periods: Mapped[int] = mapped_column(default=0)
    rollover_limit: Mapped[int | None]
    # Whether every member of the subscription's sharing group may use it.
    shared: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("offering_id", "code"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("rollover_periods >= 0 AND rollover_limit > 0", name="rollover"),
    )


class OfferingDiscount(BrandBase):
    """Basis points off what usage costs while the offering is installed; no services or zones: of all of them."""

    __tablename__ = "offering_discount"

    id: Mapped[UUID] = primary_key()
    offering_id: Mapped[UUID] = mapped_column(ForeignKey(Offering.id), index=True)
    code: Mapped[str]
    basis_points: Mapped[int]
    services: Mapped[list[str]]
    zones: Mapped[list[str]]

    __table_args__ = (
        UniqueConstraint("offering_id", "code"),
        CheckConstraint("basis_points BETWEEN 1 AND 10000", name="basis_points"),
    )


class SharedCatalogueVersion(PlatformBase):
    """A published version of a catalogue that brands may subscribe to; never changed afterwards."""

    __tablename__ = "shared_catalogue_version"
    __rights__ = Rights.APPEND
    __brand_rights__ = Rights.READ

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
