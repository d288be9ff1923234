"""Offerings with prices, allowances and characteristics."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import RequestContext
from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import Node, global_id
from mvne_platform import catalogue
from mvne_platform.kernel import Unit
from mvne_platform.runtime import Context


@strawberry.enum(description="What is sold.")
class OfferingKind(Enum):
    """As in the catalogue."""

    PLAN = strawberry.enum_value("plan", description="Makes a subscription.")
    ADD_ON = strawberry.enum_value("add_on", description="Joins a subscription.")


@strawberry.enum(description="How usage beyond the allowances is paid.")
class PaymentMode(Enum):
    """As in the catalogue."""

    PREPAID = strawberry.enum_value("prepaid", description="From the balance, at once.")
    POSTPAID = strawberry.enum_value("postpaid", description="With the next invoice.")
    HYBRID = strawberry.enum_value(
        "hybrid", description="With the next invoice up to a spend limit, and from the balance above it."
    )


@strawberry.enum(description="When a price is charged.")
class PriceKind(Enum):
    """As in the catalogue."""

    ONE_TIME = strawberry.enum_value("one_time", description="Once, when the service begins.")
    RECURRING = strawberry.enum_value("recurring", description="In each period, in advance.")


@strawberry.enum(description="A kind of usage. Roaming variants happen in a visited network.")
class Service(Enum):
    """As in the catalogue."""

    VOICE_OUT = strawberry.enum_value("voice_out", description="A call made at home.")
    VOICE_IN = strawberry.enum_value("voice_in", description="A call received at home.")
    VOICE_FORWARDED = strawberry.enum_value("voice_forwarded", description="The forwarded leg of a call, at home.")
    SMS_OUT = strawberry.enum_value("sms_out", description="A text message sent at home.")
    MMS_OUT = strawberry.enum_value("mms_out", description="A multimedia message sent at home.")
    DATA = strawberry.enum_value("data", description="Data at home.")
    CONTENT = strawberry.enum_value("content", description="A purchase from a content provider.")
    ROAMING_VOICE_OUT = strawberry.enum_value("roaming_voice_out", description="A call made abroad.")
    ROAMING_VOICE_IN = strawberry.enum_value("roaming_voice_in", description="A call received abroad.")
    ROAMING_SMS_OUT = strawberry.enum_value("roaming_sms_out", description="A text message sent abroad.")
    ROAMING_MMS_OUT = strawberry.enum_value("roaming_mms_out", description="A multimedia message sent abroad.")
    ROAMING_DATA = strawberry.enum_value("roaming_data", description="Data abroad.")


@strawberry.type(description="A price of an offering.")
class OfferingPrice:
    """With tax or without, as the brand shows its prices."""

    kind: PriceKind = strawberry.field(description="When it is charged.")
    amount: Money = strawberry.field(description="How much; with tax if `shop.pricesIncludeTax`.")
    tax_class: str = strawberry.field(description="The class of goods that decides the tax rate.")
    period_days: int | None = strawberry.field(
        description="The length of a recurring price's period in days; null is the calendar month."
    )


@strawberry.type(description="Units included in each period of an offering.")
class OfferingAllowance:
    """What becomes a bucket."""

    code: str = strawberry.field(description="The allowance's name within its offering.")
    quantity: Quantity = strawberry.field(description="How much is included.")
    services: list[Service] = strawberry.field(description="What it pays for; empty stands for everything.")
    zones: list[str] = strawberry.field(description="Where it pays, by zone of the price list; empty: everywhere.")
    rollover_periods: int = strawberry.field(description="For how many periods more what is left stays usable.")
    rollover_limit: Quantity | None = strawberry.field(description="The most that is carried over; null: all of it.")
    shared: bool = strawberry.field(description="Whether the whole sharing group may use it.")


@strawberry.type(description="A reduction of what usage costs while an offering is installed.")
class UsageDiscount:
    """It comes off each event."""

    code: str = strawberry.field(description="The discount's name within its offering.")
    percent: Decimal = strawberry.field(description="How much comes off, in percent.")
    services: list[Service] = strawberry.field(description="What it reduces; empty stands for everything.")
    zones: list[str] = strawberry.field(description="Where, by zone of the price list; empty: everywhere.")


@strawberry.type(description="A property of an offering that customers may want to know.")
class Characteristic:
    """A name and a value, in the reader's language."""

    code: str = strawberry.field(description="The property, for programs.")
    name: str = strawberry.field(description="The property, for people.")
    value: str = strawberry.field(description="Its value, for people.")


