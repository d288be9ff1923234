"""A week of a real PBX, its callers mapped to lines of the brand."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mvne_platform import charging, mediation
from mvne_platform.kernel import Period
from mvne_platform.mediation import FileState, UsageFile
from mvne_platform.runtime import Context
from tests.platform.charging.shop import load, open_line, open_shop, outcomes, receive_bytes, state_hash, utc

REAL = Path(__file__).parents[2] / "data" / "asterisk_cdr.csv"
ROWS = list(csv.reader(REAL.read_text().splitlines()))
SRC, DST, START, BILLSEC, DISPOSITION = 1, 2, 9, 13, 14
ANSWERED = [row for row in ROWS if row[DISPOSITION] == "ANSWERED"]


def e164(number: str) -> str:
    return "+1" + number.replace("-", "")


def started_minutes(row: list[str]) -> int:
    return -(-int(row[BILLSEC]) // 60)


@pytest.fixture
def file(ctx: Context) -> UsageFile:
    """The real file, received by a brand whose lines hold all of its callers' numbers."""
    profile: dict[str, Any] = {**ctx.brand.profile, "usage": {"asterisk": {"country": "US", "time_zone": "UTC"}}}
    ctx.brand = replace(ctx.brand, profile=profile)
    open_shop(ctx)
    for caller in sorted({e164(row[SRC]) for row in ROWS}):
        open_line(ctx, caller)
    return receive_bytes(ctx, REAL.read_bytes(), name="Master.csv", format_name="asterisk")


def test_every_real_call_ends_as_it_should(ctx: Context, file: UsageFile) -> None:
    loaded = load(ctx, file, size=50)
    assert (loaded.state, loaded.rows_total) == (FileState.LOADED, 218)
    # 85 were not answered, of which 8 repeat another row in every column
    assert outcomes(loaded) == {"rated": 133, "not_chargeable": 77, "duplicate": 8}


def test_the_sum_is_that_of_the_started_minutes(ctx: Context, file: UsageFile) -> None:
    load(ctx, file)
    charged = "SELECT sum(amount_micros), sum(accrued_micros), sum(quantity) FROM rated_event WHERE status = 'rated'"
    minutes = sum(started_minutes(row) for row in ANSWERED)
    seconds = sum(int(row[BILLSEC]) for row in ANSWERED)
    assert (minutes, seconds) == (710, 38_839)
    # 1.20 for each started minute to North America
    assert ctx.db.execute(text(charged)).one() == (minutes * 1_200_000, minutes * 1_200_000, seconds)


def test_each_caller_pays_for_the_own_calls(ctx: Context, file: UsageFile) -> None:
    load(ctx, file)
    paid = """
        SELECT i.value, sum(e.accrued_micros) AS micros, count(*) AS calls FROM rated_event e
        JOIN subscription_identifier i ON i.subscription_id = e.subscription_id
        WHERE e.status = 'rated' GROUP BY i.value
    """
    expected: Counter[str] = Counter()
    for row in ANSWERED:
        expected[e164(row[SRC])] += started_minutes(row) * 1_200_000
    assert {row.value: row.micros for row in ctx.db.execute(text(paid))} == expected


def test_both_legs_of_a_call_are_there(ctx: Context, file: UsageFile) -> None:
    load(ctx, file)
    caller = next(line for line in ctx.db.execute(text(
        "SELECT subscription_id FROM subscription_identifier WHERE value = '+17914459811'"
    )))  # fmt: skip
    during = charging.UsageFilter(during=Period(utc("2017-06-20 09:49"), utc("2017-06-20 09:50")))
    legs = charging.usage(ctx, caller.subscription_id, wanted=during)
    assert {(leg.status, leg.reason, leg.quantity, leg.amount_micros) for leg in legs} == {
        ("not_chargeable", "unanswered", 0, 0),
        ("rated", None, 514, 9 * 1_200_000),
    }
    assert {leg.start for leg in legs} == {datetime(2017, 6, 20, 9, 49, 22, tzinfo=UTC)}


def test_the_real_file_cut_in_two_with_an_overlap_comes_to_the_same(ctx: Context, file: UsageFile) -> None:
    with ctx.db.begin_nested() as savepoint:
        load(ctx, file)
        whole = state_hash(ctx)
        savepoint.rollback()
    lines = REAL.read_bytes().splitlines(keepends=True)
    parts = [b"".join(lines[90:]), b"".join(lines[:120])]
    loaded = [
        load(ctx, receive_bytes(ctx, part, name=f"part {number}", format_name="asterisk"))
        for number, part in enumerate(parts)
    ]
    assert sum(part.rated for part in loaded) == 133
    assert sum(part.duplicate for part in loaded) == 30 + 8
    assert state_hash(ctx) == whole


def test_callers_that_nobody_holds_are_named(ctx: Context, file: UsageFile) -> None:
    gone = "+1" + ROWS[0][SRC].replace("-", "")
    ctx.db.execute(
        text("UPDATE subscription_identifier SET valid_to = valid_from + interval '1 s' WHERE value = :gone"),
        {"gone": gone},
    )
    calls = sum(e164(row[SRC]) == gone for row in ROWS)
    loaded = load(ctx, file)
    assert loaded.failed == calls
    assert mediation.unrated_reasons(ctx, file.id) == {"repeated": loaded.duplicate, "unknown_subscriber": calls}
