"""Whatever bytes a file holds, each of its rows is answered once, from every position on, and nothing crashes."""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.mediation import (
    FORMATS,
    Fault,
    FileRejected,
    FormatSettings,
    Position,
    Row,
    UsageEvent,
    columns,
    event_key,
)
from mvne_platform.mediation.formats import asterisk, mvne_csv, parse_records, reader_of
from mvne_platform.mediation.formats.description import read_description

HANDBOOK = Path(__file__).parents[3] / "docs" / "reference" / "usage-files.md"
CALL_FIELDS: dict[str, Any] = {
    "service": {"constant": "voice_out"},
    "start": {"column": "start", "patterns": ["rfc3339", "%Y%m%d%H%M%S"]},
    "msisdn": {"column": "a"},
    "other_party": {"column": "b"},
    "duration": {"column": "seconds"},
}
DELIMITED = {
    "title": "x",
    "kind": "delimited",
    "delimiter": "\t",
    "quote": "'",
    "header_rows": 1,
    "footer_rows": 2,
    "columns": ["id", "a", "b", "start", "seconds"],
    "fields": CALL_FIELDS,
    "natural_key": ["id"],
}
WIDTHS = {"id": (1, 2), "a": (3, 11), "b": (14, 11), "start": (25, 14), "seconds": (39, 4)}
FIXED = DELIMITED | {
    "kind": "fixed-width",
    "encoding": "cp1252",
    "footer_rows": 0,
    "columns": [{"name": name, "start": start, "length": length} for name, (start, length) in WIDTHS.items()],
}
JSON = DELIMITED | {"kind": "json-lines", "header_rows": 0, "footer_rows": 0, "columns": []}


@dataclass(frozen=True)
class Kind:
    """A format, a good record of it, and the rows around its records."""

    name: str
    good: str
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    description: dict[str, Any] | None = None

    @property
    def settings(self) -> FormatSettings:
        described = None if self.description is None else read_description(self.description)
        return FormatSettings("DK", "Europe/Copenhagen", described, frozenset({"1272"}), self.name)


LEG = {
    "variables": {"uuid": "u1", "direction": "inbound", "start_epoch": "1791194400", "billsec": "61"},
    "callflow": [{"caller_profile": {"caller_id_number": "20000001", "destination_number": "30000002"}}],
}
RECORD = {"id": "r1", "a": "+4520000001", "b": "+4530000002", "start": "2026-10-05T10:00:00Z", "seconds": 61}
KINDS = [
    Kind(
        "mvne-csv",
        "r1,voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,",
        (",".join(mvne_csv.COLUMNS),),
    ),
    Kind(
        "asterisk",
        '"","20000001","30000002","hq","","SIP/1","SIP/2","Dial","","2026-10-25 02:30:00","2026-10-25 02:30:01",'
        '"2026-10-25 02:31:01",61,60,"ANSWERED","DOCUMENTATION","1793499000.1",""',
        ("," * (len(asterisk.COLUMNS) - 1),),
    ),
    Kind("freeswitch", json.dumps(LEG), (json.dumps(LEG),)),
    Kind("tabs", "\t".join(map(str, RECORD.values())), ("#",), ("end", "END"), DELIMITED),
    Kind("tape", "r1+4520000001+453000000220261005100000  61", ("HEAD",), (), FIXED),
    Kind("lines", json.dumps(RECORD), (), (), JSON),
]


@st.composite
def damaged(draw: st.DrawFn, good: str) -> bytes:
    """A good record with some of its bytes replaced, removed, or others put in; no line end among them."""
    line = bytearray(good.encode())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(line)))
        line[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(line).replace(b"\n", b"").replace(b"\r", b"")


def read(path: Path, kind: Kind, start: Position | None = None) -> list[Row]:
    return list(reader_of(kind.name, kind.settings)(path, kind.settings, start or Position()))


def check_rows(path: Path, kind: Kind, rows: list[Row]) -> None:
    """Each row is answered once, with what can be stored; single records and columns say the same."""
    for row in rows:
        assert b"\x00" not in row.raw.encode()
        assert isinstance(row.outcome, Fault) or event_key(row.outcome).int >> 88 == row.outcome.start.timestamp()
    ends = [row.end for row in rows]
    assert ends == sorted(set(ends))
    by_columns = columns.read_columns(kind.name, path, kind.settings, Position(), len(rows) + 1)
    answered = [*by_columns.frame["row"], *(row.number for row in [*by_columns.parts, *by_columns.faults])]
    assert sorted(answered) == [row.number for row in rows]
    assert by_columns.finished
    good = [row for row in rows if isinstance(row.outcome, UsageEvent)]
    again = parse_records(kind.name, path, kind.settings, [row.raw for row in good])
    assert again == [row.outcome for row in good]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_records_are_answered_one_by_one(kind: Kind, data: st.DataObject) -> None:
    records = data.draw(st.lists(damaged(kind.good), max_size=6))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        lines = [*(line.encode() for line in kind.header), *records, *(line.encode() for line in kind.footer)]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        rows = read(path, kind)
        if kind.name != "freeswitch":  # whose documents may take several lines
            first = 1 if kind.name == "asterisk" else len(kind.header) + 1
            assert [row.number for row in rows] == list(range(first, len(kind.header) + len(records) + 1))
        check_rows(path, kind, rows)
        done = data.draw(st.integers(0, len(rows)))
        start = Position(done, rows[done - 1].end) if done else Position()
        assert read(path, kind, start) == rows[done:]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=300)
    | st.lists(st.sampled_from([b"\n", b"{", b"}", b"\t", b'"', b",", b"\r", b"\x00", b"1"])).map(b"".join)
)
def test_any_bytes_are_read_or_rejected(kind: Kind, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            rows = read(path, kind)
        except FileRejected:
            return
        check_rows(path, kind, rows)
        for done in range(1, len(rows) + 1):
            assert read(path, kind, Position(done, rows[done - 1].end)) == rows[done:]


def test_every_format_is_here() -> None:
    assert {kind.name for kind in KINDS if kind.description is None} == set(FORMATS)
    assert {kind.description["kind"] for kind in KINDS if kind.description} == {
        "delimited",
        "fixed-width",
        "json-lines",
    }


def test_the_handbooks_example_is_read(tmp_path: Path) -> None:
    block = HANDBOOK.read_text("utf-8").split("```csv\n")[1].split("```")[0]
    path = tmp_path / "example.csv"
    path.write_text(block)
    events = [row.outcome for row in read(path, KINDS[0])]
    assert all(isinstance(event, UsageEvent) for event in events)
    assert [event.service.value for event in events if isinstance(event, UsageEvent)] == [
        "voice_out",
        "data",
        "sms_out",
        "roaming_voice_in",
    ]
