"""What holds for every drawn price list, subscription, purse and event."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.catalogue import (
    UNITS,
    BandPolicy,
    OfflineDebit,
    PaymentMode,
    Tariff,
    TariffRate,
    TariffVersion,
    TierMode,
)
from mvne_platform.kernel import Unit, round_half_up
from mvne_platform.rating import (
    SPEND,
    CounterId,
    Item,
    MatchKind,
    Outcome,
    Purse,
    Rated,
    Reason,
    ScalarRater,
    Subscriber,
    Trace,
)
from tests.platform.rating.generators import Scenario, fresh, scenario, scenarios

RATER = ScalarRater()
every_scenario = settings(deadline=None, max_examples=60)


def rated_pairs(drawn: Scenario) -> Iterator[tuple[Item, Rated, Purse]]:
    """Each event with its answer and the purse as it was before it."""
    purses = drawn.fresh_purses()
    for item in drawn.items:
        purse = purses[item.subscriber.charging_group]
        before = fresh(purse)
        (rated,) = RATER.rate_many([item], purses)
        yield item, rated, before


def trace_of(rated: Rated) -> Trace:
    assert rated.trace is not None
    return rated.trace


@every_scenario
@given(scenarios())
def test_the_parts_are_the_whole(drawn: Scenario) -> None:
    for _, rated, _ in rated_pairs(drawn):
        assert rated.amount_micros == rated.accrued_micros + rated.debited_micros + rated.waived_micros
        assert min(rated.amount_micros, rated.accrued_micros, rated.debited_micros, rated.waived_micros) >= 0
        money = sum(take.quantity for take in rated.takes if take.unit is Unit.MONEY)
        assert money == rated.debited_micros
        assert (rated.waived_micros > 0) == (rated.reason in (Reason.BALANCE_TOO_LOW, Reason.BALANCE_REFUSED))
        if rated.outcome is not Outcome.RATED:
            assert (rated.charged, rated.amount_micros, rated.takes, rated.counted) == (0, 0, (), 0)
            continue
        trace = trace_of(rated)
        covered = sum(take.quantity for take in rated.takes if take.unit is not Unit.MONEY)
        assert trace.covered == covered
        assert sum(piece.units for piece in trace.pieces) == rated.charged - covered
        assert rated.counted == (rated.charged - covered if rated.counter else 0)


@every_scenario
@given(scenarios())
def test_no_bucket_gives_what_it_has_not(drawn: Scenario) -> None:
    for item, rated, before in rated_pairs(drawn):
        held = {bucket.id: bucket for bucket in before.buckets}
        left = trace_of(rated).left if rated.outcome is Outcome.RATED else ()
        for take, after in zip(rated.takes, left, strict=True):
            bucket = held[take.bucket_id]
            overdrawn = bucket.code == "main" and item.subscriber.offline_debit is OfflineDebit.FULL
            assert take.quantity > 0
            assert after == bucket.amount - take.quantity
            assert after >= 0 or overdrawn
            assert bucket.subscription_id in (None, item.subscriber.subscription_id)
            assert bucket.valid_from <= item.event.start
            assert bucket.valid_to is None or item.event.start < bucket.valid_to
        assert len({take.bucket_id for take in rated.takes}) == len(rated.takes)


@every_scenario
@given(scenarios())
def test_buckets_and_counters_move_by_what_was_answered(drawn: Scenario) -> None:
    purses = drawn.fresh_purses()
    answers = RATER.rate_many(drawn.items, purses)
    taken: dict[UUID, int] = defaultdict(int)
    counted: dict[tuple[object, ...], int] = defaultdict(int)
    for item, rated in zip(drawn.items, answers, strict=True):
        for take in rated.takes:
            taken[take.bucket_id] += take.quantity
        line, period = item.subscriber.subscription_id, item.subscriber.period
        counted[line, SPEND, period] += rated.accrued_micros
        if rated.counter is not None:
            counted[line, rated.counter, period] += rated.counted
    for group, purse in drawn.purses.items():
        after = {bucket.id: bucket.amount for bucket in purses[group].buckets}
        assert after == {bucket.id: bucket.amount - taken[bucket.id] for bucket in purse.buckets}
        for key in set(purse.counters) | set(purses[group].counters):
            assert purses[group].counters.get(key, 0) == purse.counters.get(key, 0) + counted[key]


@every_scenario
@given(scenarios(), st.integers(0, 12))
def test_a_list_in_two_parts_is_rated_like_the_whole(drawn: Scenario, cut: int) -> None:
    purses, twins = drawn.fresh_purses(), drawn.fresh_purses()
    whole = RATER.rate_many(drawn.items, purses)
    parts = RATER.rate_many(drawn.items[:cut], twins) + RATER.rate_many(drawn.items[cut:], twins)
    assert parts == whole
    for group, purse in purses.items():
        assert (twins[group].buckets, twins[group].counters) == (purse.buckets, purse.counters)


@every_scenario
@given(scenarios(), st.randoms(use_true_random=False))
def test_charging_groups_do_not_wait_for_one_another(drawn: Scenario, random: Random) -> None:
    """Events of several groups may be mixed in any way, so long as each group's own stay in their order."""
    places: dict[UUID, list[int]] = defaultdict(list)
    for place, item in enumerate(drawn.items):
        places[item.subscriber.charging_group].append(place)
    groups = [group for group, own in places.items() for _ in own]
    random.shuffle(groups)
    next_of = {group: iter(own) for group, own in places.items()}
    mixed = [next(next_of[group]) for group in groups]

    straight = RATER.rate_many(drawn.items, drawn.fresh_purses())
    answers = RATER.rate_many([drawn.items[place] for place in mixed], drawn.fresh_purses())
    assert dict(zip(mixed, answers, strict=True)) == dict(enumerate(straight))


