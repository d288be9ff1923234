"""What subscriptions used, and what it cost."""

import binascii
from base64 import b64decode, b64encode
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.errors import BadInput
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import After, Connection, First, Page, UnreadableId, connect, global_id
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.catalogue import Service
from mvne_platform import charging
from mvne_platform.kernel import Period, month_of


@strawberry.enum(description="How a usage event ended.")
class UsageStatus(Enum):
    """As in charging."""

    RATED = strawberry.enum_value("rated", description="It was priced; the price may be nothing.")
    NOT_CHARGEABLE = strawberry.enum_value("not_chargeable", description="Such events are never charged.")
    BARRED = strawberry.enum_value("barred", description="The network should not have connected it; not charged.")


@strawberry.input(description="Which usage is wanted; what is absent does not narrow it.")
class UsageFilterInput:
    """All that is given must hold."""

    service: Service | None = strawberry.field(default=None, description="Only of this service.")
    zone: str | None = strawberry.field(default=None, description="Only to or in this zone.")
    starts_from: datetime | None = strawberry.field(default=None, description="Only from this instant on.")
    starts_before: datetime | None = strawberry.field(default=None, description="Only before this instant.")

    def filter(self) -> charging.UsageFilter:
        """As charging wants it."""
        return charging.UsageFilter(
            service=str(self.service.value) if self.service else None, zone=self.zone, during=self._during()
        )

    def _during(self) -> Period | None:
        if self.starts_from is None and self.starts_before is None:
            return None
        return span_of(self.starts_from or _EARLIEST, self.starts_before or _LATEST)


def span_of(starts_from: datetime, starts_before: datetime) -> Period:
    """The time that is asked about; raises BadInput for one that ends before it begins."""
    if starts_before < starts_from:
        raise BadInput("The time asked about ends before it begins; give `startsFrom` and a later `startsBefore`.")
    return Period(starts_from, starts_before)


# Within what the keys of events can say: seconds since 1970 in 40 bits.
_EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LATEST = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


@strawberry.type(description="A number that a step of an explanation computed with.")
class ExplanationValue:
    """By name."""

    name: str = strawberry.field(description="Its name.")
    value: str | None = strawberry.field(
        description="Amounts in millionths of the currency's unit, quantities in units."
    )


@strawberry.type(description="A step on the way to an event's cost.")
class ExplanationStep:
    """As rating tells it."""

    kind: str = strawberry.field(description="What the step is about, for programs: `zone`, `units`, `allowance` …")
    title: str = strawberry.field(description="The step in a sentence, in English.")
    arithmetic: str = strawberry.field(description="Its sum, to be checked by hand; empty where nothing is computed.")
    rule_id: strawberry.ID | None = strawberry.field(description="The rate or zone of the price list that it applied.")
    version_id: strawberry.ID | None = strawberry.field(description="The version of the price list.")
    bucket_id: strawberry.ID | None = strawberry.field(description="The bucket that was taken from.")
    values: list[ExplanationValue] = strawberry.field(description="Its numbers.")

    @classmethod
    def of(cls, step: charging.ExplanationStep) -> Self:
        """The step as clients read it."""
        return cls(
            kind=step.kind.value,
            title=step.title,
            arithmetic=step.arithmetic,
            rule_id=_id(step.rule_id),
            version_id=_id(step.version_id),
            bucket_id=global_id("Bucket", step.bucket_id) if step.bucket_id else None,
            values=[
                ExplanationValue(name=name, value=None if value is None else str(value))
                for name, value in step.values.items()
            ],
        )


def _id(key: UUID | None) -> strawberry.ID | None:
    return strawberry.ID(str(key)) if key else None


def event_id(subscription_id: UUID, key: UUID) -> strawberry.ID:
    """The id of a rated event, which its subscription and its key make."""
    return strawberry.ID(b64encode(f"RatedEvent:{subscription_id}:{key}".encode()).decode())


def event_key(given: str) -> tuple[UUID, UUID]:
    """Subscription and key of a rated event's id; raises UnreadableId."""
    try:
        kind, subscription_id, key = b64decode(given, validate=True).decode().split(":")
        if kind == "RatedEvent":
            return UUID(subscription_id), UUID(key)
    except (ValueError, binascii.Error) as error:
        raise UnreadableId(_NO_EVENT_ID) from error
    raise UnreadableId(_NO_EVENT_ID)


_NO_EVENT_ID = "This is not the id of a rated event; send ids as you received them."


