"""Price lists with versions, zones, bands and rates; who is priced by which list, and by which the brand itself is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, primary_key


class PriceList(BrandBase):
    """A named set of usage rates, by itself or as what differs from its parent.

    Code, currency, parent and purpose never change: usage was priced by them.
    """

    __tablename__ = "price_list"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_list.id"), index=True)
    # 'retail' (customers pay the brand) or 'wholesale' (the brand pays its host operator).
    purpose: Mapped[str] = mapped_column(default="retail")

    __table_args__ = (CheckConstraint("purpose IN ('retail', 'wholesale')", name="purpose"),)


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
    """A named set of called prefixes, visited networks or operators within one price list version."""

    __tablename__ = "zone"

    id: Mapped[UUID] = primary_key()
    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id))
    code: Mapped[str]
    name: Mapped[str]
    # 'normal', 'barred' (the network must not connect) or 'free' (emergency and freephone: never charged or itemised).
    treatment: Mapped[str] = mapped_column(default="normal")
    # Only priced here: name, treatment and places are the zone's of this code in the parent list.
    inherited: Mapped[bool] = mapped_column(default=False)

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
    """A visited network of a roaming zone; `mnc` '*' stands for every network of the country code (ITU-T E.212).

    `called` narrows it to numbers with that prefix (digits of E.164); '' is any number, or none.
    """

    __tablename__ = "zone_network"
    __audited__ = False

    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id), primary_key=True)
    mcc: Mapped[str] = mapped_column(primary_key=True)
    mnc: Mapped[str] = mapped_column(primary_key=True)
    called: Mapped[str] = mapped_column(primary_key=True, default="")
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id))

    __table_args__ = (CheckConstraint("called ~ '^[0-9]{0,15}$'", name="called"),)


class ZoneOperator(BrandBase):
    """An operator whose ported-in numbers are in a zone, whatever their prefix; '*' is every operator not listed."""

    __tablename__ = "zone_operator"
    __audited__ = False

    version_id: Mapped[UUID] = mapped_column(ForeignKey(PriceListVersion.id), primary_key=True)
    operator: Mapped[str] = mapped_column(primary_key=True)
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
    band_policy: Mapped[str] = mapped_column(default="at_start")
    tier_mode: Mapped[str] = mapped_column(default="graduated")
    # The volume that tiers count on; null where a rate has none and counts for none.
    counter: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("version_id", "zone_id", "service", "band"),
        CheckConstraint("first_increment > 0 AND next_increment > 0 AND per > 0", name="increments"),
        CheckConstraint("connection_fee_micros >= 0 AND price_micros >= 0", name="prices"),
        CheckConstraint("band_policy IN ('at_start', 'split')", name="band_policy"),
        CheckConstraint("tier_mode IN ('graduated', 'volume')", name="tier_mode"),
    )


class RateTier(BrandBase):
    """From a counted volume on, another price of a rate."""

    __tablename__ = "rate_tier"
    __audited__ = False

    rate_id: Mapped[UUID] = mapped_column(ForeignKey(Rate.id), primary_key=True)
    from_volume: Mapped[int] = mapped_column(primary_key=True)
    price_micros: Mapped[int]

    __table_args__ = (CheckConstraint("from_volume > 0 AND price_micros >= 0", name="tier"),)


class PriceListAssignment(BrandBase):
    """During a span, the list that prices a plan's usage, a customer group's or a customer's, whatever the plan says.

    An assignment that ends where it begins never held. The customer's own wins over a group's, a group's over a plan's.
    """

    __tablename__ = "price_list_assignment"

    id: Mapped[UUID] = primary_key()
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey(PriceList.id))
    plan: Mapped[str | None]
    customer_group: Mapped[str | None] = mapped_column(ForeignKey("customer_group.code"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(plan, customer_group, customer_id) = 1", name="subject"),
        CheckConstraint("valid_from <= valid_to", name="span"),
        ExcludeConstraint(
            (text("coalesce(plan, '')"), "="),
            (text("coalesce(customer_group, '')"), "="),
            (text("coalesce(customer_id::text, '')"), "="),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="ex_price_list_assignment_one_list",
        ),
    )


class HostContract(BrandBase):
    """What the brand pays its host operator during a span: a wholesale price list. One contract holds at a time."""

    __tablename__ = "host_contract"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    operator: Mapped[str]
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey(PriceList.id))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="span"),
        ExcludeConstraint(
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"), name="ex_host_contract_one_at_a_time"
        ),
    )
