"""The batch kernel says of every event what the reference says, field by field, and leaves the same purses."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mvne_platform.catalogue import TariffRate, TierMode
from mvne_platform.mediation import event_key
from mvne_platform.rating import Item, MatchKind, Outcome, Rated, Reason
from mvne_platform.rating.kernel import KernelRater
from tests.platform.rating.generators import Scenario, scenario, scenarios
from tests.platform.rating_kernel.compare import Expected, joined
from tests.platform.rating_kernel.edges import on_edges

pytestmark = pytest.mark.usefixtures("warm_kernel")
KERNEL = KernelRater()
_SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(deadline=None, max_examples=150, suppress_health_check=_SLOW_TO_DRAW)
@given(scenarios(events=16))
def test_any_events_on_any_price_lists(drawn: Scenario) -> None:
    assert Expected.of(drawn).differences(KERNEL) == []


@settings(deadline=None, max_examples=100, suppress_health_check=_SLOW_TO_DRAW)
@given(scenarios(events=12), st.randoms(use_true_random=False))
def test_any_events_on_the_edges(drawn: Scenario, random: Random) -> None:
    assert Expected.of(on_edges(drawn, random)).differences(KERNEL) == []


def test_thousands_more_of_every_kind() -> None:
    kinds: Counter[object] = Counter()
    for seed in range(160):
        random = Random(seed)
        drawn = scenario(random, events=40)
        if seed % 2:
            drawn = on_edges(drawn, random)
        expected = Expected.of(drawn)
        assert expected.differences(KERNEL) == [], f"seed {seed}"
        kinds.update(kind for pair in zip(drawn.items, expected.rated, strict=True) for kind in _kinds(*pair))
        kinds.update(_stories(drawn))
    assert {kind: kinds[kind] for kind in EVERY_KIND if kinds[kind] < 3} == {}


EVERY_KIND = (
    *Outcome,
    *Reason,
    *(kind for kind in MatchKind if kind is not MatchKind.NONE),
    "not itemised",
    "nothing used",
    "a petabyte",
    "several buckets",
    "allowance and money",
    "split",
    "graduated",
    "by volume",
    "raised to the minimum",
    "capped",
    "discounted",
    "beyond the spend limit",
    "overdrawn",
    "counters before",
    "late",
    "plan A, B, A",
    "two members of a group",
    "two months",
)


def _kinds(item: Item, rated: Rated) -> Iterator[object]:
    """What is special about an event."""
    yield rated.outcome
    yield rated.reason
    if rated.trace is None:
        return
    trace, rate = rated.trace, _rate(item, rated)
    special = {
        trace.match: True,
        "not itemised": not rated.itemised,
        "nothing used": rated.outcome is Outcome.RATED and rated.quantity == 0,
        "a petabyte": rated.quantity >= 10**15,
        "several buckets": len(rated.takes) > 1,
        "allowance and money": 0 < trace.covered < rated.charged and rated.debited_micros > 0,
        "split": len({piece.week_minute for piece in trace.pieces}) > 1,
        "raised to the minimum": trace.capped_micros > trace.fee_micros + trace.usage_micros,
        "capped": trace.capped_micros < trace.fee_micros + trace.usage_micros,
        "discounted": 0 < trace.discount_bp < 10_000 and rated.amount_micros > 0,
        "beyond the spend limit": trace.spent_before >= 0 and rated.debited_micros > 0,
        "overdrawn": min(trace.left, default=0) < 0,
        "counters before": trace.volume_before > 0,
    }
    if rate is not None and rate.tiers and len(trace.pieces) > 1:
        special["graduated" if rate.tier_mode is TierMode.GRADUATED else "by volume"] = True
    yield from (kind for kind, holds in special.items() if holds)


def _rate(item: Item, rated: Rated) -> TariffRate | None:
    versions = (version.rates.values() for version in item.tariff.versions)
    found = (rate for rates in versions for by_band in rates for rate in by_band.values() if rate.id == rated.rate_id)
    return next(found, None)


def _stories(drawn: Scenario) -> Iterator[str]:
    """What is special about the order of events."""
    keys = [event_key(item.event) for item in drawn.items]
    if keys != sorted(keys):
        yield "late"
    lines = {item.subscriber.subscription_id for item in drawn.items}
    if len({item.subscriber.charging_group for item in drawn.items}) < len(lines):
        yield "two members of a group"
    for line in lines:
        own = [item for item in drawn.items if item.subscriber.subscription_id == line]
        plans = [item.tariff.code for item in sorted(own, key=lambda item: item.event.start)]
        runs = [code for place, code in enumerate(plans) if place == 0 or code != plans[place - 1]]
        if len(runs) > 2:
            yield "plan A, B, A"
        if len({item.subscriber.period for item in own}) > 1:
            yield "two months"


def test_threads_change_nothing() -> None:
    drawn = scenario(Random(5), events=200)
    assert Expected.of(drawn).differences(KernelRater(threads=3)) == []


def test_many_price_lists_are_rated_one_after_the_other_and_answered_in_order() -> None:
    parts = [scenario(Random(seed), events=6) for seed in range(30)]
    items = [item for part in parts for item in part.items]
    assert len({id(item.tariff) for item in items}) > 20
    drawn = joined(parts)
    assert Expected.of(drawn).differences(KernelRater(threads=2)) == []


def test_one_event_leaves_its_purse_alone() -> None:
    drawn = scenario(Random(8), events=10)
    purses = drawn.fresh_purses()
    for item in drawn.items:
        purse = purses[item.subscriber.charging_group]
        before = [(bucket.id, bucket.amount) for bucket in purse.buckets], dict(purse.counters)
        rated = KERNEL.rate(item.event, item.subscriber, item.tariff, purse)
        assert rated == Expected([item], purses, drawn.host).rated[0]
        assert ([(bucket.id, bucket.amount) for bucket in purse.buckets], purse.counters) == before