@every_scenario
@given(scenarios())
def test_a_postpaid_line_without_buckets_tiers_or_limit_does_not_depend_on_the_order(drawn: Scenario) -> None:
    plain = [
        item._replace(subscriber=_postpaid(item.subscriber))
        for item in drawn.items
        if all(rate.counter is None for _, rate in _rates(item.tariff))
    ]
    purses = {item.subscriber.charging_group: Purse() for item in plain}
    forwards = RATER.rate_many(plain, {group: fresh(purse) for group, purse in purses.items()})
    backwards = RATER.rate_many(plain[::-1], {group: fresh(purse) for group, purse in purses.items()})
    assert backwards[::-1] == forwards


def _postpaid(one: Subscriber) -> Subscriber:
    return Subscriber(one.subscription_id, PaymentMode.POSTPAID, one.offline_debit, None, one.period, one.group_id)


def _rates(tariff: Tariff) -> Iterator[tuple[str, TariffRate]]:
    for version in tariff.versions:
        for (service, _), by_band in version.rates.items():
            yield from ((service, rate) for rate in by_band.values())


@every_scenario
@given(scenarios())
def test_a_trace_is_stored_and_read_again(drawn: Scenario) -> None:
    for _, rated, _ in rated_pairs(drawn):
        if rated.trace is not None:
            assert Trace.from_ints(rated.trace.as_ints()) == rated.trace
        else:
            assert rated.outcome is Outcome.FAILED or rated.version_id is None


@every_scenario
@given(scenarios())
def test_a_hybrid_never_accrues_beyond_its_limit(drawn: Scenario) -> None:
    for item, rated, before in rated_pairs(drawn):
        one = item.subscriber
        if one.payment_mode is PaymentMode.HYBRID and one.spend_limit_micros is not None:
            spent = before.counters.get(CounterId(one.subscription_id, SPEND, one.period), 0)
            assert spent + rated.accrued_micros <= max(spent, one.spend_limit_micros)
            if rated.outcome is Outcome.RATED:
                assert trace_of(rated).spent_before == spent


@every_scenario
@given(scenarios())
def test_the_host_charges_what_a_line_without_anything_would_accrue(drawn: Scenario) -> None:
    nobody = Subscriber(UUID(int=1), PaymentMode.POSTPAID, OfflineDebit.FULL, None, drawn.items[0].subscriber.period)
    for item in drawn.items:
        wholesale = RATER.wholesale(item.event, drawn.host)
        rated = RATER.rate(item.event, nobody, drawn.host, Purse())
        if rated.outcome is Outcome.FAILED:
            assert (wholesale.amount_micros, wholesale.rate_id, wholesale.reason) == (None, None, rated.reason)
        else:
            assert wholesale.amount_micros == rated.accrued_micros
            assert (wholesale.rate_id, wholesale.reason) == (rated.rate_id, None)


