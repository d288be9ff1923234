"""Loading a usage file: how each row ends, and what it costs."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mvne_platform import balances, charging, mediation
from mvne_platform.balances import CounterKey, Grant, Reason
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import BucketTake, UsageChunkRated, UsageFileLoaded
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.mediation import ExceptionKind, FileState, UnknownFile
from mvne_platform.rating import MatchKind, Piece
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.charging.shop import (
    ANNA,
    BENT,
    call,
    load,
    open_line,
    open_shop,
    outcomes,
    receive,
    reconcile,
    state_hash,
    utc,
)


@pytest.fixture(autouse=True)
def shop(ctx: Context) -> None:
    """The 20th of October, and prices."""
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)


def reasons(ctx: Context) -> dict[int, tuple[str, str]]:
    """Why rows were not rated, by their line."""
    return {row.row: (row.kind.value, row.reason) for row in mediation.unrated_rows(ctx, first=100)}


def test_a_postpaid_call_is_priced_and_accrues(ctx: Context) -> None:
    line = open_line(ctx, ANNA)
    file = load(ctx, receive(ctx, call(1, seconds=61)))
    assert (file.state, file.rows_total, outcomes(file)) == (FileState.LOADED, 1, {"rated": 1})
    (event,) = charging.usage(ctx, line)
    # 0.10 + 61 s x 0.30 / 60 s = 0.405
    assert (event.amount_micros, event.accrued_micros, event.debited_micros) == (405_000, 405_000, 0)
    assert (event.zone, event.band, event.quantity, event.charged, event.unit) == ("dk", "*", 61, 61, Unit.SECOND)
    assert (event.status, event.reason, event.currency, event.takes) == ("rated", None, "DKK", ())
    assert (event.file_id, event.file_row, event.start) == (file.id, 2, utc("2026-10-05 10:00"))
    assert mediation.start_of(event.key) == event.start
    assert event.trace is not None
    # Monday noon in Copenhagen, two hours ahead of UTC; matched by 45; all of it at one price
    assert (event.trace.match, event.trace.match_length) == (MatchKind.PREFIX, 2)
    assert (event.trace.week_minute, event.trace.utc_offset_s) == (12 * 60, 7_200)
    assert (event.trace.fee_micros, event.trace.usage_micros, event.trace.capped_micros) == (100_000, 305_000, 405_000)
    assert event.trace.pieces == (Piece(61, 300_000, 12 * 60),)
    october = CounterKey(line, balances.SPEND, utc("2026-09-30 22:00"))
    assert balances.counters(ctx, [october]) == {october: 405_000}
    assert balances.buckets(ctx, line) == []
    assert ctx.facts[-2:] == [UsageChunkRated(file.id, 2, 2), UsageFileLoaded(file.id)]


def test_a_prepaid_call_debits_money_and_the_ledger_opens_down_to_it(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    bucket = balances.top_up(ctx, line, Money.of(10, "DKK"), Reason.TOP_UP, uuid7()).bucket_id
    load(ctx, receive(ctx, call(1, seconds=60), call(2, seconds=0), call(3, seconds=60, called="+12125550100")))
    # 0.10 + 0.30; a call of no seconds costs nothing; a started minute of 1.20
    assert balances.money(ctx, line) == 10_000_000 - 400_000 - 1_200_000
    entry = balances.ledger(ctx, bucket)[0]
    assert (entry.delta, entry.reason) == (-1_600_000, Reason.USAGE)
    taken = charging.usage_of_entry(ctx, bucket, entry.reason_id)
    assert [event.debited_micros for event in taken] in ([400_000, 1_200_000], [1_200_000, 400_000])
    assert [event.takes for event in taken if event.debited_micros == 400_000] == [(BucketTake(bucket, 400_000),)]


def test_an_allowance_is_used_first_and_money_pays_the_rest(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    balances.top_up(ctx, line, Money.of(10, "DKK"), Reason.TOP_UP, uuid7())
    minutes = Grant("minutes", Unit.SECOND, 90, ("voice_out",), ("dk",), valid_from=utc("2026-10-01 00:00"))
    bucket = balances.grant_allowance(ctx, line, minutes, Reason.GRANT, uuid7()).id
    later = "2026-10-05T11:00:00Z"
    load(ctx, receive(ctx, call(2, seconds=60, start=later), call(1, seconds=60)))
    second, first = charging.usage(ctx, line)
    assert (first.amount_micros, [take.quantity for take in first.takes]) == (0, [60])
    # 30 s from the allowance; 0.10 + 30 s x 0.30 / 60 s from money
    assert (second.amount_micros, [take.quantity for take in second.takes]) == (250_000, [30, 250_000])
    assert balances.bucket(ctx, bucket).amount == 0
    assert balances.money(ctx, line) == 9_750_000


def test_every_way_a_row_can_end(ctx: Context) -> None:
    line = open_line(ctx, ANNA, imsi="238010000000001")
    open_line(ctx, BENT)
    file = receive(
        ctx,
        call(1),
        call(2).replace(",true,", ",false,"),
        call(3, called="112"),
        call(4, called="+4590000000"),
        call(1),
        call(6, caller="+4529999999"),
        call(7, called="+99999999"),
        call(8).replace(ANNA + ",", BENT + ",238010000000001"),
        call(9, start="2026-10-22T10:00:00Z"),
        call(10).replace("voice_out", "fax"),
        "r11,voice_in,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,",
        "r12,roaming_data,,238010000000001,,2026-10-05T10:00:00Z,,2000000,,262-01,,",
        "r13,roaming_data,,238010000000001,,2026-10-05T10:00:00Z,,2000000,,310-01,,",
    )
    file = load(ctx, file)
    assert outcomes(file) == {"rated": 2, "not_chargeable": 3, "barred": 1, "duplicate": 1, "failed": 6}
    assert file.rows_total == 13
    assert reasons(ctx) == {
        6: ("duplicate", "repeated"),
        7: ("failed", "unknown_subscriber"),
        8: ("failed", "unknown_number"),
        9: ("failed", "identifiers_disagree"),
        10: ("failed", "start_in_future"),
        11: ("failed", "bad_service"),
        14: ("failed", "unknown_network"),
    }
    assert [event.amount_micros for event in charging.usage(ctx, line) if event.status == "rated"] in (
        [405_000, 160_000],
        [160_000, 405_000],
    )


def test_the_reason_of_a_failure_names_what_is_wrong_and_keeps_the_record(ctx: Context) -> None:
    load(ctx, receive(ctx, call(1)))
    (row,) = mediation.unrated_rows(ctx)
    assert (row.row, row.kind, row.reason) == (2, ExceptionKind.FAILED, "unknown_subscriber")
    assert row.detail == "No subscription held this msisdn at 2026-10-05 10:00."
    assert row.record == call(1)
    assert mediation.unrated_reasons(ctx) == {"unknown_subscriber": 1}
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"usage.read"}))
    (row,) = mediation.unrated_rows(ctx)
    assert row.record is None


def test_a_number_belongs_to_who_held_it_at_the_start_of_the_call(ctx: Context) -> None:
    moved = utc("2026-10-05 10:00")
    before = open_line(ctx, ANNA, until=moved)
    after = open_line(ctx, ANNA, since=moved)
    load(ctx, receive(ctx, call(1, start="2026-10-05T09:59:59Z"), call(2), call(3, start="2016-12-31T10:00:00Z")))
    assert [event.start for event in charging.usage(ctx, before)] == [moved - timedelta(seconds=1)]
    assert [event.start for event in charging.usage(ctx, after)] == [moved]
    assert reasons(ctx) == {4: ("failed", "unknown_subscriber")}


def test_a_plan_without_prices_fails_its_events(ctx: Context) -> None:
    open_line(ctx, ANNA, price_list=None)
    open_line(ctx, BENT, price_list="forgotten")
    file = load(ctx, receive(ctx, call(1), call(2, caller=BENT)))
    assert outcomes(file) == {"failed": 2}
    assert {row.detail for row in mediation.unrated_rows(ctx)} == {
        "The subscription's plan names none.",
        "The subscription's plan names the price list 'forgotten', which is not there.",
    }


def test_a_late_event_joins_the_first_period_that_is_not_billed(ctx: Context) -> None:
    line = open_line(ctx, ANNA, billed_until=date(2026, 10, 1))
    starts = {
        "2026-08-03T10:00:00Z": date(2026, 10, 1),
        # 23:59:59 on the last of September, and midnight of the first of October, in Copenhagen
        "2026-09-30T21:59:59Z": date(2026, 10, 1),
        "2026-09-30T22:00:00Z": date(2026, 10, 1),
        "2026-10-20T12:00:00Z": date(2026, 10, 1),
    }
    load(ctx, receive(ctx, *(call(number, start=start) for number, start in enumerate(starts))))
    periods = "SELECT start, bill_period FROM rated_event WHERE subscription_id = :line"
    assert {row.start: row.bill_period for row in ctx.db.execute(text(periods), {"line": line})} == {
        utc(start[:-1]): period for start, period in starts.items()
    }


def test_an_event_belongs_to_its_month_on_the_brands_wall(ctx: Context) -> None:
    line = open_line(ctx, ANNA)
    load(ctx, receive(ctx, call(1, start="2026-09-30T21:59:59Z"), call(2, start="2026-09-30T22:00:00Z")))
    keys = [CounterKey(line, balances.SPEND, utc(start)) for start in ("2026-08-31 22:00", "2026-09-30 22:00")]
    assert balances.counters(ctx, keys) == dict.fromkeys(keys, 405_000)


def test_a_hybrid_line_accrues_to_its_limit_over_chunks_and_then_pays_with_money(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.HYBRID, spend_limit_micros=1_000_000)
    balances.top_up(ctx, line, Money.of(10, "DKK"), Reason.TOP_UP, uuid7())
    starts = [f"2026-10-05T1{hour}:00:00Z" for hour in range(4)]
    load(ctx, receive(ctx, *(call(hour, 60, start=start) for hour, start in enumerate(starts))), size=1)
    assert [(event.accrued_micros, event.debited_micros) for event in reversed(charging.usage(ctx, line))] == [
        (400_000, 0),
        (400_000, 0),
        (200_000, 200_000),
        (0, 400_000),
    ]
    assert balances.money(ctx, line) == 9_400_000


@pytest.mark.parametrize(
    ("policy", "debited", "money", "reason"),
    [
        ("full", 400_000, -100_000, None),
        ("available", 300_000, 0, "balance_too_low"),
        ("refuse", 0, 300_000, "balance_refused"),
    ],
)
def test_a_balance_that_does_not_cover_a_past_call_follows_the_plans_policy(
    ctx: Context, policy: str, debited: int, money: int, reason: str | None
) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID, offline_debit=policy)
    balances.top_up(ctx, line, Money(300_000, "DKK"), Reason.TOP_UP, uuid7())
    load(ctx, receive(ctx, call(1, seconds=60)))
    (event,) = charging.usage(ctx, line)
    assert (event.amount_micros, event.debited_micros, event.reason) == (400_000, debited, reason)
    assert balances.money(ctx, line) == money


def test_a_prepaid_line_without_a_money_bucket_gets_one(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    load(ctx, receive(ctx, call(1, seconds=60)))
    assert balances.money(ctx, line) == -400_000


def test_the_same_file_twice_changes_nothing(ctx: Context) -> None:
    open_line(ctx, ANNA, PaymentMode.PREPAID)
    first = load(ctx, receive(ctx, call(1), call(2)))
    before, counts, facts = state_hash(ctx), outcomes(first), len(ctx.facts)
    again = receive(ctx, call(1), call(2), name="sent again.csv")
    assert (again.id, again.already, again.name) == (first.id, True, "usage.csv")
    load(ctx, again)
    assert (state_hash(ctx), outcomes(again), len(ctx.facts)) == (before, counts, facts)


def test_what_two_files_share_is_charged_once(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    load(ctx, receive(ctx, call(1), call(2), call(3), name="monday.csv"))
    second = load(ctx, receive(ctx, call(2), call(3, seconds=900), call(4), call(4), name="tuesday.csv"))
    assert outcomes(second) == {"rated": 1, "duplicate": 3}
    details = {row.row: row.detail for row in mediation.unrated_rows(ctx)}
    assert details == {
        2: "Line 3 of 'monday.csv' is the same event.",
        3: "Line 4 of 'monday.csv' is the same event.",
        5: "Line 4 of this file is the same event.",
    }
    assert balances.money(ctx, line) == -4 * 405_000


def test_repeats_are_found_across_the_chunks_of_a_file(ctx: Context) -> None:
    open_line(ctx, ANNA)
    file = load(ctx, receive(ctx, call(1), call(2), call(1), call(2), call(1)), size=2)
    assert outcomes(file) == {"rated": 2, "duplicate": 3}
    assert {row.detail for row in mediation.unrated_rows(ctx)} == {
        "Line 2 of this file is the same event.",
        "Line 3 of this file is the same event.",
    }


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_the_size_of_chunks_does_not_matter(ctx: Context, size: int) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    file = load(ctx, receive(ctx, *(call(number) for number in range(4)), "broken"), size=size)
    assert (outcomes(file), balances.money(ctx, line)) == ({"rated": 4, "failed": 1}, -4 * 405_000)
    chunks = [fact for fact in ctx.facts if isinstance(fact, UsageChunkRated)]
    assert (chunks[0].rows_from, chunks[-1].rows_to) == (2, 6)
    assert [fact for fact in ctx.facts if isinstance(fact, UsageFileLoaded)] == [UsageFileLoaded(file.id)]


def test_a_file_with_nothing_but_its_header_is_loaded(ctx: Context) -> None:
    file = load(ctx, receive(ctx))
    assert (file.state, file.rows_total, file.loaded_at) == (FileState.LOADED, 0, ctx.now)


def test_months_get_their_partitions_and_only_months_with_subscribers(ctx: Context) -> None:
    open_line(ctx, ANNA)
    load(ctx, receive(ctx, call(1, start="2019-02-28T23:59:59Z"), call(2, start="1999-01-01T00:00:00Z")))
    partitions = "SELECT relid::text FROM pg_partition_tree('rated_event') WHERE isleaf"
    made = set(ctx.db.scalars(text(partitions)))
    assert "rated_event_201902" in made
    assert "rated_event_199901" not in made


def test_an_unknown_and_a_rejected_file_are_not_loaded(ctx: Context) -> None:
    with pytest.raises(UnknownFile):
        charging.load_chunk(ctx, uuid7())
    rejected = receive(ctx, "never looked at")
    rejected.state, rejected.rejection, rejected.rejection_code = FileState.REJECTED, "for the test", "bad_header"
    ctx.db.flush()
    assert charging.load_chunk(ctx, rejected.id) == charging.Loaded(0, {}, finished=True)
    assert rejected.rows_done == 0


def test_loading_needs_its_permission(ctx: Context) -> None:
    file = receive(ctx, call(1))
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"usage.read"}))
    for command in (charging.load_chunk, charging.start_load):
        with pytest.raises(PermissionMissing, match=r"usage\.load"):
            command(ctx, file.id)
    assert (file.state, file.rows_done) == (FileState.RECEIVED, 0)


@pytest.mark.parametrize(
    "change", ["rated = rated + 1", "rows_done = rows_done + 1", "rows_total = 7", "rows_total = NULL"]
)
def test_the_database_refuses_counts_that_do_not_add_up(ctx: Context, change: str) -> None:
    open_line(ctx, ANNA)
    file = load(ctx, receive(ctx, call(1)))
    with pytest.raises(IntegrityError, match="ck_usage_file"), ctx.db.begin_nested():
        ctx.db.execute(text(f"UPDATE usage_file SET {change} WHERE id = :id"), {"id": file.id})
    reconcile(ctx, file.id)
