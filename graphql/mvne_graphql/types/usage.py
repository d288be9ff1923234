"""What subscriptions used, and what it cost."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import After, Connection, First, Page, connect
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
        return Period(self.starts_from or _EARLIEST, self.starts_before or _LATEST)


# Within what the keys of events can say: seconds since 1970 in 40 bits.
_EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LATEST = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


@strawberry.type(description="One call, message or data session.")
class UsageEvent:
    """`cost` = `toBeBilled` + `fromBalance`, but for what a policy waived."""

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

    @classmethod
    def of(cls, record: charging.UsageRecord) -> Self:
        """The event as its reader may see it."""
        return cls(
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


@strawberry.type(description="A service's usage on one day.")
class UsageTotal:
    """Sums of events."""

    day: date = strawberry.field(description="The day, in the brand's time zone.")
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
    ) -> Connection[UsageEvent]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = charging.usage(
            info.context.ctx,
            self.key,
            wanted=wanted.filter() if wanted else None,
            first=page.fetch,
            before=page.after_id,
        )
        return connect(rows, page, UsageEvent.of, key=lambda record: record.key)

    @resolved("Usage by day and service, the latest day first.", cost=5)
    def usage_totals(
        self,
        info: Info,
        starts_from: Annotated[
            datetime | None, strawberry.argument(description="From here; the start of the brand's month if absent.")
        ] = None,
        starts_before: Annotated[
            datetime | None, strawberry.argument(description="Up to here; the end of the brand's month if absent.")
        ] = None,
    ) -> list[UsageTotal]:
        """Within the brand's current month unless asked otherwise."""
        ctx = info.context.ctx
        month = month_of(ctx.now, ctx.brand.time_zone)
        during = Period(starts_from or month.start, starts_before or month.end)
        return [UsageTotal.of(total) for total in charging.usage_totals(ctx, self.key, during)]