@every_scenario
@given(scenarios())
def test_free_numbers_are_never_itemised_however_the_event_ends(drawn: Scenario) -> None:
    for item, rated, _ in rated_pairs(drawn):
        if rated.reason is Reason.FREE_NUMBER and trace_kind(rated) in (None, MatchKind.PREFIX, MatchKind.SHORT_CODE):
            assert not rated.itemised
        if item.event.number_class is not None:
            assert not rated.itemised


@every_scenario
@given(scenarios())
def test_the_sentence_to_a_reason_needs_no_purse(drawn: Scenario) -> None:
    for item, rated, _ in rated_pairs(drawn):
        if rated.outcome is not Outcome.RATED and rated.reason is not None:
            assert RATER.detail(item.event, item.tariff, rated.reason) == rated.detail != ""


def trace_kind(rated: Rated) -> MatchKind | None:
    return rated.trace.match if rated.trace else None


@settings(deadline=None, max_examples=80)
@given(scenarios(events=6))
def test_usage_is_what_a_count_of_every_single_unit_comes_to(drawn: Scenario) -> None:
    for item, rated, _ in rated_pairs(drawn):
        if rated.outcome is Outcome.RATED and 0 < rated.charged <= 20_000:
            assert trace_of(rated).usage_micros == usage_by_counting(item, rated)


@pytest.mark.parametrize("seed", range(60))
def test_split_calls_cost_what_a_count_of_every_second_comes_to(seed: int) -> None:
    """The same on more events than Hypothesis would draw, and only where it is hardest."""
    counted = 0
    for item, rated, _ in rated_pairs(scenario(Random(seed), events=60)):
        if rated.outcome is Outcome.RATED and rated.charged <= 40_000 and len(trace_of(rated).pieces) > 1:
            assert trace_of(rated).usage_micros == usage_by_counting(item, rated)
            counted += 1
    assert counted or seed  # the first seed is known to have some


def usage_by_counting(item: Item, rated: Rated) -> int:
    """Price every uncovered unit by itself: by the band in which its increment begins and the volume before it."""
    version = next(one for one in item.tariff.versions if one.id == rated.version_id)
    zone = next(one for one in version.zones if one.code == rated.zone)
    by_band = version.rates[item.event.service, zone.id]
    start_rate = next(rate for rate in by_band.values() if rate.id == rated.rate_id)
    split = start_rate.band_policy is BandPolicy.SPLIT and UNITS[item.event.service] is Unit.SECOND
    volume_before = max(0, trace_of(rated).volume_before)
    total, rate, begun = 0, start_rate, None
    for unit in range(trace_of(rated).covered, rated.charged):
        beginning = increment_of(unit, start_rate)
        if split and beginning != begun:
            band = band_of(item, beginning, version)
            rate, begun = by_band.get(band) or by_band["*"], beginning
        volume = volume_before if rate.tier_mode is TierMode.VOLUME else volume_before + unit - trace_of(rated).covered
        total += next((t.price_micros for t in rate.tiers[::-1] if volume >= t.from_volume), rate.price_micros)
    return round_half_up(total, start_rate.per)


def increment_of(unit: int, rate: TariffRate) -> int:
    """The first unit of the increment that a unit lies in."""
    if unit < rate.first_increment:
        return 0
    return unit - (unit - rate.first_increment) % rate.next_increment


def band_of(item: Item, second: int, version: TariffVersion) -> str:
    """The band of an instant by a scan of all spans; the wall clock from the offset, not from a conversion."""
    zone = ZoneInfo(item.tariff.time_zone)
    instant = item.event.start + timedelta(seconds=second)
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    wall = instant.replace(tzinfo=None) + offset
    weekday = item.tariff.holidays.get(wall.date(), wall.weekday())
    minute = weekday * 1440 + wall.hour * 60 + wall.minute
    return next((span.code for span in version.bands if span.start_minute <= minute < span.end_minute), "*")
