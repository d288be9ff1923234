"""Price lists with zones and rates, the findings of their check, and whom they price."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import Node, global_id
from mvne_graphql.scalars import CurrencyCode
from mvne_graphql.types.catalogue import Service
from mvne_platform import catalogue, party
from mvne_platform.catalogue import UNITS, editing


@strawberry.enum(description="What a price list is for.")
class PriceListPurpose(Enum):
    """As in the catalogue."""

    RETAIL = strawberry.enum_value("retail", description="What customers pay the brand.")
    WHOLESALE = strawberry.enum_value("wholesale", description="What the brand pays its host operator.")


@strawberry.enum(description="How usage in a zone is treated.")
class ZoneTreatment(Enum):
    """As in the catalogue."""

    NORMAL = strawberry.enum_value("normal", description="Priced.")
    BARRED = strawberry.enum_value("barred", description="Never connected.")
    FREE = strawberry.enum_value("free", description="Never charged, and on no bill.")


@strawberry.enum(description="Which time band prices an event.")
class BandPolicy(Enum):
    """As in the catalogue."""

    AT_START = strawberry.enum_value("at_start", description="The one in which it begins.")
    SPLIT = strawberry.enum_value("split", description="Each increment the one in which that begins.")


@strawberry.enum(description="How volume tiers price.")
class TierMode(Enum):
    """As in the catalogue."""

    GRADUATED = strawberry.enum_value("graduated", description="Each unit by the tier that its volume falls in.")
    VOLUME = strawberry.enum_value("volume", description="A whole event by the tier reached before it.")


@strawberry.enum(description="What a finding of the consistency check means.")
class FindingSeverity(Enum):
    """As in the catalogue."""

    ERROR = strawberry.enum_value("error", description="The list cannot be published so.")
    WARNING = strawberry.enum_value("warning", description="Usage can be rated; it deserves a look.")


@strawberry.enum(description="What happens to a part of a price list.")
class DifferenceKind(Enum):
    """As in the catalogue."""

    ADDED = strawberry.enum_value("added", description="It is new.")
    REMOVED = strawberry.enum_value("removed", description="It is gone.")
    CHANGED = strawberry.enum_value("changed", description="It is another.")


@strawberry.type(description="A version of a price list, as it was imported.")
class PriceListVersion:
    """Never changed."""

    number: int = strawberry.field(description="Counts the imports of this list.")
    valid_from: datetime = strawberry.field(description="The instant from which it holds.")
    zones: int = strawberry.field(description="How many zones it states itself.")
    rates: int = strawberry.field(description="How many rates it states itself.")


@strawberry.type(description="A named set of usage rates, by itself or as what differs from its parent.")
class PriceList:
    """By code."""

    code: str = strawberry.field(description="The list's name for programs.")
    currency_code: CurrencyCode = strawberry.field(description="The currency of its prices.")
    purpose: PriceListPurpose = strawberry.field(description="Whose prices these are.")
    parent: str | None = strawberry.field(description="The list it inherits from, if it does.")
    versions: list[PriceListVersion] = strawberry.field(description="Its versions, oldest first.")

    @classmethod
    def of(cls, view: editing.PriceListView) -> Self:
        """The list without its rates."""
        return cls(
            code=view.code,
            currency_code=CurrencyCode(view.currency),
            purpose=PriceListPurpose(view.purpose.value),
            parent=view.parent,
            versions=[
                PriceListVersion(number=one.number, valid_from=one.valid_from, zones=one.zones, rates=one.rates)
                for one in view.versions
            ],
        )


@strawberry.type(description="Where an event is, for its price.")
class PriceListZone:
    """By called prefix, short code, visited network, or operator of a ported number."""

    code: str = strawberry.field(description="The zone's name for programs.")
    name: str = strawberry.field(description="The zone's name for people.")
    treatment: ZoneTreatment = strawberry.field(description="How events in it are treated.")
    prefixes: list[str] = strawberry.field(description="Beginnings of E.164 numbers, without +; the longest wins.")
    short_codes: list[str] = strawberry.field(description="Short numbers as dialled; they match whole.")
    networks: list[str] = strawberry.field(
        description="`MCC-MNC`, `MCC-*` or `home`; after `>` the beginning of the numbers it holds for."
    )
    operators: list[str] = strawberry.field(description="Who holds ported numbers; `*` is everybody else.")

    @classmethod
    def of(cls, zone: catalogue.ZoneDraft) -> Self:
        """The zone with its places."""
        return cls(
            code=zone.code,
            name=zone.name,
            treatment=ZoneTreatment(zone.treatment.value),
            prefixes=list(zone.prefixes),
            short_codes=list(zone.short_codes),
            networks=list(zone.networks),
            operators=list(zone.operators),
        )


@strawberry.type(description="From a counted volume on, another price.")
class RateTier:
    """For the rate's interval."""

    volume: Quantity = strawberry.field(description="From which volume of the billing period on.")
    price: Money = strawberry.field(description="What the interval costs then.")


