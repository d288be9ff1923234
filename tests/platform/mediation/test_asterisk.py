"""Asterisk's Master.csv, real and invented."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Identifier, Position, Row, UsageEvent, event_key
from mvne_platform.mediation.formats import FileRejected
from mvne_platform.mediation.formats.numbers import to_e164

REAL = Path(__file__).parents[2] / "data" / "asterisk_cdr.csv"
ON_UTC = FormatSettings("US", "UTC")
IN_NEW_YORK = FormatSettings("US", "America/New_York")


def line(**columns: str) -> str:
    values = {
        "accountcode": "",
        "src": "212-555-0100",
        "dst": "011 45 30 00 00 02",
        "dcontext": "hq",
        "clid": '"""Anna"" <212-555-0100>"',
        "channel": "SIP/a-1",
        "dstchannel": "SIP/b-2",
        "lastapp": "Dial",
        "lastdata": "",
        "start": "2026-10-05 10:00:00",
        "answer": "2026-10-05 10:00:05",
        "end": "2026-10-05 10:01:05",
        "duration": "65",
        "billsec": "60",
        "disposition": "ANSWERED",
        "amaflags": "DOCUMENTATION",
        "uniqueid": "1791208800.1",
        "userfield": "",
    }
    return ",".join((values | columns).values())


def read(path: Path, settings: FormatSettings = ON_UTC) -> list[Row]:
    return list(FORMATS["asterisk"](path, settings, Position()))


def outcome(folder: Path, settings: FormatSettings = ON_UTC, **columns: str) -> UsageEvent | Fault:
    path = folder / "Master.csv"
    path.write_text(line(**columns) + "\n")
    (row,) = read(path, settings)
    return row.outcome


def start(folder: Path, local: str, uniqueid: str = "1.1") -> datetime:
    event = outcome(folder, IN_NEW_YORK, start=local, uniqueid=uniqueid)
    assert isinstance(event, UsageEvent)
    return event.start


def test_every_real_row_is_read() -> None:
    events = [row.outcome for row in read(REAL) if isinstance(row.outcome, UsageEvent)]
    assert len(events) == 218
    assert sum(event.answered is True for event in events) == 133
    assert sum(event.duration_s or 0 for event in events if event.answered) == 38_839
    assert Counter(event.cause for event in events) == {"ANSWERED": 133, "NO ANSWER": 83, "BUSY": 2}
    assert len({event.identifiers[0] for event in events}) == 54
    assert len({event.other_party for event in events}) == 44
    assert min(event.start for event in events) == datetime(2017, 6, 20, 9, 49, 22, tzinfo=UTC)


def test_the_legs_of_real_calls_stay_apart_and_equal_rows_are_one() -> None:
    rows = read(REAL)
    keys = Counter(event_key(row.outcome) for row in rows if isinstance(row.outcome, UsageEvent))
    assert len(keys) == 210
    texts = Counter(row.raw for row in rows)
    assert sorted(keys.values()) == sorted(texts.values()) == [1] * 202 + [2] * 8


def test_the_first_real_answered_call() -> None:
    second = read(REAL)[1]
    assert second.number == 2
    assert isinstance(second.outcome, UsageEvent)
    assert second.outcome.identifiers == (Identifier("msisdn", "+17914459811"), Identifier("account", "791-445-9811"))
    assert (second.outcome.other_party, second.outcome.duration_s) == ("+17154139112", 514)


def test_an_account_code_comes_before_the_calling_number(tmp_path: Path) -> None:
    event = outcome(tmp_path, accountcode="trunk-7", src="2001")
    assert isinstance(event, UsageEvent)
    assert event.identifiers == (Identifier("account", "trunk-7"), Identifier("account", "2001"))
    assert event.other_party == "+4530000002"


def test_a_caller_written_with_spaces_is_a_number_all_the_same(tmp_path: Path) -> None:
    event = outcome(tmp_path, src="(212) 555-0100")
    assert isinstance(event, UsageEvent)
    assert event.identifiers == (Identifier("msisdn", "+12125550100"),)


def test_local_times_are_read_in_the_zone_of_the_switch(tmp_path: Path) -> None:
    assert start(tmp_path, "2026-10-05 10:00:00") == datetime(2026, 10, 5, 14, 0, tzinfo=UTC)
    assert start(tmp_path, "2026-12-05 10:00:00") == datetime(2026, 12, 5, 15, 0, tzinfo=UTC)


def test_the_hour_that_happens_twice_is_told_apart_by_the_channel(tmp_path: Path) -> None:
    # On 2026-11-01 New York's clocks go from 02:00 back to 01:00.
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    for instant in (first, second):
        assert start(tmp_path, "2026-11-01 01:30:00", f"pbx-1-{int(instant.timestamp())}.4") == instant
    assert start(tmp_path, "2026-11-01 01:30:00", "no-clock") == first


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"disposition": "MAYBE"}, "bad_disposition"),
        ({"uniqueid": ""}, "missing_value"),
        ({"src": ""}, "missing_value"),
        ({"src": "<nobody>"}, "bad_src"),
        ({"dst": ""}, "missing_value"),
        ({"dst": "s"}, "bad_dst"),
        ({"billsec": "sixty"}, "bad_billsec"),
        ({"start": "05/10/2026 10:00"}, "bad_start"),
        ({"start": "2026-02-30 10:00:00"}, "bad_start"),
        ({"start": "2026-03-08 02:30:00"}, "bad_start"),  # New York's clocks skip this hour
        ({"start": "0001-01-01 00:00:00"}, "bad_start"),
        ({"start": "9999-12-31 23:59:59"}, "bad_start"),
        ({"userfield": ","}, "column_count"),
    ],
)
def test_a_row_that_cannot_be_read_answers_why(tmp_path: Path, columns: dict[str, str], reason: str) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(f"{line()}\n{line(**columns)}\n")
    good, bad = read(path, IN_NEW_YORK)
    assert isinstance(good.outcome, UsageEvent)
    assert isinstance(bad.outcome, Fault)
    assert bad.outcome.reason == reason


def test_a_file_of_another_format_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text("record_id,service\nr1,voice_out\n")
    with pytest.raises(FileRejected, match=r"The first line has 2 columns; Asterisk's Master\.csv has 18"):
        read(path)
    path.write_text("")
    with pytest.raises(FileRejected, match="the file is empty"):
        read(path)


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("791-445-9811", "US", "+17914459811"),
        ("(791) 445.9811", "US", "+17914459811"),
        ("+45 20 12 34 56", "US", "+4520123456"),
        ("011 45 20123456", "US", "+4520123456"),
        ("00387 33 123 456", "BA", "+38733123456"),
        ("033/123-456", "BA", "+38733123456"),
        ("20123456", "DK", "+4520123456"),
        ("911", "US", "911"),
        ("112", "DK", "112"),
        ("*97", "US", "*97"),
        ("4459811", "US", "4459811"),
        ("alice", "US", None),
        ("1-800-FLOWERS", "US", None),
        ("7914459811x5", "US", None),
        ("+4", "US", None),
        ("", "US", None),
    ],
)
def test_national_numbers_are_normalised_by_the_dialling_plan(written: str, country: str, e164: str | None) -> None:
    assert to_e164(written, country) == e164
