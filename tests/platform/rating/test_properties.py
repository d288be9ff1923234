"""What holds for every event, tariff and purse, not only for the cases somebody thought of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.catalogue import (
    OfflineDebit,
    PaymentMode,
    PriceListDraft,
    RateDraft,
    Tariff,
    ZoneDraft,
    compile_drafts,
)
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import SPEND, CounterId, Item, Outcome, Purse, PurseBucket, Rated, ScalarRater, Subscriber
from mvne_platform.rating.subscriber import Cover
from tests.platform.rating.house import LINE, MONDAY_NOON, OCTOBER, a_bucket, a_subscriber, an_event

RATER = ScalarRater()
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
SPENT = CounterId(LINE, SPEND, OCTOBER)
COVER = Cover(LINE, "voice_out", "z", MONDAY_NOON)
any_property = settings(deadline=None, max_examples=300)

micros = st.integers(0, 50_000_000)
seconds = st.integers(0, 20_000)


@st.composite
def rates(draw: st.DrawFn) -> RateDraft:
    minimum = draw(st.none() | st.integers(0, 2_000_000))
    maximum = draw(st.none() | st.integers(minimum or 0, 60_000_000))
    return RateDraft(
        zone="z",
        service="voice_out",
        connection_fee_micros=draw(st.integers(0, 1_000_000)),
        first_increment=draw(st.integers(1, 120)),
        next_increment=draw(st.integers(1, 120)),
        price_micros=draw(micros),
        per=draw(st.sampled_from([1, 7, 60, 3600])),
        minimum_micros=minimum,
        maximum_micros=maximum,
    )


def tariff_of(rate: RateDraft) -> Tariff:
    zone = ZoneDraft("z", "Zone", prefixes=("45",))
    return compile_drafts([PriceListDraft("list", "DKK", JANUARY, (zone,), (rate,))], "Europe/Copenhagen", {})


@st.composite
def purses(draw: st.DrawFn) -> Purse:
    buckets = [
        a_bucket(
            number,
            amount=draw(st.integers(-500, 4_000)),
            priority=draw(st.integers(1, 3)),
            valid_to=draw(st.sampled_from([None, MONDAY_NOON, MONDAY_NOON + timedelta(days=1)])),
            services=draw(st.sampled_from([(), ("voice_out",), ("data",)])),
            zones=draw(st.sampled_from([(), ("z",), ("other",)])),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    money = [
        a_bucket(
            100 + number,
            name="main" if number == 0 else "bonus",
            unit="money",
            amount=draw(st.integers(-1_000_000, 30_000_000)),
            priority=draw(st.integers(1, 3)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    return Purse(buckets + money, {SPENT: draw(micros)})


@st.composite
def subscribers(draw: st.DrawFn) -> Subscriber:
    return Subscriber(
        LINE,
        draw(st.sampled_from(PaymentMode)),
        draw(st.sampled_from(OfflineDebit)),
        draw(st.none() | micros),
        OCTOBER,
    )


def call(duration: int, start: datetime = MONDAY_NOON) -> UsageEvent:
    return an_event(other_party="+4533112233", duration_s=duration, start=start)


def covered(rated: Rated) -> int:
    return sum(take.quantity for take in rated.takes if take.unit is Unit.SECOND)


def money_taken(rated: Rated) -> int:
    return sum(take.quantity for take in rated.takes if take.unit is Unit.MONEY)


@any_property
@given(rates(), purses(), subscribers(), seconds)
def test_the_parts_are_the_whole(rate: RateDraft, purse: Purse, subscriber: Subscriber, duration: int) -> None:
    before = {bucket.id: bucket.amount for bucket in purse.buckets}
    rated = RATER.rate(call(duration), subscriber, tariff_of(rate), purse)
    assert rated.outcome is Outcome.RATED
    assert rated.amount_micros == rated.accrued_micros + rated.debited_micros + rated.waived_micros
    assert min(rated.amount_micros, rated.accrued_micros, rated.debited_micros, rated.waived_micros) >= 0
    assert money_taken(rated) == rated.debited_micros
    assert {bucket.id: bucket.amount for bucket in purse.buckets} == before


@any_property
@given(rates(), purses(), subscribers(), seconds)
def test_no_bucket_gives_more_than_it_has(rate: RateDraft, purse: Purse, subscriber: Subscriber, duration: int) -> None:
    held = {bucket.id: bucket for bucket in purse.buckets}
    rated = RATER.rate(call(duration), subscriber, tariff_of(rate), purse)
    assert len({take.bucket_id for take in rated.takes}) == len(rated.takes)
    for take in rated.takes:
        bucket = held[take.bucket_id]
        assert take.quantity > 0
        assert bucket.pays_for(COVER)
        may_overdraw = bucket.code == "main" and subscriber.offline_debit is OfflineDebit.FULL
        assert take.quantity <= max(bucket.amount, 0) or may_overdraw


@any_property
@given(rates(), purses(), subscribers(), seconds)
def test_allowances_are_used_up_before_money(
    rate: RateDraft, purse: Purse, subscriber: Subscriber, duration: int
) -> None:
    rated = RATER.rate(call(duration), subscriber, tariff_of(rate), purse)
    assert covered(rated) <= rated.charged
    if covered(rated) == rated.charged:
        assert rated.amount_micros == 0
        return
    taken = {take.bucket_id: take.quantity for take in rated.takes}
    for bucket in purse.buckets:
        if bucket.unit is Unit.SECOND and bucket.amount > 0 and bucket.pays_for(COVER):
            assert taken[bucket.id] == bucket.amount


@any_property
@given(rates(), seconds)
def test_units_are_the_least_whole_increments(rate: RateDraft, duration: int) -> None:
    rated = RATER.rate(call(duration), a_subscriber(), tariff_of(rate), Purse())
    if duration == 0:
        assert (rated.charged, rated.amount_micros) == (0, 0)
        return
    ladder = rate.first_increment
    while ladder < duration:
        ladder += rate.next_increment
    assert rated.charged == ladder


@any_property
@given(rates(), purses(), seconds, seconds)
def test_a_longer_call_never_costs_less(rate: RateDraft, purse: Purse, one: int, other: int) -> None:
    short, long = sorted((one, other))
    tariff = tariff_of(rate)
    shorter = RATER.rate(call(short), a_subscriber(), tariff, purse)
    longer = RATER.rate(call(long), a_subscriber(), tariff, purse)
    assert shorter.charged <= longer.charged
    assert covered(shorter) <= covered(longer)
    assert shorter.amount_micros <= longer.amount_micros


@any_property
@given(rates().map(lambda rate: replace(rate, minimum_micros=None, maximum_micros=None)), purses(), seconds)
def test_the_amount_is_within_half_a_micro_of_the_exact_one(rate: RateDraft, purse: Purse, duration: int) -> None:
    rated = RATER.rate(call(duration), a_subscriber(), tariff_of(rate), purse)
    uncovered = rated.charged - covered(rated)
    if uncovered == 0:
        assert rated.amount_micros == 0
        return
    # Twice the difference, times the interval: rounded up at most by a half, down by less than a half.
    difference = 2 * rate.per * (rated.amount_micros - rate.connection_fee_micros) - 2 * uncovered * rate.price_micros
    assert -rate.per < difference <= rate.per


@any_property
@given(rates(), purses(), subscribers(), seconds)
def test_more_money_or_minutes_never_raise_what_is_waived(
    rate: RateDraft, purse: Purse, subscriber: Subscriber, duration: int
) -> None:
    tariff = tariff_of(rate)
    poorer = RATER.rate(call(duration), subscriber, tariff, purse)
    richer_purse = Purse([_richer(bucket) for bucket in purse.buckets], purse.counters)
    richer = RATER.rate(call(duration), subscriber, tariff, richer_purse)
    assert richer.amount_micros <= poorer.amount_micros
    assert richer.waived_micros <= poorer.waived_micros


def _richer(bucket: PurseBucket) -> PurseBucket:
    return replace(bucket, amount=bucket.amount + 1_000)


@settings(deadline=None, max_examples=100)
@given(rates(), st.data(), subscribers(), st.lists(seconds, max_size=12))
def test_many_are_rated_like_one_after_the_other(
    rate: RateDraft, data: st.DataObject, subscriber: Subscriber, durations: list[int]
) -> None:
    purse = data.draw(purses())
    start = {bucket.id: bucket.amount for bucket in purse.buckets}
    spent = purse.counters[SPENT]
    twin = Purse([_copy(bucket) for bucket in purse.buckets], purse.counters)
    tariff = tariff_of(rate)
    events = [call(duration, MONDAY_NOON + timedelta(hours=n)) for n, duration in enumerate(durations)]

    many = RATER.rate_many([Item(event, subscriber, tariff) for event in events], {LINE: purse})
    singly = []
    for event in events:
        singly.append(RATER.rate(event, subscriber, tariff, twin))
        twin.apply(singly[-1], subscriber)

    assert many == singly
    taken: dict[object, int] = {}
    for take in (take for rated in many for take in rated.takes):
        taken[take.bucket_id] = taken.get(take.bucket_id, 0) + take.quantity
    assert {bucket.id: bucket.amount for bucket in purse.buckets} == {
        key: amount - taken.get(key, 0) for key, amount in start.items()
    }
    assert purse.counters[SPENT] == spent + sum(rated.accrued_micros for rated in many)
    if subscriber.payment_mode is PaymentMode.HYBRID and subscriber.spend_limit_micros is not None:
        assert purse.counters[SPENT] <= max(spent, subscriber.spend_limit_micros)


def _copy(bucket: PurseBucket) -> PurseBucket:
    return replace(bucket)


prefixes = st.text("0123456789", min_size=1, max_size=6).filter(lambda digits: digits[0] != "0")


@any_property
@given(st.sets(prefixes, min_size=1, max_size=30), st.text("0123456789", min_size=1, max_size=15))
def test_the_longest_prefix_is_the_one_a_search_of_all_finds(listed: set[str], digits: str) -> None:
    zones = tuple(ZoneDraft(f"z{prefix}", prefix, prefixes=(prefix,)) for prefix in sorted(listed))
    free = tuple(RateDraft(zone.code, "voice_out", 0, 1, 1, 1) for zone in zones)
    tariff = compile_drafts([PriceListDraft("list", "DKK", JANUARY, zones, free)], "Europe/Copenhagen", {})
    rated = RATER.rate(an_event(other_party=f"+{digits}", duration_s=1), a_subscriber(), tariff, Purse())
    fitting = [prefix for prefix in listed if digits.startswith(prefix)]
    if fitting:
        assert rated.zone == f"z{max(fitting, key=len)}"
    else:
        assert (rated.outcome, rated.zone) == (Outcome.FAILED, None)


def test_periods_and_subscriptions_are_counted_apart() -> None:
    november = date(2026, 11, 1)
    other = UUID(int=2)
    purse = Purse([], {SPENT: 5, (other, SPEND, november): 7})
    later = a_subscriber(period=november)
    rated = RATER.rate(call(60), later, tariff_of(RateDraft("z", "voice_out", 60, 60, 60, 60)), purse)
    purse.apply(rated, later)
    assert purse.counters == {SPENT: 5, (LINE, SPEND, november): 60, (other, SPEND, november): 7}
