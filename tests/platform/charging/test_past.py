"""Whatever came in whatever order: postpaid lines end as if all had come in time, and rating again changes nothing.

The lines: one with an allowance of its own, two that share one, one that pays in advance and is billed to the same
account as those, and one that pays afterwards up to a limit. Calls get cheaper by the volume of the month.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform import balances, billing, catalogue
from mvne_platform.balances import Grant, Reason
from mvne_platform.balances.models import SharingGroup, SharingMember
from mvne_platform.catalogue import PaymentMode, PriceListDraft, RateDraft
from mvne_platform.catalogue.drafts import TierDraft
from mvne_platform.charging import replay, rerating
from mvne_platform.charging.past import Scope
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import RATES, ZONES, call, load, open_line, receive, utc
from tests.platform.lines import LONG_AGO
from tests.plugins.database import Database, brand_context

FIRST, LAST, NOW = utc("2026-09-26 00:00"), utc("2026-10-08 00:00"), utc("2026-10-20 12:00")
OCTOBER, NOVEMBER = utc("2026-09-30 22:00"), utc("2026-10-31 23:00")
OWN, SHARING, SHARED, IN_ADVANCE, LIMITED = (UUID(int=number) for number in range(1, 6))
POSTPAID = [OWN, SHARING, SHARED]
NUMBERS = {line: f"+452000000{line.int}" for line in (*POSTPAID, IN_ADVANCE, LIMITED)}
GROUP = UUID("ffffffff-ffff-8000-8000-000000000001")
CALLED = ["+4530000002", "+4530000003", "+12125550100", "112", "+4590000000"]


def prices(minute_micros: int) -> tuple[RateDraft, ...]:
    """Calls in Denmark at this price, and at half of it from the 200th second of a month on."""
    half = TierDraft(200, minute_micros // 2)
    return (
        RateDraft("dk", "voice_out", minute_micros, 60, 1, 1, connection_fee_micros=100_000, tiers=(half,)),
        *RATES[1:],
    )


def publish(ctx: Context, minute_micros: int, since: datetime) -> None:
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", since, ZONES, prices(minute_micros)))


@dataclass(frozen=True, slots=True)
class Records:
    """A file."""

    lines: tuple[str, ...]

    def happen(self, ctx: Context) -> None:
        load(ctx, receive(ctx, *self.lines, name=f"{uuid7()}.csv"))


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money for a line that pays in advance, or has a limit."""

    line: UUID
    micros: int

    def happen(self, ctx: Context) -> None:
        balances.top_up(ctx, self.line, Money(self.micros, "DKK"), Reason.TOP_UP, uuid7())


@dataclass(frozen=True, slots=True)
class Expiry:
    """What is left of September's allowances goes."""

    def happen(self, ctx: Context) -> None:
        balances.expire(ctx, None, ctx.now)


@dataclass(frozen=True, slots=True)
class InOrderAgain:
    """Late usage is rated again."""

    def happen(self, ctx: Context) -> None:
        run_jobs(ctx)


Step = Records | TopUp | Expiry | InOrderAgain
WHEN = st.integers(0, int((LAST - FIRST).total_seconds())).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def record(number: int, caller: str, called: str, seconds: int, start: datetime) -> str:
    return call(number, seconds, caller, called, f"{start:%Y-%m-%dT%H:%M:%SZ}")


@st.composite
def histories(draw: Any) -> list[Step]:
    """Records in any order, in files with other things between them."""
    callers = st.sampled_from(list(NUMBERS.values()))
    build = st.builds(record, st.integers(0, 10**6), callers, st.sampled_from(CALLED), st.integers(0, 300), WHEN)
    records = draw(st.lists(build, min_size=1, max_size=14, unique_by=lambda line: line.partition(",")[0]))
    between = st.one_of(
        st.builds(TopUp, st.sampled_from([IN_ADVANCE, LIMITED]), st.integers(1, 2_000_000)),
        st.just(Expiry()),
        st.just(InOrderAgain()),
    )
    steps: list[Step] = []
    while records:
        size = draw(st.integers(1, 5))
        steps += [*draw(st.lists(between, max_size=2)), Records(tuple(records[:size]))]
        records = records[size:]
    return steps


def in_order(history: Sequence[Step]) -> list[Step]:
    """The same with all records in one file, by time; a load rates a file's rows so."""
    lines = [line for step in history if isinstance(step, Records) for line in step.lines]
    return [Records(tuple(lines)), *(step for step in history if not isinstance(step, Records))]