@strawberry.type(description="What a service costs in a zone and time band.")
class PriceListRate:
    """Fee, increments, interval, tiers and caps."""

    zone: str = strawberry.field(description="Where.")
    service: Service = strawberry.field(description="What.")
    band: str = strawberry.field(description="When: a band of the list, or `*` for all hours that have no rate.")
    price: Money = strawberry.field(description="What the interval costs.")
    per: Quantity = strawberry.field(description="The interval that the price is for.")
    first_increment: Quantity = strawberry.field(description="The least that is charged.")
    next_increment: Quantity = strawberry.field(description="In what steps more is charged.")
    connection_fee: Money = strawberry.field(description="What an event costs before its first unit.")
    minimum: Money | None = strawberry.field(description="The least an event costs.")
    maximum: Money | None = strawberry.field(description="The most an event costs.")
    band_policy: BandPolicy = strawberry.field(description="Which band prices an event that reaches into several.")
    tier_mode: TierMode = strawberry.field(description="How the tiers price.")
    tiers: list[RateTier] = strawberry.field(description="Prices from volumes on, the lowest first.")
    counter: str | None = strawberry.field(description="The volume that tiers count on; null: the rate's own.")

    @classmethod
    def of(cls, rate: catalogue.RateDraft, currency: str) -> Self:
        """The rate in the list's currency."""
        unit = UNITS[catalogue.Service(rate.service)]
        least, most = rate.minimum_micros, rate.maximum_micros
        return cls(
            zone=rate.zone,
            service=Service(rate.service),
            band=rate.band,
            price=Money.of(rate.price_micros, currency),
            per=Quantity.of(rate.per, unit),
            first_increment=Quantity.of(rate.first_increment, unit),
            next_increment=Quantity.of(rate.next_increment, unit),
            connection_fee=Money.of(rate.connection_fee_micros, currency),
            minimum=None if least is None else Money.of(least, currency),
            maximum=None if most is None else Money.of(most, currency),
            band_policy=BandPolicy(rate.band_policy.value),
            tier_mode=TierMode(rate.tier_mode.value),
            tiers=[
                RateTier(volume=Quantity.of(tier.from_volume, unit), price=Money.of(tier.price_micros, currency))
                for tier in rate.tiers
            ],
            counter=rate.counter,
        )


@strawberry.type(description="A file of a price list.")
class PriceListFile:
    """As the handbook describes it."""

    name: str = strawberry.field(description="Which: `zones.csv`, `bands.csv` or `rates.csv`.")
    content: str = strawberry.field(description="Its text.")


@strawberry.type(description="What the consistency check says of a part of a price list.")
class PriceListFinding:
    """With its place, where files were sent."""

    severity: FindingSeverity = strawberry.field(description="Whether it keeps the list from being published.")
    subject: list[str] = strawberry.field(description="The path to the part, such as rate, dk, voice_out, *.")
    file: str | None = strawberry.field(description="The file it is about; null for a list that is stored.")
    line: int | None = strawberry.field(description="The line, counted from 1; null for the file as a whole.")
    column: str | None = strawberry.field(description="The column; null for the line as a whole.")
    message: str = strawberry.field(description="What is wrong, and the way out, in English.")

    @classmethod
    def of(cls, found: editing.Finding) -> Self:
        """A finding in a stored list."""
        return cls(
            severity=FindingSeverity(found.severity.value),
            subject=list(found.subject),
            file=None,
            line=None,
            column=None,
            message=found.message,
        )

    @classmethod
    def placed(cls, found: editing.PlacedFinding) -> Self:
        """A finding in files."""
        place = found.place
        return cls(
            severity=FindingSeverity(found.severity.value),
            subject=list(found.subject),
            file=place.file,
            line=place.line or None,
            column=place.column or None,
            message=place.message,
        )


@strawberry.type(description="How a new version differs from the one before it.")
class PriceListDifference:
    """Part by part."""

    kind: DifferenceKind = strawberry.field(description="What happens to the part.")
    subject: list[str] = strawberry.field(description="The path to the part.")
    before: str = strawberry.field(description="How it was; empty if it is new.")
    after: str = strawberry.field(description="How it will be; empty if it is gone.")

    @classmethod
    def of(cls, one: editing.Difference) -> Self:
        """One part."""
        return cls(kind=DifferenceKind(one.kind.value), subject=list(one.subject), before=one.before, after=one.after)


@strawberry.type(description="A price list that prices a plan, a customer group or a customer during a span.")
class PriceListAssignment(Node):
    """The customer's wins over a group's, a group's over a plan's."""

    price_list: str = strawberry.field(description="The list.")
    plan: str | None = strawberry.field(description="The plan's code, if it is for a plan.")
    customer_group: str | None = strawberry.field(description="The group's code, if it is for a customer group.")
    customer_id: strawberry.ID | None = strawberry.field(description="The customer, if it is for one.")
    valid_from: datetime = strawberry.field(description="Since when.")
    valid_to: datetime | None = strawberry.field(description="Until when; null while it lasts.")

    @classmethod
    def of(cls, view: editing.AssignmentView) -> Self:
        """As stored."""
        customer = view.to.customer_id
        return cls(
            id=global_id("PriceListAssignment", view.id),
            price_list=view.price_list,
            plan=view.to.plan,
            customer_group=view.to.customer_group,
            customer_id=global_id("Customer", customer) if customer else None,
            valid_from=view.valid_from,
            valid_to=view.valid_to,
        )


@strawberry.type(description="A named set of customers.")
class CustomerGroup:
    """A price list can be for it."""

    code: str = strawberry.field(description="The group's name for programs.")
    name: str = strawberry.field(description="The group's name for people.")
    rank: int = strawberry.field(description="Of a customer's groups, the one with the lowest rank counts first.")

    @classmethod
    def of(cls, group: party.CustomerGroup) -> Self:
        """As stored."""
        return cls(code=group.code, name=group.name, rank=group.rank)
