"""Parts of calls: collected until the call is whole, or its time is up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import text

from mvne_platform import mediation
from mvne_platform.catalogue import Service
from mvne_platform.mediation import ExceptionKind, Identifier, Row, UsageEvent, UsageFile, event_key
from mvne_platform.mediation.formats import RecordFault
from mvne_platform.mediation.parts import (
    Collected,
    collect_parts,
    joined_event,
    next_overdue,
    overdue_parts,
    settle_part,
)
from mvne_platform.mediation.parts.assembly import as_json, call_of, check_fits, complete, from_json, joined
from mvne_platform.mediation.usage import Part
from mvne_platform.runtime import Context

START = datetime(2026, 9, 30, 10, 0, tzinfo=UTC)
HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
WHOLE = UsageEvent(
    natural_key=("mvne-csv", "call", Service.VOICE_OUT, "+4520000001", "c1"),
    identifiers=(Identifier("msisdn", "+4520000001"),),
    service=Service.VOICE_OUT,
    start=START,
    duration_s=1_861,
    other_party="+4530000002",
    answered=True,
    cause="cause 3",
    correlation="s1",
    attributes={"cell": "3", "apn": "x"},
)


def part(number: int, *, last: bool = False, call: str = "c1", seconds: int = 900) -> UsageEvent:
    return UsageEvent(
        natural_key=("mvne-csv", f"{call}-{number}", "voice_out", "+4520000001", ""),
        identifiers=(Identifier("msisdn", "+4520000001"),),
        service=Service.VOICE_OUT,
        start=START + timedelta(seconds=900 * (number - 1)),
        duration_s=61 if last else seconds,
        other_party="+4530000002" if number == 1 else None,
        answered=True if last else None,
        cause=f"cause {number}",
        correlation="s1" if number == 2 else None,
        attributes={"cell": str(number)} | ({"apn": "x"} if number == 2 else {}),
        part=Part(call, number, last),
    )


PARTS = [part(1), part(2), part(3, last=True)]


def row(event: UsageEvent, number: int = 2) -> Row:
    assert event.part
    return Row(number, 0, f"part {event.part.number}", event)


@pytest.fixture
def file(ctx: Context, tmp_path: Path) -> Callable[[], UsageFile]:
    def make() -> UsageFile:
        path = tmp_path / "usage.csv"
        path.write_text(
            f"{HEADER}\n"
            + "x\n" * len(list(tmp_path.glob("*")))
            + str(ctx.db.scalar(text("SELECT count(*) FROM usage_file")))
        )
        return mediation.receive_file(ctx, name="usage.csv", format="mvne-csv", content_path=path)

    return make


def open_calls(ctx: Context) -> int:
    return ctx.db.scalar(text("SELECT count(*) FROM partial_call WHERE state = 'open'")) or 0


def kept(ctx: Context) -> int:
    return ctx.db.scalar(text("SELECT count(*) FROM partial_record")) or 0


# ---- pure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(PARTS)))
def test_the_parts_of_a_call_are_one_event(order: tuple[UsageEvent, ...]) -> None:
    assert joined(order) == WHOLE


def test_a_call_is_whole_when_nothing_is_missing_up_to_the_last_part() -> None:
    assert complete({1: PARTS[0], 2: PARTS[1], 3: PARTS[2]})
    assert not complete({1: PARTS[0], 3: PARTS[2]})
    assert not complete({2: PARTS[1], 3: PARTS[2]})
    assert not complete({1: PARTS[0], 2: PARTS[1]})
    assert not complete({})
    assert complete({1: part(1, last=True)})


@pytest.mark.parametrize(
    ("there", "new"),
    [([PARTS[2]], part(4)), ([PARTS[2]], part(2, last=True)), ([part(4)], part(3, last=True))],
)
def test_a_part_beyond_the_last_does_not_fit(there: list[UsageEvent], new: UsageEvent) -> None:
    with pytest.raises(RecordFault) as fault:
        check_fits({event.part.number: event for event in there if event.part}, new)
    assert fault.value.reason == "part_disagrees"


def test_legs_of_other_services_and_subscribers_are_other_calls() -> None:
    names = {
        call_of(PARTS[0]),
        call_of(replace(PARTS[0], service=Service.VOICE_FORWARDED)),
        call_of(replace(PARTS[0], identifiers=(Identifier("msisdn", "+4520000002"),))),
        call_of(part(1, call="c2")),
    }
    assert len(names) == 4
    assert call_of(PARTS[1]) == call_of(PARTS[0])


@pytest.mark.parametrize("event", PARTS)
def test_a_stored_part_is_the_part(event: UsageEvent) -> None:
    assert from_json(as_json(event)) == event


# ---- stored --------------------------------------------------------------------------------------------------------


def test_a_call_is_joined_by_the_part_that_was_missing(ctx: Context, file: Callable[[], UsageFile]) -> None:
    first, second = file(), file()
    early = collect_parts(ctx, first.id, [row(PARTS[0], 2), row(PARTS[2], 3)])
    assert early == Collected(complete=[], kept=2, unrated=[])
    assert open_calls(ctx) == 1
    late = collect_parts(ctx, second.id, [row(PARTS[1], 7)])
    assert late == Collected(complete=[Row(7, 0, "part 2", WHOLE)], kept=0, unrated=[])
    assert open_calls(ctx) == 0
    assert joined_event(ctx, second.id, 7) == WHOLE
    assert joined_event(ctx, second.id, 8) is None
    assert ctx.db.scalar(text("SELECT key FROM partial_call")) == event_key(WHOLE)


def test_a_whole_call_in_one_file_is_one_event(ctx: Context, file: Callable[[], UsageFile]) -> None:
    rows = [row(event, number) for number, event in enumerate([PARTS[1], PARTS[2], PARTS[0]], 2)]
    collected = collect_parts(ctx, file().id, rows)
    assert [(one.number, one.outcome) for one in collected.complete] == [(4, WHOLE)]
    assert collected.kept == 2


def test_the_same_part_again_is_a_duplicate_before_and_after_its_call(
    ctx: Context, file: Callable[[], UsageFile]
) -> None:
    first = file()
    collected = collect_parts(ctx, first.id, [row(PARTS[0], 2), row(PARTS[0], 3)])
    assert [(one.row, one.kind, one.reason) for one in collected.unrated] == [(3, ExceptionKind.DUPLICATE, "repeated")]
    collect_parts(ctx, first.id, [row(PARTS[1], 4), row(PARTS[2], 5)])
    again = collect_parts(ctx, file().id, [row(event, number) for number, event in enumerate(PARTS, 2)])
    assert [one.kind for one in again.unrated] == [ExceptionKind.DUPLICATE] * 3
    assert (again.complete, again.kept, kept(ctx)) == ([], 0, 3)


def test_another_record_with_the_number_of_a_part_fails(ctx: Context, file: Callable[[], UsageFile]) -> None:
    other = replace(PARTS[0], natural_key=("mvne-csv", "other", "voice_out", "+4520000001", ""))
    collected = collect_parts(ctx, file().id, [row(PARTS[0], 2), row(other, 3)])
    assert [(one.row, one.kind, one.reason) for one in collected.unrated] == [
        (3, ExceptionKind.FAILED, "part_disagrees")
    ]
    assert kept(ctx) == 1


def test_a_call_is_joined_with_what_is_there_when_its_time_is_up(ctx: Context, file: Callable[[], UsageFile]) -> None:
    source = file()
    source.rows_done = source.collected = 2
    collect_parts(ctx, source.id, [row(PARTS[1], 2), row(PARTS[2], 3)])
    assert next_overdue(ctx) == ctx.now + timedelta(hours=24)
    assert overdue_parts(ctx) == []
    ctx.now += timedelta(hours=24)
    (overdue,) = overdue_parts(ctx)
    assert isinstance(overdue.row.outcome, UsageEvent)
    assert (overdue.file_id, overdue.row.number, overdue.row.raw) == (source.id, 3, "part 3")
    assert overdue.row.outcome.start == START + timedelta(seconds=900)
    assert overdue.row.outcome.duration_s == 961
    settle_part(ctx, source.id, "rated")
    assert (source.collected, source.rated) == (1, 1)
    assert (overdue_parts(ctx), next_overdue(ctx)) == ([], None)

    late = collect_parts(ctx, file().id, [row(PARTS[0])])
    assert [(one.kind, one.reason, one.detail) for one in late.unrated] == [
        (ExceptionKind.FAILED, "part_after_call", "Part 1 came after its call had been rated.")
    ]
    assert kept(ctx) == 2


def test_the_brand_says_how_long_parts_are_waited_for(ctx: Context, file: Callable[[], UsageFile]) -> None:
    ctx.brand = replace(ctx.brand, profile=ctx.brand.profile | {"usage": {"parts_wait_hours": 2}})
    collect_parts(ctx, file().id, [row(PARTS[0])])
    assert next_overdue(ctx) == ctx.now + timedelta(hours=2)


def test_nothing_comes_of_nothing(ctx: Context, file: Callable[[], UsageFile]) -> None:
    assert collect_parts(ctx, file().id, []) == Collected()
    assert open_calls(ctx) == 0