def open_lines(ctx: Context) -> None:
    """Lines with the same ids each time, so that what came of histories can be compared."""
    ctx.now = NOW
    publish(ctx, 300_000, LONG_AGO)
    terms: dict[UUID, dict[str, Any]] = {
        OWN: {},
        SHARING: {},
        SHARED: {"beside": SHARING},
        IN_ADVANCE: {"mode": PaymentMode.PREPAID, "beside": SHARING, "offline_debit": "available"},
        LIMITED: {"mode": PaymentMode.HYBRID, "spend_limit_micros": 700_000},
    }
    for line, number in NUMBERS.items():
        open_line(ctx, number, subscription_id=line, **terms[line])
    account = ctx.db.get_one(Subscription, SHARING).account_id
    ctx.db.add(SharingGroup(id=GROUP, account_id=account, owner_id=SHARING, name="Two", created_at=LONG_AGO))
    ctx.db.flush()
    for line in (SHARING, SHARED):
        ctx.db.add(SharingMember(id=uuid5(GROUP, str(line)), group_id=GROUP, subscription_id=line, valid_from=LONG_AGO))
    ctx.db.flush()
    for line in (OWN, SHARING, IN_ADVANCE, LIMITED):
        for code, since, until, units in (("old", LONG_AGO, OCTOBER, 90), ("new", OCTOBER, NOVEMBER, 250)):
            seconds = Grant(code, Unit.SECOND, units, valid_from=since, valid_to=until, shared=line == SHARING)
            balances.grant_allowance(ctx, line, seconds, Reason.GRANT, uuid5(line, code))


EFFECTIVE = """
SELECT e.subscription_id, e.key, coalesce(r.status, e.status), coalesce(r.charged, e.charged),
       coalesce(r.amount_micros, e.amount_micros), coalesce(r.accrued_micros, e.accrued_micros),
       coalesce(r.debited_micros, e.debited_micros),
       CASE WHEN r.id IS NULL THEN e.bucket_ids ELSE r.bucket_ids END,
       CASE WHEN r.id IS NULL THEN e.bucket_units ELSE r.bucket_units END, e.bill_period
FROM rated_event e LEFT JOIN LATERAL (
  SELECT * FROM rerated_event n WHERE n.subscription_id = e.subscription_id AND n.key = e.key
  ORDER BY n.id DESC LIMIT 1
) r ON true WHERE e.subscription_id = ANY(:lines) ORDER BY 1, 2
"""
BUCKETS = "SELECT purse_id, code, amount FROM bucket WHERE purse_id = ANY(:lines) ORDER BY 1, 2"
COUNTERS = "SELECT * FROM counter WHERE subscription_id = ANY(:lines) AND value <> 0 ORDER BY 1, 2, 3"

# What the ledger says of a bucket, against its amount; and what effective events took from it.
UNEXPLAINED = f"""
WITH held AS ({EFFECTIVE}), taken AS (
  SELECT t.bucket_id, sum(t.units) AS units
  FROM held AS h (a, b, c, d, e, f, g, bucket_ids, bucket_units),
       unnest(bucket_ids, bucket_units) AS t (bucket_id, units)
  GROUP BY 1
), booked AS (
  SELECT bucket_id, sum(delta) AS delta, -coalesce(sum(delta) FILTER (WHERE reason IN ('usage', 'rerating')), 0) AS used
  FROM ledger_entry GROUP BY 1
)
SELECT b.id, b.amount, booked.delta, taken.units, booked.used
FROM bucket b LEFT JOIN booked ON booked.bucket_id = b.id LEFT JOIN taken ON taken.bucket_id = b.id
WHERE b.amount <> coalesce(booked.delta, 0) OR coalesce(taken.units, 0) <> coalesce(booked.used, 0)
"""
UNCOUNTED = f"""
WITH held AS ({EFFECTIVE}), accrued AS (
  SELECT a AS line, sum(f) AS micros FROM held AS h (a, b, c, d, e, f) GROUP BY 1
), counted AS (SELECT subscription_id AS line, sum(value) AS micros FROM counter WHERE code = 'spend' GROUP BY 1)
SELECT * FROM accrued FULL JOIN counted USING (line)
WHERE coalesce(accrued.micros, 0) <> coalesce(counted.micros, 0)
"""


def state_of(ctx: Context, lines: Sequence[UUID]) -> list[Sequence[Any]]:
    """What holds for lines: results of events, balances, counters."""
    return [
        [tuple(row) for row in ctx.db.execute(text(what), {"lines": [*lines]})]
        for what in (EFFECTIVE, BUCKETS, COUNTERS)
    ]


