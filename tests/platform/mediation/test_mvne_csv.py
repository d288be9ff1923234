"""The platform's own record format."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Identifier, Position, Row, UsageEvent
from mvne_platform.mediation.formats import FileRejected

HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
CALL = "r1,voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,16"
DANISH = FormatSettings("DK", "Europe/Copenhagen")


def read(folder: Path, *lines: str, start: Position | None = None) -> list[Row]:
    path = folder / "usage.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return list(FORMATS["mvne-csv"](path, DANISH, start or Position()))


def outcome(folder: Path, line: str) -> UsageEvent | Fault:
    (row,) = read(folder, line)
    return row.outcome


def test_a_call_becomes_a_voice_event(tmp_path: Path) -> None:
    (row,) = read(tmp_path, CALL)
    assert row.number == 2
    assert row.raw == CALL
    assert row.outcome == UsageEvent(
        natural_key=("mvne-csv", "r1", "voice_out", "+4520000001", ""),
        identifiers=(Identifier("msisdn", "+4520000001"),),
        service="voice_out",
        start=datetime(2026, 10, 5, 10, 0, tzinfo=UTC),
        duration_s=61,
        other_party="+4530000002",
        answered=True,
        cause="16",
    )


def test_data_is_counted_in_bytes_and_found_by_imsi(tmp_path: Path) -> None:
    event = outcome(tmp_path, "r2,data,,238010000000001,,2026-10-05T12:00:00.999+02:00,3600,1048577,,,,")
    assert isinstance(event, UsageEvent)
    assert event.identifiers == (Identifier("imsi", "238010000000001"),)
    assert event.start == datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
    assert (event.bytes, event.duration_s, event.count, event.answered) == (1_048_577, None, None, None)


def test_a_message_without_a_count_is_one(tmp_path: Path) -> None:
    event = outcome(tmp_path, "r3,sms_out,+4520000001,,1272,2026-10-05T10:00:00Z,,,,,,")
    assert isinstance(event, UsageEvent)
    assert (event.count, event.other_party) == (1, "1272")


def test_roaming_names_the_visited_network(tmp_path: Path) -> None:
    event = outcome(tmp_path, "r4,roaming_voice_in,+4520000001,,,2026-10-05T10:00:00Z,30,,,262-01,true,")
    assert isinstance(event, UsageEvent)
    assert (event.visited_network, event.other_party, event.duration_s) == ("262-01", None, 30)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CALL.replace("r1,", ",", 1), "missing_value"),
        (CALL.replace("r1", "r" * 101), "value_too_long"),
        (CALL.replace("voice_out", "fax"), "bad_service"),
        (CALL.replace("+4520000001", "20000001"), "bad_subscriber"),
        (CALL.replace("+4520000001", ""), "missing_value"),
        (CALL.replace("+4520000001,,", ",23801x,"), "bad_imsi"),
        (CALL.replace("+4530000002", ""), "missing_value"),
        (CALL.replace("+4530000002", "+45300000020000000"), "bad_other_party"),
        (CALL.replace("+4530000002", "operator"), "bad_other_party"),
        (CALL.replace("2026-10-05T10:00:00Z", "2026-10-05T10:00:00"), "bad_start"),
        (CALL.replace("2026-10-05T10:00:00Z", "2026-02-30T10:00:00Z"), "bad_start"),
        (CALL.replace("2026-10-05T10:00:00Z", "0001-01-01T00:00:00+14:00"), "bad_start"),
        (CALL.replace("2026-10-05T10:00:00Z", "1969-12-31T23:59:59Z"), "bad_start"),
        (CALL.replace(",61,", ",,"), "missing_value"),
        (CALL.replace(",61,", ",-1,"), "bad_duration_s"),
        (CALL.replace(",61,", ",1e3,"), "bad_duration_s"),
        (CALL.replace(",61,", ",99999999999999999999,"), "bad_duration_s"),
        (CALL.replace(",61,", ",\N{ARABIC-INDIC DIGIT SIX},"), "bad_duration_s"),
        (CALL.replace("voice_out", "data"), "missing_value"),
        (CALL.replace("voice_out", "roaming_voice_out"), "missing_value"),
        (CALL.replace(",,true", ",26201,true"), "bad_visited_network"),
        (CALL.replace("true", "perhaps"), "bad_answered"),
        (CALL + ",", "column_count"),
        ("r1,voice_out", "column_count"),
        ("", "empty_row"),
        ("   ", "empty_row"),
        (CALL.replace("r1", '"r1'), "quoting"),
        (CALL.replace("r1", "r\x001"), "control_character"),
        (CALL.replace("r1", "r\x1f1"), "control_character"),
    ],
)
def test_a_row_that_cannot_be_read_answers_why(tmp_path: Path, line: str, reason: str) -> None:
    fault = outcome(tmp_path, line)
    assert isinstance(fault, Fault)
    assert fault.reason == reason
    assert fault.detail.endswith(".")


def test_a_bad_row_costs_no_other_row(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    long = b"x" * 10_000_000
    content = [HEADER.encode(), CALL.encode(), b"\xff\xfe", long, b'r2,"never closed', b"", CALL.encode()]
    path.write_bytes(b"\r\n".join(content))
    rows = list(FORMATS["mvne-csv"](path, DANISH, Position()))
    assert [row.number for row in rows] == [2, 3, 4, 5, 6, 7]
    assert [row.outcome.reason if isinstance(row.outcome, Fault) else "event" for row in rows] == [
        "event",
        "encoding",
        "row_too_long",
        "quoting",
        "empty_row",
        "event",
    ]
    assert rows[1].raw == "\\xff\\xfe"
    assert rows[2].raw == "x" * 4096
    assert rows[-1].end == path.stat().st_size


def test_what_postgresql_cannot_store_is_written_out(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "r\x00,\x1b[2J")
    assert row.raw == "r\\x00,\\x1b[2J"


def test_reading_goes_on_from_any_row(tmp_path: Path) -> None:
    lines = [CALL.replace("r1", f"r{number}") for number in range(20)] + ["broken", ""]
    every = read(tmp_path, *lines)
    for done in range(len(every)):
        start = Position(done, every[done - 1].end if done else 0)
        assert read(tmp_path, *lines, start=start) == every[done:]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{CALL}\r\n".encode())
    (row,) = FORMATS["mvne-csv"](path, DANISH, Position())
    assert isinstance(row.outcome, UsageEvent)
    assert row.raw == CALL


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "The file is empty."),
        (CALL, "The header lacks record_id, service,"),
        (HEADER.replace(",bytes", ""), "The header lacks bytes."),
        (HEADER + ",price", "The header has price."),
        (HEADER.replace("record_id,service", "service,record_id"), "The header has another order."),
        ("\x00\x01", "The first line is not a header: This row holds a control character."),
    ],
)
def test_a_wrong_header_rejects_the_file_and_says_what_it_must_be(tmp_path: Path, header: str, message: str) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(f"{header}\n{CALL}\n" if header else "")
    with pytest.raises(FileRejected) as rejected:
        FORMATS["mvne-csv"](path, DANISH, Position())
    assert str(rejected.value).startswith(message)
    if header:
        assert str(rejected.value).endswith(HEADER)
