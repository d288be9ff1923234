"""Portability data and short codes: loaded row by row, looked up one by one and for a whole frame."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform.catalogue import NumberClass
from mvne_platform.mediation import columns, numbers
from mvne_platform.mediation.numbers import BadNumberData, NumberDataAnswer, NumberDataKind, NumberFacts, number_data
from mvne_platform.mediation.numbers.data import NumberData, compile_number_data
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing

PORTED = "number,last,operator,valid_from,valid_to"
CODES = "code,class,name,valid_from,valid_to,source"
IN_JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
IN_AUGUST = datetime(2026, 8, 15, 12, tzinfo=UTC)
Load = Callable[..., NumberDataAnswer]


@pytest.fixture
def load(ctx: Context) -> Load:
    def load_it(*lines: str, kind: NumberDataKind = NumberDataKind.PORTABILITY, **how: Any) -> NumberDataAnswer:
        header = PORTED if kind is NumberDataKind.PORTABILITY else CODES
        content = io.BytesIO("\n".join([header, *lines, ""]).encode())
        return numbers.load_number_data(ctx, kind, name="data.csv", content=content, **how)

    return load_it


def entries(ctx: Context) -> list[tuple[Any, ...]]:
    statement = "SELECT first, last, operator, valid_from, valid_to FROM ported_number ORDER BY first, valid_from"
    return [tuple(row) for row in ctx.db.execute(text(statement))]


def test_a_ported_number_belongs_to_its_operator_from_then_on(ctx: Context, load: Load) -> None:
    answer = load("+4520000001,,telenor-dk,2026-07-01,", "+4530000000,+4530009999,tdc-dk,2020-01-01T00:00:00Z,")
    assert (answer.rows, answer.added, answer.ended, answer.faulty) == (2, 2, 0, 0)
    data = number_data(ctx)
    assert data.at("+4520000001", IN_JUNE) == NumberFacts()
    assert data.at("+4520000001", IN_AUGUST) == NumberFacts("telenor-dk")
    # Days begin at midnight in Copenhagen, two hours before they do in UTC.
    assert data.at("+4520000001", datetime(2026, 6, 30, 22, tzinfo=UTC)) == NumberFacts("telenor-dk")
    assert data.at("+4520000001", datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)) == NumberFacts()
    assert [data.at(number, IN_JUNE).operator for number in ("+4530000000", "+4530009999", "+4530010000")] == [
        "tdc-dk",
        "tdc-dk",
        None,
    ]
    assert data.at("30000000", IN_JUNE) == NumberFacts()


def test_a_number_goes_before_the_range_it_lies_in(ctx: Context, load: Load) -> None:
    load("+4530000000,+4530009999,tdc-dk,2020-01-01,", "+4530000002,,telenor-dk,2026-07-01,")
    data = number_data(ctx)
    assert [data.at("+4530000002", at).operator for at in (IN_JUNE, IN_AUGUST)] == ["tdc-dk", "telenor-dk"]


def test_a_newer_entry_ends_an_open_one_and_an_empty_operator_only_ends(ctx: Context, load: Load) -> None:
    load("+4520000001,,a,2026-01-01T00:00:00Z,")
    answer = load("+4520000001,,b,2026-07-01T00:00:00Z,", "+4520000001,,,2026-09-01T00:00:00Z,")
    assert (answer.added, answer.ended, answer.faulty) == (1, 1, 0)
    january, july, september = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7, 9))
    assert entries(ctx) == [
        (4520000001, 4520000001, "a", january, july),
        (4520000001, 4520000001, "b", july, september),
    ]


def test_the_same_file_again_changes_nothing(ctx: Context, load: Load) -> None:
    lines = [
        "+4520000001,,a,2026-01-01,2026-03-01",
        "+4520000001,,b,2026-04-01,",
        "+4530000000,+4530009999,c,2020-01-01,",
    ]
    load(*lines)
    before = entries(ctx)
    answer = load(*lines)
    assert (answer.load_id, answer.added, answer.unchanged, answer.faulty) == (None, 0, 3, 0)
    assert entries(ctx) == before


def test_a_file_whose_lines_end_one_another_changes_nothing_the_second_time(ctx: Context, load: Load) -> None:
    lines = [
        "+4520000001,,a,2026-01-01,",
        "+4520000001,,b,2026-04-01,",
        "+4520000001,,,2026-07-01,",
        "+4530000000,+4530009999,c,2020-01-01,",
        "+4530000000,+4530009999,d,2021-01-01,",
    ]
    assert (load(*lines).added, len(entries(ctx))) == (4, 4)
    before = entries(ctx)
    answer = load(*lines)
    assert (answer.load_id, answer.added, answer.ended, answer.unchanged, answer.faults) == (None, 0, 0, 5, [])
    assert entries(ctx) == before
    # What says otherwise of the same time is still refused.
    assert [fault.reason for _, fault in load("+4520000001,,x,2026-01-01,").faults] == ["overlaps"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("+4520000001,,b,2026-02-01,2026-02-02", "overlaps"),
        ("+4530000500,+4530010500,b,2026-02-01,", "overlaps"),
        ("+4520000002,,,2026-02-01,", "nothing_to_end"),
        ("20000001,,b,2026-02-01,", "bad_number"),
        ("+4520000001,+452000001,b,2026-02-01,", "bad_last"),
        ("+4520000009,+4520000001,b,2026-02-01,", "bad_last"),
        ("+4520000002,,no such operator,2026-02-01,", "bad_operator"),
        ("+4520000002,,b,,", "missing_value"),
        ("+4520000002,,b,1.2.2026,", "bad_valid_from"),
        ("+4520000002,,b,2026-02-30,", "bad_valid_from"),
        ("+4520000002,,b,2026-02-02,2026-02-02", "bad_valid_to"),
        ("+4520000002,,b", "column_count"),
        ('+4520000002,"', "quoting"),
    ],
)
def test_a_faulty_row_is_answered_and_changes_nothing(ctx: Context, load: Load, line: str, reason: str) -> None:
    load("+4520000001,,a,2026-01-01,2026-03-01", "+4530000000,+4530009999,c,2020-01-01,")
    before = entries(ctx)
    answer = load(line, "+4540000001,,d,2026-01-01,")
    assert [(row, fault.reason) for row, fault in answer.faults] == [(2, reason)]
    assert (answer.rows, answer.added, answer.faulty) == (2, 1, 1)
    assert [entry for entry in entries(ctx) if entry[0] != 4540000001] == before


def test_a_replacing_file_is_taken_whole_or_not_at_all(ctx: Context, load: Load) -> None:
    load("+4520000001,,a,2026-01-01,", "+4520000002,,a,2026-01-01,")
    before, data = entries(ctx), number_data(ctx)
    refused = load("+4520000003,,a,2026-01-01,", "nonsense", replace=True)
    assert (refused.load_id, refused.rows, refused.added, refused.faulty) == (None, 2, 0, 1)
    assert entries(ctx) == before
    assert number_data(ctx) is data

    taken = load("+4520000003,,a,2026-01-01,", replace=True)
    assert (taken.added, taken.faulty) == (1, 0)
    assert [entry[0] for entry in entries(ctx)] == [4520000003]
    assert number_data(ctx).at("+4520000001", IN_JUNE) == NumberFacts()


def test_a_file_with_another_header_is_refused(ctx: Context) -> None:
    content = io.BytesIO(b"msisdn,operator\n")
    with pytest.raises(BadNumberData, match="must read number,last,operator,valid_from,valid_to"):
        numbers.load_number_data(ctx, NumberDataKind.PORTABILITY, name="x.csv", content=content)
    with pytest.raises(BadNumberData, match="this one is empty"):
        numbers.load_number_data(ctx, NumberDataKind.SHORT_CODES, name="x.csv", content=io.BytesIO())
    assert numbers.number_data_loads(ctx) == []


def test_loading_needs_its_permission(ctx: Context, load: Load) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"usage.read", "usage.load"}))
    with pytest.raises(PermissionMissing, match=r"usage\.numbers"):
        load("+4520000001,,a,2026-01-01,")
    assert entries(ctx) == []


def test_short_codes_have_a_class_and_a_name(ctx: Context, load: Load) -> None:
    answer = load(
        "112,emergency,European emergency number,1991-07-29,,Directive (EU) 2018/1972",
        "+4580*,freephone,Frikald,2020-01-01,,",
        "+458011*,,Special,2020-01-01,,",
        "1818,,Directory,2020-01-01,2026-07-01,",
        "*100#,,Balance,2020-01-01,,",
        kind=NumberDataKind.SHORT_CODES,
    )
    assert (answer.added, answer.faulty) == (5, 0)
    data = number_data(ctx)
    assert data.at("112", IN_JUNE) == NumberFacts(None, NumberClass.EMERGENCY, "European emergency number")
    assert data.at("+4580123456", IN_JUNE) == NumberFacts(None, NumberClass.FREEPHONE, "Frikald")
    assert data.at("+4580112345", IN_JUNE) == NumberFacts(None, None, "Special")
    assert [data.at("1818", at).name for at in (IN_JUNE, IN_AUGUST)] == ["Directory", None]
    assert data.short_codes() == {"112", "1818", "*100#"}
    assert [code.code for code in numbers.short_codes_at(ctx, IN_AUGUST)] == ["*100#", "+4580", "+458011", "112"]
    ended = load("112,,,2026-07-01,,", kind=NumberDataKind.SHORT_CODES)
    assert (ended.added, ended.ended) == (0, 1)
    assert number_data(ctx).at("112", IN_AUGUST) == NumberFacts()


def test_what_is_loaded_is_counted_and_kept(ctx: Context, load: Load) -> None:
    load("+4520000001,,a,2026-01-01,", "+4530000000,+4530009999,c,2020-01-01,2021-01-01")
    load("112,emergency,Emergency,1991-07-29,,", kind=NumberDataKind.SHORT_CODES, replace=True)
    assert numbers.number_data_state(ctx) == numbers.NumberDataState(1, 0, 1)
    loads = [(load.kind, load.replaced, load.added) for load in numbers.number_data_loads(ctx)]
    assert loads == [(NumberDataKind.SHORT_CODES, True, 1), (NumberDataKind.PORTABILITY, False, 2)]


def test_a_brand_has_its_own_number_data(ctx: Context, other_ctx: Context, load: Load) -> None:
    load("+4520000001,,a,2026-01-01,")
    assert number_data(other_ctx).at("+4520000001", IN_JUNE) == NumberFacts()
    assert number_data(ctx).at("+4520000001", IN_JUNE) == NumberFacts("a")


NUMBERS = st.sampled_from([f"+4530{number:02}00" for number in range(12)] + ["112", "116111", None])
MOMENTS = st.integers(0, 12).map(lambda month: datetime(2020 + month, 1, 1, tzinfo=UTC))


@st.composite
def number_datas(draw: st.DrawFn) -> NumberData:
    """Any data at all, ranges over ranges too, as long as no two entries of one extent hold at once."""
    ported = []
    for extent in draw(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=5)):
        first, last = (45_300_000 + number * 100 for number in sorted(extent))
        ported += [(first, last, operator, begin, end) for operator, begin, end in draw(spans())]
    codes = [("112", False, NumberClass.EMERGENCY, "a", begin, end) for _, begin, end in draw(spans())]
    codes += [("+453001", True, None, "b", begin, end) for _, begin, end in draw(spans())]
    codes += [("+45300", True, NumberClass.FREEPHONE, "c", begin, end) for _, begin, end in draw(spans())]
    return compile_number_data((), ported, codes)


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[str, datetime, datetime | None]]:
    cuts = sorted(draw(st.sets(MOMENTS, max_size=4)))
    ends: list[datetime | None] = [*cuts, None]
    kept = [pair for pair in zip(cuts, ends[1:], strict=True) if draw(st.booleans())]
    return [(draw(st.sampled_from("xyz")), begin, end) for begin, end in kept]


@settings(deadline=None)
@given(number_datas(), st.lists(st.tuples(NUMBERS, MOMENTS), max_size=8))
def test_a_frame_is_answered_as_single_numbers_are(data: NumberData, calls: list[tuple[str | None, datetime]]) -> None:
    frame = pl.DataFrame(
        {"other_party": [number for number, _ in calls], "start": [int(at.timestamp()) for _, at in calls]},
        {"other_party": pl.String, "start": pl.Int64},
    )
    known = columns.with_number_data(frame, data)
    facts = [data.at(number, at) if number else NumberFacts() for number, at in calls]
    assert known["operator"].to_list() == [one.operator for one in facts]
    assert known["number_class"].to_list() == [one.number_class for one in facts]