def check_sums(ctx: Context) -> None:
    """Every bucket is the sum of its ledger, every use in it is an event's, and what is counted was accrued."""
    for what in (UNEXPLAINED, UNCOUNTED):
        assert ctx.db.execute(text(what), {"lines": [*NUMBERS]}).all() == []


def rerated(ctx: Context, scope: Scope) -> rerating.ReratingRun:
    run = rerating.start_rerating(ctx, scope, price_list=None, reason="Because.")
    run_jobs(ctx)
    return run


def check_empty(ctx: Context, scope: Scope) -> None:
    """Rating again would change nothing."""
    run = rerated(ctx, scope)
    totals = rerating.totals(ctx, run.id)
    assert (totals.changed, totals.failed, rerating.changes(ctx, run.id)) == (0, 0, [])


def happened(ctx: Context, history: Sequence[Step]) -> None:
    open_lines(ctx)
    for step in history:
        step.happen(ctx)
    Expiry().happen(ctx)
    run_jobs(ctx)
    check_sums(ctx)


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_postpaid_lines_end_as_if_all_had_come_in_time(shared_database: Database, history: list[Step]) -> None:
    with brand_context("testbrand") as ctx:
        happened(ctx, in_order(history))
        expected = state_of(ctx, [*POSTPAID, GROUP])
    with brand_context("testbrand") as ctx:
        happened(ctx, history)
        assert state_of(ctx, [*POSTPAID, GROUP]) == expected


@settings(max_examples=25, deadline=None)
@given(history=histories(), since=WHEN, days=st.integers(1, 20))
def test_without_a_change_there_is_no_difference(
    shared_database: Database, history: list[Step], since: datetime, days: int
) -> None:
    with brand_context("testbrand") as ctx:
        happened(ctx, history)
        check_empty(ctx, Scope(since))
        check_empty(ctx, Scope(FIRST, since + timedelta(seconds=1)))

        until = min(since + timedelta(days=days), NOW)
        run = replay.start_replay(ctx, name="As it is", price_list="standard", draft=None, since=since, until=until)
        run_jobs(ctx)
        totals = replay.totals(ctx, run.id)
        charged = ctx.db.scalar(
            text(
                f"SELECT coalesce(sum(f + g), 0) FROM ({EFFECTIVE}) AS h (a, b, c, d, e, f, g)"
                " JOIN rated_event r ON r.subscription_id = a AND r.key = b"
                " WHERE r.start >= :since AND r.start < :until"
            ),
            {"lines": [*NUMBERS], "since": since, "until": until},
        )
        assert totals.charged_micros == totals.replayed_micros == charged
        assert (totals.failed, totals.winners, totals.losers) == (0, 0, 0)


@settings(max_examples=25, deadline=None)
@given(history=histories(), later=histories(), since=WHEN, only=st.sampled_from([None, SHARING, LIMITED]))
def test_what_is_booked_once_is_no_difference_any_more(
    shared_database: Database, history: list[Step], later: list[Step], since: datetime, only: UUID | None
) -> None:
    with brand_context("testbrand") as ctx:
        happened(ctx, history)
        publish(ctx, 360_000, FIRST)
        scope = Scope(since, subscription_id=only)
        run = rerated(ctx, scope)
        expected = rerating.totals(ctx, run.id)
        billing.book_rerating(ctx, run.id)
        run_jobs(ctx)
        totals = rerating.totals(ctx, run.id)
        assert totals == replace(expected, stale=0)
        check_sums(ctx)
        check_empty(ctx, scope)

        for step in later:
            step.happen(ctx)
        run_jobs(ctx)
        check_sums(ctx)
        check_empty(ctx, scope)


def test_late_usage_that_takes_an_allowance_leaves_the_newer_price_behind_it(shared_database: Database) -> None:
    """The call was free under both prices, until the late one took its minutes: it costs what the newer price says."""
    call = "r{},voice_out,+4520000002,,+4530000002,2026-09-26T00:{},{},,,,true,"
    with brand_context("testbrand") as ctx:
        happened(ctx, [Records(lines=(call.format(1, "11:58Z", 37),))])
        publish(ctx, 360_000, FIRST)
        scope = Scope(FIRST + timedelta(seconds=1))
        billing.book_rerating(ctx, rerated(ctx, scope).id)
        run_jobs(ctx)
        Records(lines=(call.format(2, "00:00Z", 247),)).happen(ctx)
        run_jobs(ctx)
        check_sums(ctx)
        check_empty(ctx, scope)