@strawberry.type(description="One call, message or data session with what it cost.")
class RatedEvent:
    """`cost` = `toBeBilled` + `fromBalance`, but for what a policy waived."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; pass it to `ratedEvent`.")
    start: datetime = strawberry.field(description="When it began.")
    service: Service = strawberry.field(description="What was used.")
    other_party: str | None = strawberry.field(
        description="The number called or calling; without its last digits unless the reader may see whole numbers."
    )
    visited_network: str | None = strawberry.field(description="The network visited, as MCC-MNC (ITU-T E.212).")
    zone: str | None = strawberry.field(description="The zone of the price list it fell into.")
    quantity: Quantity = strawberry.field(description="What was used.")
    charged: Quantity = strawberry.field(description="What was counted, after rounding up to the price list's steps.")
    status: UsageStatus = strawberry.field(description="How it ended.")
    reason: str | None = strawberry.field(description="Why it was not charged, if it was not.")
    cost: Money = strawberry.field(description="Its price.")
    to_be_billed: Money = strawberry.field(description="What stands on the next invoice.")
    from_balance: Money = strawberry.field(description="What was taken from the balance.")
    record: strawberry.Private[charging.UsageRecord]

    @resolved("How it came to its cost, step by step, from what was kept when it was rated.", cost=5, size=10)
    def explanation(self, info: Info) -> list[ExplanationStep]:
        """From the stored trace."""
        return [ExplanationStep.of(step) for step in charging.explanation(info.context.ctx, self.record)]

    @resolved("What the host operator charges for it; null if unknown, or for those who may not see it.", cost=2)
    def wholesale_cost(self, info: Info) -> Money | None:
        """In the currency of the operator's contract."""
        wholesale = charging.wholesale_cost(info.context.ctx, self.record)
        return Money.of(wholesale.micros, wholesale.currency) if wholesale else None

    @classmethod
    def of(cls, record: charging.UsageRecord) -> Self:
        """The event as its reader may see it."""
        return cls(
            id=event_id(record.subscription_id, record.key),
            record=record,
            start=record.start,
            service=Service(record.service),
            other_party=record.other_party,
            visited_network=record.visited_network,
            zone=record.zone,
            quantity=Quantity.of(record.quantity, record.unit),
            charged=Quantity.of(record.charged, record.unit),
            status=UsageStatus(record.status),
            reason=record.reason,
            cost=Money.of(record.amount_micros, record.currency),
            to_be_billed=Money.of(record.accrued_micros, record.currency),
            from_balance=Money.of(record.debited_micros, record.currency),
        )


@strawberry.enum(description="What totals of usage are split by, besides the service.")
class UsageTotalsBy(Enum):
    """As in charging."""

    DAY = strawberry.enum_value("day", description="By day of the brand's time zone.")
    ZONE = strawberry.enum_value("zone", description="By zone of the price list.")


@strawberry.type(description="A service's usage in sum.")
class UsageTotal:
    """Sums of events."""

    day: date | None = strawberry.field(description="The day, in the brand's time zone; null unless split by day.")
    zone: str | None = strawberry.field(description="The zone; null unless split by zone, and for events without one.")
    service: Service = strawberry.field(description="What was used.")
    events: BigInt = strawberry.field(description="How many events.")
    quantity: Quantity = strawberry.field(description="What was used.")
    charged: Quantity = strawberry.field(description="What was counted.")
    cost: Money = strawberry.field(description="What it cost.")
    to_be_billed: Money = strawberry.field(description="What stands on the next invoice.")
    from_balance: Money = strawberry.field(description="What was taken from the balance.")

    @classmethod
    def of(cls, total: charging.UsageTotal) -> Self:
        """One day and service."""
        return cls(
            day=total.day,
            zone=total.zone,
            service=Service(total.service),
            events=BigInt(total.events),
            quantity=Quantity.of(total.quantity, total.unit),
            charged=Quantity.of(total.charged, total.unit),
            cost=Money.of(total.amount_micros, total.currency),
            to_be_billed=Money.of(total.accrued_micros, total.currency),
            from_balance=Money.of(total.debited_micros, total.currency),
        )


@strawberry.type
class HasUsage:
    """The part of a subscription that is about its usage."""

    key: strawberry.Private[UUID]

    @resolved("What the subscription used, latest first. Helplines and free numbers never appear.")
    def usage(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        wanted: Annotated[
            UsageFilterInput | None,
            strawberry.argument(name="filter", description="Which usage is wanted; all if absent."),
        ] = None,
    ) -> Connection[RatedEvent]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = charging.usage(
            info.context.ctx,
            self.key,
            wanted=wanted.filter() if wanted else None,
            first=page.fetch,
            before=page.after_id,
        )
        return connect(rows, page, RatedEvent.of, key=lambda record: record.key)

    @resolved("Usage in sum by service, and by day and zone as asked; the latest day first.", cost=5, size=30)
    def usage_totals(
        self,
        info: Info,
        starts_from: Annotated[
            datetime | None, strawberry.argument(description="From here; the start of the brand's month if absent.")
        ] = None,
        starts_before: Annotated[
            datetime | None, strawberry.argument(description="Up to here; the end of the brand's month if absent.")
        ] = None,
        by: Annotated[
            list[UsageTotalsBy] | None, strawberry.argument(description="What to split by; by day if absent.")
        ] = None,
    ) -> list[UsageTotal]:
        """Within the brand's current month unless asked otherwise."""
        ctx = info.context.ctx
        month = month_of(ctx.now, ctx.brand.time_zone)
        during = span_of(starts_from or month.start, starts_before or month.end)
        split = [charging.By.DAY] if by is None else [charging.By(str(one.value)) for one in by]
        return [UsageTotal.of(total) for total in charging.usage_totals(ctx, self.key, during, by=split)]
