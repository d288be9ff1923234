"""Whom an event is charged to: a line at an instant, as rating wants it. Files, online charging and re-rating ask here.

Everything is dated: price list by customer, group and plan; sharing group; discounts; and the billing period.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mvne_platform import balances, catalogue
from mvne_platform.balances import Sharing
from mvne_platform.catalogue import OfflineDebit, PriceListChoice, Tariff, UnknownPriceList
from mvne_platform.charging import lookups, rules
from mvne_platform.rating import Subscriber, UsageDiscount
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Line, PlanPeriod


@dataclass(frozen=True, slots=True)
class Subject:
    """The subscriber of an event, and the price list that holds for it."""

    subscriber: Subscriber
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class NoPrices:
    """No price list holds for the line; `detail` says why."""

    detail: str


@dataclass(slots=True)
class Subjects:
    """Answers for lines at instants; price lists are read once each.

    `billed_until` is by account: the first day (brand's zone) that has not been billed. `sharing` is by subscription.
    """

    ctx: Context
    choice: PriceListChoice
    sharing: Mapping[UUID, Collection[Sharing]]
    billed_until: Mapping[UUID, date]
    _tariffs: dict[str, Tariff | None]

    def at(self, line: Line, plan: PlanPeriod, start: datetime) -> Subject | NoPrices:
        """The line on a plan at an event's start; KeyError when its account's `billed_until` was not given."""
        code = self.price_list(line, plan, start)
        if code is None:
            return NoPrices("The subscription's plan names none.")
        tariff = self.tariff(code)
        if tariff is None:
            return NoPrices(f"The subscription's plan names the price list '{code}', which is not there.")
        return Subject(self.subscriber(line, plan, start), tariff)

    def price_list(self, line: Line, plan: PlanPeriod, at: datetime) -> str | None:
        """The code of the list that prices the line: the customer's, else its group's, else the plan's."""
        return self.choice.code_for(line.customer_id, line.groups, plan.price_list, at)

    def changes(self, line: Line) -> list[datetime]:
        """The instants at which another price list or sharing group may hold for the line than just before."""
        spans = self.sharing.get(line.subscription_id, ())
        shared = [instant for span in spans for instant in (span.valid_from, span.valid_to) if instant is not None]
        return shared + self.choice.changes(line.customer_id, line.groups)

    def tariff(self, code: str) -> Tariff | None:
        """A compiled price list; None when it was never imported."""
        if code not in self._tariffs:
            self._tariffs[code] = tariff_of(self.ctx, code)
        return self._tariffs[code]

    def subscriber(self, line: Line, plan: PlanPeriod, start: datetime) -> Subscriber:
        """The line as rating sees it."""
        return Subscriber(
            subscription_id=line.subscription_id,
            payment_mode=plan.payment_mode,
            offline_debit=OfflineDebit(plan.offline_debit),
            spend_limit_micros=line.spend_limit_micros,
            period=rules.bill_period(start, self.billed_until[line.account_id], self.ctx.brand.time_zone),
            group_id=self.group(line.subscription_id, start),
            discounts=discounts_of(line),
        )

    def group(self, subscription_id: UUID, at: datetime) -> UUID | None:
        """The sharing group the subscription was a member of at an instant."""
        return next((one.group_id for one in self.sharing.get(subscription_id, ()) if one.holds_at(at)), None)


def subjects_of(ctx: Context, lines: Iterable[Line]) -> Subjects:
    """Read what makes subscribers of lines. Call it with the lines' purses locked: a bill run waits for them."""
    read = list(lines)
    return Subjects(
        ctx=ctx,
        choice=catalogue.price_list_choice(ctx),
        sharing=balances.sharing_of(ctx, {line.subscription_id for line in read}),
        billed_until=lookups.billed_until(ctx, {line.account_id for line in read}),
        _tariffs={},
    )


def discounts_of(line: Line) -> tuple[UsageDiscount, ...]:
    """The line's discounts on usage, as rating takes them."""
    return tuple(
        UsageDiscount(
            code=one.code,
            basis_points=one.basis_points,
            services=frozenset(one.services),
            zones=frozenset(one.zones),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in line.discounts
    )


def tariff_of(ctx: Context, code: str) -> Tariff | None:
    """A compiled price list; None when it was never imported."""
    try:
        return catalogue.tariff(ctx, code)
    except UnknownPriceList:
        return None
