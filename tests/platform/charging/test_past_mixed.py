"""Files and online charging by turns on lines that pay in advance: rating again changes nothing, and replays agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform.charging import online, replay
from mvne_platform.charging.online import SessionRelease
from mvne_platform.charging.past import Scope
from mvne_platform.runtime import Context
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import utc
from tests.platform.charging.test_past import (
    CALLED,
    FIRST,
    IN_ADVANCE,
    LIMITED,
    NUMBERS,
    WHEN,
    Records,
    TopUp,
    check_empty,
    check_sums,
    open_lines,
    record,
)
from tests.platform.charging_online.desk import at_time, call, check_nothing_held
from tests.plugins.database import Database, brand_context

LINES = (IN_ADVANCE, LIMITED)
# It takes all that is available while the session holds more than it will use.
_LONG = record(1, NUMBERS[LIMITED], "+12125550100", 275, utc("2026-10-02 00:39"))


@dataclass(frozen=True, slots=True)
class Begin:
    """A call that asks before it goes on."""

    line: UUID
    seconds: int


@dataclass(frozen=True, slots=True)
class End:
    """One of the calls under way ends, having used a part of what it was granted."""

    which: int
    percent: int


Step = Records | TopUp | Begin | End


@st.composite
def histories(draw: Any) -> list[Step]:
    """Files with a few records, top-ups, and calls that begin and end in any order."""
    callers = st.sampled_from([NUMBERS[line] for line in LINES])
    build = st.builds(record, st.integers(0, 10**6), callers, st.sampled_from(CALLED), st.integers(0, 300), WHEN)
    records = st.lists(build, min_size=1, max_size=3).map(lambda lines: Records(tuple(lines)))
    steps = st.one_of(
        records,
        st.builds(TopUp, st.sampled_from(LINES), st.integers(1, 2_000_000)),
        st.builds(Begin, st.sampled_from(LINES), st.integers(1, 200)),
        st.builds(End, st.integers(0, 3), st.integers(0, 100)),
    )
    return list(draw(st.lists(steps, min_size=2, max_size=14)))


def happened(ctx: Context, history: Sequence[Step]) -> None:
    """Let the steps happen, and the calls that are still under way end."""
    open_lines(ctx)
    under_way: list[tuple[UUID, int]] = []
    for step in [*history, *[End(0, 50)] * len(history)]:
        match step:
            case Begin(line, seconds):
                answer = online.start_session(ctx, call(NUMBERS[line], requested=seconds)).answer
                if answer.result is online.Result.GRANTED and answer.grant is not None:
                    under_way.append((answer.id, answer.grant.units))
            case End(which, percent) if under_way:
                session, granted = under_way.pop(which % len(under_way))
                online.report(ctx, SessionRelease(session, 1, granted * percent // 100))
                online.settle_all(ctx)
            case Records() | TopUp():
                step.happen(ctx)
    run_jobs(ctx)
    check_nothing_held(ctx)
    check_sums(ctx)


@settings(max_examples=25, deadline=None)
@given(history=histories())
@example(history=[Begin(LIMITED, 83), Records((_LONG,)), End(0, 68)])
def test_without_a_change_there_is_no_difference(shared_database: Database, history: list[Step]) -> None:
    with brand_context("testbrand") as ctx:
        happened(ctx, history)
        check_empty(ctx, Scope(FIRST))

        tomorrow = at_time(ctx, ctx.now + timedelta(days=1))
        terms = {"name": "As it is", "price_list": "standard", "draft": None}
        run = replay.start_replay(tomorrow, since=FIRST, until=tomorrow.now, **terms)
        run_jobs(tomorrow)
        totals = replay.totals(ctx, run.id)
        charged = ctx.db.scalar(text("SELECT coalesce(sum(accrued_micros + debited_micros), 0) FROM rated_event"))
        assert totals.charged_micros == totals.replayed_micros == charged
        assert (totals.failed, totals.winners, totals.losers) == (0, 0, 0)