@strawberry.type(description="A version of something the brand sells. Texts are in the reader's language.")
class Offering(Node):
    """SID: ProductOffering."""

    code: str = strawberry.field(description="The offering's name for programs, the same for all its versions.")
    version: int = strawberry.field(description="Counts the changes of this offering.")
    kind: OfferingKind = strawberry.field(description="A plan or an add-on.")
    payment_mode: PaymentMode = strawberry.field(description="How usage beyond the allowances is paid.")
    name: str = strawberry.field(description="The offering's name for people.")
    description: str = strawberry.field(description="What to know about it; may be empty.")
    prices: list[OfferingPrice] = strawberry.field(description="What it costs.")
    allowances: list[OfferingAllowance] = strawberry.field(description="What is included in each period.")
    discounts: list[UsageDiscount] = strawberry.field(description="What it takes off the price of usage.")
    characteristics: list[Characteristic] = strawberry.field(description="Further properties.")
    spend_limit: Money | None = strawberry.field(
        description="Hybrid plans: the most that usage adds to one invoice before the balance is used."
    )
    valid_from: datetime = strawberry.field(description="Since when this version is sold.")
    valid_to: datetime | None = strawberry.field(description="Until when it was sold; null while it is.")

    @classmethod
    def of(cls, view: catalogue.OfferingView, context: RequestContext) -> Self:
        """The offering in the reader's language."""
        row, languages = view.offering, (context.language, context.ctx.brand.language)
        limit = row.spend_limit_micros
        return cls(
            id=global_id("Offering", row.id),
            code=row.code,
            version=row.version,
            kind=OfferingKind(row.kind),
            payment_mode=PaymentMode(row.payment_mode),
            name=in_language(row.name, languages),
            description=in_language(row.description, languages),
            prices=_prices(view),
            allowances=_allowances(view),
            discounts=_discounts(view),
            characteristics=[
                Characteristic(
                    code=each["code"],
                    name=in_language(each["name"], languages),
                    value=in_language(each["value"], languages),
                )
                for each in row.characteristics
            ],
            spend_limit=None if limit is None else Money.of(limit, context.ctx.brand.currency),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )


def _prices(view: catalogue.OfferingView) -> list[OfferingPrice]:
    return [
        OfferingPrice(
            kind=PriceKind(price.kind),
            amount=Money.of(price.amount_micros, price.currency),
            tax_class=price.tax_class,
            period_days=price.period_days,
        )
        for price in view.prices
    ]


def _allowances(view: catalogue.OfferingView) -> list[OfferingAllowance]:
    return [
        OfferingAllowance(
            code=each.code,
            quantity=Quantity.of(each.quantity, each.unit),
            services=[Service(one) for one in each.services],
            zones=each.zones,
            rollover_periods=each.rollover_periods,
            rollover_limit=None if each.rollover_limit is None else Quantity.of(each.rollover_limit, each.unit),
            shared=each.shared,
        )
        for each in view.allowances
        if each.unit is not Unit.MONEY
    ]


def _discounts(view: catalogue.OfferingView) -> list[UsageDiscount]:
    return [
        UsageDiscount(
            code=each.code,
            percent=Decimal(each.basis_points) / 100,
            services=[Service(one) for one in each.services],
            zones=each.zones,
        )
        for each in view.discounts
    ]


def in_language(texts: Mapping[str, str], languages: tuple[str, str]) -> str:
    """The text in the first language it has, else any, else nothing."""
    return next((texts[one] for one in languages if one in texts), next(iter(texts.values()), ""))


def load_offerings(ctx: Context, ids: Sequence[UUID]) -> list[catalogue.OfferingView]:
    """Several offerings, for a loader; every id comes from a row that refers to it."""
    found = catalogue.offering_views(ctx, ids)
    return [found[key] for key in ids]


async def offering_of(context: RequestContext, key: UUID) -> Offering:
    """The offering some row refers to."""
    return Offering.of(await context.load(load_offerings, key), context)
