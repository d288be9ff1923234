"""Offerings with prices and allowances; price lists with versions, zones, bands and rates; the shared catalogue."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.kernel import Unit
from mvne_platform.runtime.models import BrandBase, PlatformBase, Rights, primary_key


class OfferingKind(StrEnum):
    """What is sold: a plan makes a subscription, an add-on joins one."""

    PLAN = "plan"
    ADD_ON = "add_on"


class PaymentMode(StrEnum):
    """How usage beyond the allowances is paid."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"
    HYBRID = "hybrid"


class PriceKind(StrEnum):
    """When a price of an offering is charged."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"


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

    __table_args__ = (UniqueConstraint("offering_id", "code"), CheckConstraint("quantity > 0", name="quantity"))


class PriceList(BrandBase):
    """A named set of usage rates; plans name the one they use."""

    __tablename__ = "price_list"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[str]


class PriceListVersion(BrandBase):
    """The rates of a price list from an instant on; the one with the latest `valid_from` not after the event holds."""

    __tablename__ = "price_list_version"

    id: Mapped[UUID] = primary_key()
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey(PriceList.id))
    version: Mapped[int]
    valid_from: Mapped[datetime]
    digest: Mapped[str]
    # Where amounts came from in another currency: {"source": "USD", "rate": "6.91", "date": "2026-09-30"}.
    exchange: Mapped[dict[str, Any] | None]

    __table_args__ = (UniqueConstraint("price_list_id", "version"), UniqueConstraint("price_list_id", "valid_from"))


class Zone(BrandBase):
    """A named set of called prefixes or visited networks within one price list version."""

    __tablename__ = "zone"

    id: Mapped[UUID] = primary_key()
    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id))
    code: Mapped[str]
    name: Mapped[str]
    # 'normal', 'barred' (the network must not connect) or 'free' (emergency and freephone: never charged or itemised).
    treatment: Mapped[str] = mapped_column(default="normal")

    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        CheckConstraint("treatment IN ('normal', 'barred', 'free')", name="treatment"),
    )


class ZonePrefix(BrandBase):
    """A called prefix (digits of E.164 without +, or a short code as dialled) of a zone; the longest wins."""

    __tablename__ = "zone_prefix"
    __audited__ = False

    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id), primary_key=True)
    prefix: Mapped[str] = mapped_column(primary_key=True)
    # A short code matches whole and only as dialled; a prefix matches the start of an E.164 number.
    short_code: Mapped[bool] = mapped_column(primary_key=True, default=False)
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id))

    __table_args__ = (CheckConstraint("prefix ~ '^[0-9*#]{1,15}$'", name="prefix"),)


class ZoneNetwork(BrandBase):
    """A visited network of a roaming zone; `mnc` '*' stands for every network of the country code (ITU-T E.212)."""

    __tablename__ = "zone_network"
    __audited__ = False

    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id), primary_key=True)
    mcc: Mapped[str] = mapped_column(primary_key=True)
    mnc: Mapped[str] = mapped_column(primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id))


class TimeBand(BrandBase):
    """A named set of hours of the brand's week; several rows make one band. Minutes from Monday 00:00 local time."""

    __tablename__ = "time_band"

    id: Mapped[UUID] = primary_key()
    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id), index=True)
    code: Mapped[str]
    start_minute: Mapped[int]
    end_minute: Mapped[int]

    __table_args__ = (
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 10080", name="minutes"),
    )


class Holiday(BrandBase):
    """A date on which the week's hours are those of another weekday (usually 6, Sunday)."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    as_weekday: Mapped[int]
    name: Mapped[str]


class Rate(BrandBase):
    """What a service costs in a zone and band: fee + increments × price ÷ interval, in micros of the list's currency.

    `band` '*' holds when no named band does. Quantities are in the service's unit (seconds, bytes, messages).
    """

    __tablename__ = "rate"
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id))
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id))
    service: Mapped[str]
    band: Mapped[str] = mapped_column(default="*")
    connection_fee_micros: Mapped[int]
    first_increment: Mapped[int]
    next_increment: Mapped[int]
    price_micros: Mapped[int]
    per: Mapped[int]
    minimum_micros: Mapped[int | None]
    maximum_micros: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("version_id", "zone_id", "service", "band"),
        CheckConstraint("first_increment > 0 AND next_increment > 0 AND per > 0", name="increments"),
        CheckConstraint("connection_fee_micros >= 0 AND price_micros >= 0", name="prices"),
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
