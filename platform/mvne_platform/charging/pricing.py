"""Rating the new events of a chunk: under the locks of their accounts and buckets, in the order of time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from mvne_platform import balances, catalogue
from mvne_platform.balances import MAIN
from mvne_platform.catalogue import OfflineDebit, PaymentMode, Tariff, UnknownPriceList
from mvne_platform.charging import rules
from mvne_platform.charging.purses import purses_of, spend_key
from mvne_platform.charging.rules import Identified
from mvne_platform.charging.writing import RatedRow
from mvne_platform.mediation import Unrated
from mvne_platform.rating import Item, Outcome, Purse, Rated, Rater, Reason, ScalarRater, Subscriber
from mvne_platform.runtime import Context

RATER: Rater = ScalarRater()


def rate_events(
    ctx: Context, events: Sequence[Identified], billed_until: Mapping[UUID, date]
) -> tuple[list[RatedRow], list[Unrated]]:
    """What each event costs and what pays for it, and the events that could not be rated.

    The caller has locked the accounts, and read from them until when they have been billed.
    """
    tariffs = _tariffs(ctx, events)
    unpriced = [_without_prices(one) for one in events if one.plan.price_list not in tariffs]
    ordered = sorted((one for one in events if one.plan.price_list in tariffs), key=lambda one: one.id)
    items = [_item(one, tariffs, _period(ctx, one, billed_until)) for one in ordered]
    purses = _purses(ctx, items)

    answers = [_hidden_if_free(*pair) for pair in zip(items, RATER.rate_many(items, purses), strict=True)]

    rows = [RatedRow(*row) for row in zip(ordered, answers, (item.subscriber.period for item in items), strict=True)]
    failures = [_failure(row) for row in rows if row.rated.outcome is Outcome.FAILED]
    return [row for row in rows if row.rated.outcome is not Outcome.FAILED], unpriced + failures


def _hidden_if_free(item: Item, rated: Rated) -> Rated:
    """A call from or to a free number that ended before its zone was looked up (nobody answered) is free too.

    The reason is what keeps it from ever being itemised.
    """
    if rated.outcome is not Outcome.NOT_CHARGEABLE or rated.reason is Reason.FREE_NUMBER:
        return rated
    version = item.tariff.version_at(item.event.start)
    free = rules.is_free_number(item.event.other_party, version)
    return replace(rated, reason=Reason.FREE_NUMBER) if free else rated


def _tariffs(ctx: Context, events: Iterable[Identified]) -> dict[str | None, Tariff]:
    found: dict[str | None, Tariff] = {}
    for code in {one.plan.price_list for one in events if one.plan.price_list is not None}:
        try:
            found[code] = catalogue.tariff(ctx, code)
        except UnknownPriceList:
            continue  # the plan names a list that was never imported: its events fail one by one
    return found


def _without_prices(one: Identified) -> Unrated:
    named = f"names the price list '{one.plan.price_list}', which is not there" if one.plan.price_list else "names none"
    return rules.failed(one.row, "no_price_list", f"The subscription's plan {named}.")


def _failure(row: RatedRow) -> Unrated:
    return rules.failed(row.one.row, row.rated.reason or row.rated.outcome, row.rated.detail)


def _period(ctx: Context, one: Identified, billed_until: Mapping[UUID, date]) -> date:
    return rules.bill_period(one.event.start, billed_until[one.line.account_id], ctx.brand.time_zone)


def _item(one: Identified, tariffs: Mapping[str | None, Tariff], period: date) -> Item:
    subscriber = Subscriber(
        subscription_id=one.line.subscription_id,
        payment_mode=one.plan.payment_mode,
        offline_debit=OfflineDebit(one.plan.offline_debit),
        spend_limit_micros=one.line.spend_limit_micros,
        period=period,
    )
    return Item(one.event, subscriber, tariffs[one.plan.price_list])


def _purses(ctx: Context, items: Sequence[Item]) -> dict[UUID, Purse]:
    """Lock and read what can pay for the events; who pays in advance gets a money bucket if there is none."""
    if not items:
        return {}
    ids = {item.subscriber.subscription_id for item in items}
    earliest = min(item.event.start for item in items)
    held = balances.buckets_for_update(ctx, ids, valid_after=earliest)
    in_advance = {i.subscriber.subscription_id for i in items if i.subscriber.payment_mode is not PaymentMode.POSTPAID}
    without_money = in_advance - {bucket.subscription_id for bucket in held if bucket.code == MAIN}
    if without_money:
        balances.open_money_of_many(ctx, sorted(without_money))
        held = balances.buckets_for_update(ctx, ids, valid_after=earliest)
    return purses_of(ids, held, _spent(ctx, items))


def _spent(ctx: Context, items: Sequence[Item]) -> dict[UUID, dict[date, int]]:
    """What limited subscriptions have accrued, by subscription and period: others are not asked for it."""
    limited = {
        (item.subscriber.subscription_id, item.subscriber.period)
        for item in items
        if item.subscriber.spend_limit_micros is not None
    }
    keys = {pair: spend_key(*pair, ctx.brand.time_zone) for pair in limited}
    values = balances.counters(ctx, keys.values())
    spent: dict[UUID, dict[date, int]] = defaultdict(dict)
    for (subscription_id, period), key in keys.items():
        spent[subscription_id][period] = values[key]
    return spent
