"""Usage as a file, for whoever may read it: at a brand's host and at the console."""

import csv
import io
from itertools import count
from typing import Any
from uuid import UUID

import httpx2
import pytest

from mvne_graphql.relay import global_id
from mvne_platform import charging
from mvne_platform.charging import downloading
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import brand_work, settings
from tests.gateway.wire import CONSOLE, OTHER_SHOP, SHOP, Wire, client_token, staff_token
from tests.platform.charging.shop import call, load, open_line, open_shop, receive, utc

_NUMBERS = count(20_100_000)
HEADINGS = (
    "start,service,other_party,visited_network,zone,quantity,charged,unit,status,reason,"
    "cost,to_be_billed,from_balance,currency"
)
NUMBER_READERS = ("care", "numbers")


@pytest.fixture(scope="module")
def line(wire: Wire) -> UUID:
    """A line of testbrand with usage of every kind."""
    with brand_work("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        open_shop(ctx)
        number = f"+45{next(_NUMBERS)}"
        line = open_line(ctx, number)
        load(
            ctx,
            receive(
                ctx,
                call(1, 61, number, start="2026-10-05T10:00:00Z"),
                call(2, 60, number, "+12125550100", start="2026-10-05T22:00:00Z"),
                call(3, 60, number, "112", start="2026-10-06T10:00:00Z"),
                call(4, 60, number, "+4580112112", start="2026-10-06T11:00:00Z"),
                f"r5,sms_out,{number},,+4530000002,2026-10-06T15:00:00Z,,,2,,,",
            ),
        )
        return line


def download(wire: Wire, line: UUID | str, token: str | None, at: str = SHOP, **asked: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if at == CONSOLE:
        headers["X-Brand"] = "testbrand"
    key = global_id("Subscription", line) if isinstance(line, UUID) else line
    answer: httpx2.Response = wire.client.get(f"{at}/usage/{key}.csv", params=asked, headers=headers)
    return answer


def rows(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_all_that_may_be_shown_is_in_it_the_latest_first(wire: Wire, line: UUID) -> None:
    answer = download(wire, line, client_token(NUMBER_READERS))
    assert answer.text.splitlines() == [
        HEADINGS,
        "2026-10-06T17:00:00+02:00,sms_out,+4530000002,,dk,2,2,message,rated,,0.40,0.40,0.00,DKK",
        "2026-10-06T00:00:00+02:00,voice_out,+12125550100,,us,60,60,second,rated,,1.20,1.20,0.00,DKK",
        "2026-10-05T12:00:00+02:00,voice_out,+4530000002,,dk,61,61,second,rated,,0.405,0.405,0.00,DKK",
    ]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    with brand_work("testbrand") as ctx:
        number = charging.write_usage(ctx, line, charging.UsageFilter(), io.StringIO())
    assert answer.headers["content-disposition"] == f'attachment; filename="usage-{number}.csv"'
    assert not list((settings().data / "uploads").iterdir())


def test_numbers_are_whole_only_for_who_may_read_them(wire: Wire, line: UUID) -> None:
    masked = ["+4530000xxx", "+12125550xxx", "+4530000xxx"]
    assert [row["other_party"] for row in rows(download(wire, line, client_token()))] == masked
    csr, back_office = (rows(download(wire, line, staff_token(role), CONSOLE)) for role in ("csr", "back_office"))
    assert [row["other_party"] for row in csr] == masked
    assert [row["other_party"] for row in back_office] == ["+4530000002", "+12125550100", "+4530000002"]


@pytest.mark.parametrize(
    ("asked", "services"),
    [
        ({"service": "sms_out"}, ["sms_out"]),
        ({"zone": "us"}, ["voice_out"]),
        ({"zone": "dk", "service": "voice_out"}, ["voice_out"]),
        ({"from": "2026-10-06"}, ["sms_out", "voice_out"]),
        ({"before": "2026-10-06"}, ["voice_out"]),
        ({"from": "2026-10-05T22:00:01Z"}, ["sms_out"]),
        ({"from": "2026-10-06T00:00:00+02:00", "before": "2026-10-07"}, ["sms_out", "voice_out"]),
        ({"from": "2026-11-01"}, []),
    ],
)
def test_it_is_narrowed_as_asked(wire: Wire, line: UUID, asked: dict[str, str], services: list[str]) -> None:
    assert [row["service"] for row in rows(download(wire, line, client_token(), **asked))] == services


@pytest.mark.parametrize(
    "asked",
    [
        {"service": "fax"},
        {"from": "yesterday"},
        {"from": "2026-13-01"},
        {"before": "2026-10-05T22:00:01"},
        {"before": "9999-12-31T23:59:59-14:00"},
        {"from": "2026-10-06", "before": "2026-10-06"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(wire: Wire, line: UUID, asked: dict[str, str]) -> None:
    answer = download(wire, line, client_token(), **asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


def test_another_brands_line_is_as_absent_as_one_that_never_was(wire: Wire, line: UUID) -> None:
    token = client_token(brand="otherbrand")
    wrong: list[Any] = [line, uuid7(), "x", "..%2f..%2fsecret", global_id("Order", line)]
    answers = [download(wire, key, token, OTHER_SHOP) for key in wrong]
    assert [answer.status_code for answer in answers] == [404] * len(wrong)
    assert answers[0].json() == answers[1].json()


def test_who_may_not_read_usage_reads_none(wire: Wire, line: UUID) -> None:
    assert download(wire, line, None).status_code == 401
    assert download(wire, line, "nonsense").status_code == 401
    assert download(wire, line, client_token(("shop", "catalogue"))).status_code == 403
    assert download(wire, line, staff_token("marketing"), CONSOLE).status_code == 403
    assert download(wire, line, staff_token("csr", brand="otherbrand"), CONSOLE).status_code == 403


def test_a_file_is_read_in_pages_and_has_an_end(wire: Wire, line: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = download(wire, line, client_token()).text
    monkeypatch.setattr(downloading, "_AT_ONCE", 2)
    assert download(wire, line, client_token()).text == whole
    monkeypatch.setattr(downloading, "MOST_EVENTS", 2)
    answer = download(wire, line, client_token())
    assert (answer.status_code, answer.json()["code"]) == (400, "TOO_MUCH_USAGE")
    assert not list((settings().data / "uploads").iterdir())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+4530000002", "+4530000002"),
        ("+4530000xxx", "+4530000xxx"),
        ("=1+2", "'=1+2"),
        ("+1+cmd", "'+1+cmd"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("dk", "dk"),
        (None, None),
    ],
)
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str | None, shown: str | None) -> None:
    assert downloading.plain(text) == shown
