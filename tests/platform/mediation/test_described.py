"""Formats described as data: one operator's file each, invented."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mvne_platform.catalogue import Service
from mvne_platform.mediation import Fault, FormatSettings, Identifier, Position, Row, UsageEvent
from mvne_platform.mediation.errors import BadFormat
from mvne_platform.mediation.formats import (
    FileRejected,
    Marks,
    examine,
    marks_of,
    parse_records,
    read_description,
    reader_of,
)

DELIMITED: dict[str, Any] = {
    "title": "Host operator, voice and data",
    "kind": "delimited",
    "encoding": "iso-8859-1",
    "delimiter": ";",
    "header_rows": 1,
    "footer_rows": 1,
    "columns": ["type", "dir", "seq", "imsi", "a", "b", "date", "time", "amount", "up", "down", "plmn", "ok", "note"],
    "country": "BA",
    "time_zone": "Europe/Sarajevo",
    "decimal": ",",
    "fields": {
        "service": {
            "column": ["type", "dir"],
            "join": "/",
            "values": {
                "V/MO": "voice_out",
                "V/MT": "voice_in",
                "V/CF": "voice_forwarded",
                "D/": "data",
                "S/MO": "sms_out",
            },
        },
        "start": {"column": ["date", "time"], "patterns": ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"]},
        "imsi": {"column": "imsi"},
        "msisdn": {"column": "a", "form": "international"},
        "other_party": {"column": "b", "carrier_codes": ["1044"]},
        "duration": {"column": "amount", "unit": "minute"},
        "bytes": {"column": ["up", "down"], "unit": "kB"},
        "visited_network": {"column": "plmn"},
        "answered": {"column": "ok", "values": {"J": "true", "N": "false"}},
        "attributes": {"note": {"column": "note"}},
    },
    "natural_key": ["type", "dir", "seq"],
    "home_networks": ["218-03"],
    "sequence": {"place": "header", "column": 2},
    "declared_records": {"place": "trailer", "column": 2},
}
CALL = "V;MO;1;218030000000001;38761000001;104400387 33 123 456;05.10.2026;12:00:00;1,025;;;21803;J;Ćevapi"
LINES = [
    CALL,
    "D;;2;218030000000001;;;05.10.2026;12:05;;1,5;2;218-03;;",
    "V;MT;3;218030000000001;;061222333;05.10.2026;13:00;2;;;21910;J;",
]


def settings(description: dict[str, Any]) -> FormatSettings:
    return FormatSettings("DK", "Europe/Copenhagen", read_description(description), frozenset({"1272"}), "host")


def read(path: Path, description: dict[str, Any], start: Position | None = None) -> list[Row]:
    chosen = settings(description)
    return list(reader_of("host", chosen)(path, chosen, start or Position()))


def write(folder: Path, lines: list[str], *, declared: int | None = None) -> Path:
    path = folder / "host.csv"
    count = len(lines) if declared is None else declared
    path.write_bytes(
        "\r\n".join(["HDR;00042;2026-10-05", *lines, f"TRL;{count}", "", ""]).encode("iso-8859-1", "replace")
    )
    return path


def events(rows: list[Row]) -> list[UsageEvent]:
    return [row.outcome for row in rows if isinstance(row.outcome, UsageEvent)]


def changed(**fields: Any) -> dict[str, Any]:
    return DELIMITED | {"fields": DELIMITED["fields"] | fields}


def outcome(folder: Path, line: str, description: dict[str, Any] = DELIMITED) -> UsageEvent | Fault:
    (row,) = read(write(folder, [line]), description)
    return row.outcome


def test_a_delimited_file_of_another_operator_needs_no_code(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    rows = read(path, DELIMITED)
    assert [row.number for row in rows] == [2, 3, 4]
    call, data, roaming = events(rows)
    assert call == UsageEvent(
        natural_key=("host", "voice_out", "V", "MO", "1"),
        identifiers=(Identifier("msisdn", "+38761000001"), Identifier("imsi", "218030000000001")),
        service=Service.VOICE_OUT,
        start=datetime(2026, 10, 5, 10, 0, tzinfo=UTC),
        duration_s=62,  # 61.5 seconds: parts of a second are rounded up
        other_party="+38733123456",
        answered=True,
        attributes={"note": "?evapi"},
    )
    assert (data.service, data.bytes, data.visited_network) == (Service.DATA, 3_500, None)
    assert (roaming.service, roaming.visited_network, roaming.other_party) == (
        Service.ROAMING_VOICE_IN,
        "219-10",
        "+38761222333",
    )
    for done in range(1, 4):
        assert read(path, DELIMITED, Position(done, rows[done - 1].end)) == rows[done:]


def test_header_and_trailer_tell_the_files_number_and_its_records(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    assert marks_of(path, settings(DELIMITED)) == Marks(42, 3)
    examine("host", path, settings(DELIMITED))
    short = write(tmp_path, LINES, declared=4)
    with pytest.raises(FileRejected, match="says that it has 4 records, and has 3") as rejected:
        examine("host", short, settings(DELIMITED))
    assert rejected.value.code == "TRAILER"
    assert len(read(short, DELIMITED)) == 3
    path.write_text("HDR;x\nTRL;\n")
    with pytest.raises(FileRejected, match="'x' in row 1 of the header is no number"):
        marks_of(path, settings(DELIMITED))


@pytest.mark.parametrize("length", [0, 1, 65_534, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("ends", ["", "\n", "\r\n\r\n", "\n" * 70_000], ids=["no end", "one", "two", "many"])
def test_the_trailer_is_found_however_long_it_is(tmp_path: Path, length: int, ends: str) -> None:
    path = tmp_path / "host.csv"
    path.write_bytes(f"HDR;1\n{CALL}\nTRL;{'x' * length}{ends}".encode("iso-8859-1", "replace"))
    assert [row.number for row in read(path, DELIMITED)] == [2]


@pytest.mark.parametrize("content", ["", "\n", "HDR;1", "HDR;1\n", "HDR;1\nTRL;0", "HDR;1\r\nTRL;0\r\n\r\n"])
def test_a_file_without_records_has_no_rows(tmp_path: Path, content: str) -> None:
    path = tmp_path / "host.csv"
    path.write_text(content)
    assert read(path, DELIMITED) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CALL.replace("V;MO", "V;XX"), "bad_service"),
        (CALL.replace("V;MO", ";"), "missing_value"),
        (CALL.replace("38761000001", "nobody"), "bad_msisdn"),
        (CALL.replace("21803000000000", "2180x"), "bad_imsi"),
        (CALL.replace("218030000000001;38761000001", ";"), "missing_value"),
        (CALL.replace("104400387 33 123 456", ""), "missing_value"),
        (CALL.replace("104400387 33 123 456", "alice"), "bad_other_party"),
        (CALL.replace("05.10.2026", "2026-10-05"), "bad_start"),
        (CALL.replace("05.10.2026", "30.02.2026"), "bad_start"),
        (CALL.replace("05.10.2026;12:00:00", "29.03.2026;02:30"), "bad_start"),  # the clocks skip this hour
        (CALL.replace("1,025", "1.025,1"), "bad_duration"),
        (CALL.replace("1,025", "1.025"), "bad_duration"),  # a point between thousands, or a slip: not guessed at
        (CALL.replace("1,025", ""), "missing_value"),
        (CALL.replace("1,025", "99999999"), "bad_duration"),
        (CALL.replace("21803;J", "218;J"), "bad_visited_network"),
        (CALL.replace(";J;", ";X;"), "bad_answered"),
        (CALL + ";more", "column_count"),
        (CALL.replace("V;", '"V;'), "quoting"),
        ("D;;2;218030000000001;;;05.10.2026;12:05;;;;21803;;", "missing_value"),
        ("\x01", "control_character"),
    ],
)
def test_a_row_that_cannot_be_read_answers_why(tmp_path: Path, line: str, reason: str) -> None:
    rows = read(write(tmp_path, [LINES[0], line, LINES[1]]), DELIMITED)
    assert [isinstance(row.outcome, UsageEvent) for row in rows] == [True, False, True]
    assert isinstance(rows[1].outcome, Fault)
    assert rows[1].outcome.reason == reason


def test_the_repeated_hour_is_the_first_one_and_an_offset_tells(tmp_path: Path) -> None:
    twice = outcome(tmp_path, CALL.replace("05.10.2026;12:00:00", "25.10.2026;02:30"))
    assert isinstance(twice, UsageEvent)
    assert twice.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = outcome(
        tmp_path,
        CALL.replace("05.10.2026;12:00:00", "25.10.2026;02:30 +0100"),
        changed(start={"column": ["date", "time"], "patterns": ["%d.%m.%Y %H:%M %z"]}),
    )
    assert isinstance(told, UsageEvent)
    assert told.start == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "rounding", "written", "seconds"),
    [
        ("second", "up", "61", 61),
        ("second", "nearest", "60,5", 61),
        ("second", "down", "60,999", 60),
        ("tenth", "up", "605", 61),
        ("tenth", "nearest", "604", 60),
        ("millisecond", "up", "60001", 61),
        ("minute", "up", "1,5", 90),
        ("clock", "up", "1:01:01", 3_661),
        ("clock", "up", "61:01", 3_661),
    ],
)
def test_durations_have_units(tmp_path: Path, unit: str, rounding: str, written: str, seconds: int) -> None:
    description = changed(duration={"column": "amount", "unit": unit, "rounding": rounding})
    event = outcome(tmp_path, CALL.replace("1,025", written), description)
    assert isinstance(event, UsageEvent), event
    assert event.duration_s == seconds


@pytest.mark.parametrize(
    ("unit", "total"),
    [("B", 4), ("kB", 3_500), ("KiB", 3_584), ("MB", 3_500_000), ("MiB", 3_670_016), ("GiB", 3_758_096_384)],
)
def test_volumes_have_units(tmp_path: Path, unit: str, total: int) -> None:
    event = outcome(tmp_path, LINES[1], changed(bytes={"column": ["up", "down"], "unit": unit}))
    assert isinstance(event, UsageEvent)
    assert event.bytes == total


@pytest.mark.parametrize(
    ("form", "written", "number"),
    [
        ("international", "38733123456", "+38733123456"),
        ("international", "0038733123456", "+38733123456"),
        ("international", "+387 33 123-456", "+38733123456"),
        ("international", "1272", "1272"),
        ("dialled", "033/123-456", "+38733123456"),
        ("dialled", "104433123456", "+38733123456"),
        ("dialled", "1272", "1272"),
        ("dialled", "116123", "116123"),
        ("dialled", "112", "112"),
    ],
)
def test_numbers_are_normalised(tmp_path: Path, form: str, written: str, number: str) -> None:
    field = {"column": "b", "form": form, "carrier_codes": ["1044"]}
    event = outcome(tmp_path, CALL.replace("104400387 33 123 456", written), changed(other_party=field))
    assert isinstance(event, UsageEvent), event
    assert event.other_party == number


def test_constants_defaults_parts_and_ends(tmp_path: Path) -> None:
    fields = DELIMITED["fields"] | {
        "service": {"constant": "voice_out"},
        "duration": None,
        "end": {"column": ["date", "amount"], "patterns": ["%d.%m.%Y %H:%M:%S"]},
        "visited_network": {"column": "plmn", "default": "218-03", "values": {"BIH": "218-03"}},
        "call": {"column": "seq"},
        "part": {"constant": "2"},
        "last": {"column": "ok", "values": {"J": "true"}},
        "correlation": {"column": "note"},
    }
    description = DELIMITED | {"fields": {name: field for name, field in fields.items() if field is not None}}
    event = outcome(tmp_path, CALL.replace("1,025", "12:01:01").replace("21803;J;Ćevapi", ";J;ses-9"), description)
    assert isinstance(event, UsageEvent), event
    assert (event.duration_s, event.visited_network, event.correlation) == (61, None, "ses-9")
    assert event.part is not None
    assert (event.part.call, event.part.number, event.part.last) == ("1", 2, True)


def test_columns_may_be_named_by_the_header_or_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('id,caller,callee,when,secs\n7,"+4520000001",+4530000002,1791194400,61\n')
    description = {
        "title": "By the header",
        "kind": "delimited",
        "header_rows": 1,
        "columns": "header",
        "fields": {
            "service": {"constant": "voice_out"},
            "start": {"column": "when", "patterns": ["unix"]},
            "msisdn": {"column": "caller"},
            "other_party": {"column": "callee"},
            "duration": {"column": "secs"},
        },
        "natural_key": ["id"],
    }
    (by_name,) = events(read(path, description))
    fields = json.loads(json.dumps(description["fields"]))
    for place, name in enumerate(["caller", "callee", "when", "secs"], 2):
        fields = json.loads(json.dumps(fields).replace(f'"{name}"', str(place)))
    (by_place,) = events(read(path, description | {"columns": [], "fields": fields, "natural_key": [1]}))
    assert by_place == by_name
    assert (by_name.start, by_name.duration_s) == (datetime(2026, 10, 5, 10, 0, tzinfo=UTC), 61)
    path.write_text("id,caller,callee,when\n")
    with pytest.raises(FileRejected, match="The header lacks secs"):
        read(path, description)


FIXED: dict[str, Any] = {
    "title": "Tape",
    "kind": "fixed-width",
    "header_rows": 1,
    "footer_rows": 1,
    "columns": [
        {"name": "type", "start": 1, "length": 2},
        {"name": "id", "start": 3, "length": 6},
        {"name": "a", "start": 9, "length": 15},
        {"name": "b", "start": 24, "length": 15},
        {"name": "time", "start": 39, "length": 14},
        {"name": "tenths", "start": 53, "length": 7, "ragged": True},
    ],
    "time_zone": "UTC",
    "fields": {
        "service": {"column": "type", "values": {"10": "voice_out", "20": "voice_in"}},
        "start": {"column": "time", "patterns": ["%Y%m%d%H%M%S"]},
        "msisdn": {"column": "a", "form": "international"},
        "other_party": {"column": "b", "form": "international"},
        "duration": {"column": "tenths", "unit": "tenth"},
    },
    "natural_key": ["id"],
    "sequence": {"place": "header", "start": 3, "length": 5},
    "declared_records": {"place": "trailer", "start": 3, "length": 6},
}


def test_a_fixed_width_file_is_cut_by_its_characters(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    good = "10000001" + "4520000001".ljust(15) + "4530000002".ljust(15) + "20261005100000" + "0000605"
    path.write_text(f"HD00007\n{good}\n20\n1\n{good.replace('0000605', '5')}\nTR000004\n")
    rows = read(path, FIXED)
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert [row.outcome.reason for row in rows if isinstance(row.outcome, Fault)] == ["missing_value", "column_count"]
    first, last = events(rows)
    assert (first.natural_key, first.duration_s, first.other_party) == (
        ("host", "voice_out", "000001"),
        61,
        "+4530000002",
    )
    assert last.duration_s == 1
    assert marks_of(path, settings(FIXED)) == Marks(7, 4)
    examine("host", path, settings(FIXED))


def test_a_line_that_breaks_off_within_a_column_is_no_record(tmp_path: Path) -> None:
    columns = [{**column, "ragged": False} for column in FIXED["columns"]]
    path = tmp_path / "tape"
    good = "10000001" + "4520000001".ljust(15) + "4530000002".ljust(15) + "20261005100000" + "0000605"
    for broken in (good[:-1], good[:52] + "0"):
        path.write_text(f"HD00007\n{good}\n{broken}\nTR000002\n")
        whole, part = read(path, FIXED | {"columns": columns})
        assert isinstance(whole.outcome, UsageEvent)
        assert isinstance(part.outcome, Fault)
        assert (part.outcome.reason, "'tenths'" in part.outcome.detail) == ("column_count", True)


JSON: dict[str, Any] = {
    "title": "JSON Lines",
    "kind": "json-lines",
    "fields": {
        "service": {"column": "kind", "values": {"sms": "sms_out", "web": "data"}},
        "start": {"column": "times.begin", "patterns": ["unix_ms", "rfc3339"]},
        "account": {"column": "customer.id"},
        "other_party": {"column": "legs.1.number"},
        "count": {"column": "parts"},
        "bytes": {"column": ["in", "out"], "unit": "MiB"},
        "attributes": {"paid": {"column": "paid"}},
    },
    "natural_key": ["id"],
}


def test_json_lines_are_read_by_dotted_paths(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    sms = {
        "id": 1,
        "kind": "sms",
        "times": {"begin": 1791194400999},
        "customer": {"id": "c-1"},
        "parts": 2,
        "paid": True,
    }
    web = sms | {"id": "2", "kind": "web", "times": {"begin": "2026-10-05T12:00:00+02:00"}, "in": 0.5, "out": 1}
    lines = [
        json.dumps(sms | {"legs": [{}, {"number": "+4530000002"}]}),
        json.dumps(web),
        "{",
        "[1]",
        "",
        json.dumps(sms | {"id": {}}),
        json.dumps(sms | {"kind": "a\x00b"}),
    ]
    path.write_text("\n".join(lines))
    rows = read(path, JSON)
    assert [row.outcome.reason for row in rows if isinstance(row.outcome, Fault)] == [
        "bad_json",
        "bad_json",
        "empty_row",
        "missing_value",
        "control_character",
    ]
    first, second = events(rows)
    assert (first.natural_key, first.count, first.other_party) == (("host", "sms_out", "1"), 2, "+4530000002")
    assert (first.identifiers, first.attributes) == ((Identifier("account", "c-1"),), {"paid": "true"})
    assert first.start == second.start == datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
    assert second.bytes == 1_572_864


def test_records_with_nothing_in_the_natural_key_are_not_taken_for_repeats(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    one = {"kind": "sms", "times": {"begin": 1791194400999}, "customer": {"id": "c-1"}, "legs": [{}, {"number": "112"}]}
    path.write_text("\n".join(json.dumps(one | more) for more in ({}, {"id": ""}, {"id": "1"})))
    first, second, third = (row.outcome for row in read(path, JSON))
    assert [one.reason for one in (first, second) if isinstance(one, Fault)] == ["missing_value"] * 2
    assert isinstance(third, UsageEvent)


def test_a_number_that_cannot_be_read_is_not_told_whole(tmp_path: Path) -> None:
    fault = outcome(tmp_path, CALL.replace("104400387 33 123 456", "33 123-456 x7"))
    assert isinstance(fault, Fault)
    assert fault.detail == "'33 123-4xx xx' for other_party is no number."


def test_a_record_by_itself_is_read_as_in_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    rows = read(path, DELIMITED)
    again = parse_records("host", path, settings(DELIMITED), [row.raw for row in rows] + ["nonsense"])
    assert again[:3] == [row.outcome for row in rows]
    assert isinstance(again[3], Fault)


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"title": ""}, ("title",), "title: String should have at least 1 character"),
        ({"knid": 1}, ("knid",), "knid: Extra inputs are not permitted"),
        ({"kind": "xml"}, ("kind",), "kind: Input should be 'delimited', 'fixed-width' or 'json-lines'"),
        ({"encoding": "utf-16"}, ("encoding",), "encoding: Input should be 'utf-8'"),
        ({"delimiter": "::"}, ("delimiter",), "delimiter: String should have at most 1 character"),
        ({"delimiter": '"'}, (), "delimiter: '\"' cannot stand between columns"),
        ({"country": "XX"}, ("country",), "country: 'XX' is no country code"),
        ({"time_zone": "Mars"}, ("time_zone",), "time_zone: 'Mars' is no time zone"),
        ({"home_networks": ["21803"]}, ("home_networks", "0"), "home_networks.0: '21803' is no network"),
        ({"columns": ["type", "type"]}, (), "columns: a name is there twice"),
        ({"columns": "header", "header_rows": 0, "sequence": None}, (), "columns: without header rows"),
        ({"kind": "fixed-width"}, (), "columns: a fixed-width file, and no other, has columns with `name`"),
        ({"kind": "json-lines"}, (), "columns: JSON has its own names"),
        ({"natural_key": ["uniqueid"]}, (), "natural_key: there is no column 'uniqueid'"),
        ({"natural_key": []}, ("natural_key",), "natural_key: Tuple should have at least 1 item"),
        ({"footer_rows": 0}, (), "declared_records: there is no trailer row 1; raise `footer_rows`"),
        ({"sequence": {"place": "header"}}, ("sequence",), "sequence: has either `column`, or `start` and `length`"),
    ],
)
def test_an_unsound_description_is_refused_and_names_the_field(
    change: dict[str, Any], field: tuple[str, ...], text: str
) -> None:
    with pytest.raises(BadFormat) as refusal:
        read_description({name: value for name, value in (DELIMITED | change).items() if value is not None})
    assert text in refusal.value.message
    assert refusal.value.field == ("description", *field)


@pytest.mark.parametrize(
    ("fields", "place", "text"),
    [
        ({"start": {"column": "date", "patterns": ["%d.%m.%Y"]}}, "fields.start.patterns.0", "does not tell the day"),
        ({"start": {"column": "date", "patterns": ["%Q"]}}, "fields.start.patterns.0", "cannot be read back"),
        ({"start": {"column": "when"}}, "", "fields.start: there is no column 'when'"),
        ({"service": {"constant": "fax"}}, "fields", "service: 'fax' is no service"),
        ({"service": {"column": "type", "constant": "data"}}, "fields.service", "has either `column` or `constant`"),
        ({"call": {"column": "seq"}}, "fields", "parts of calls need `call`, `part` and `last`"),
        ({"duration": {"column": "amount", "unit": "hour"}}, "fields.duration.unit", "Input should be 'second'"),
        ({"attributes": {"Note": {"column": "note"}}}, "fields", "attributes: 'Note' cannot be a name"),
    ],
)
def test_an_unsound_field_is_named(fields: dict[str, Any], place: str, text: str) -> None:
    with pytest.raises(BadFormat) as refusal:
        read_description(changed(**fields))
    assert text in refusal.value.message
    assert ".".join(refusal.value.field) == (f"description.{place}" if place else "description")


def test_a_description_without_a_subscriber_is_refused() -> None:
    fields = {name: field for name, field in DELIMITED["fields"].items() if name not in ("imsi", "msisdn")}
    with pytest.raises(BadFormat, match="name no subscriber"):
        read_description(DELIMITED | {"fields": fields})
