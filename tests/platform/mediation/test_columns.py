"""Files read as columns say what the row reader says, row by row."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Position, Row, UsageEvent, columns
from mvne_platform.mediation.columns import slices
from mvne_platform.mediation.columns.frame import event_keys, frame_of_events
from mvne_platform.mediation.formats import FileRejected
from mvne_platform.mediation.formats.mvne_csv import COLUMNS
from mvne_platform.mediation.usage import SEPARATOR, event_key

HEADER = ",".join(COLUMNS)
OPTIONAL = "correlation,call,part,last,attribute.apn,attribute.cell"
DANISH = FormatSettings("DK", "Europe/Copenhagen")
CALL = "r1,voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,16"

RECORD_IDS = st.sampled_from(["r1", "", "æ" * 100, "æ" * 101, '"quoted, id"', "x" * 5000, 'half"'])
SERVICES = st.sampled_from(["voice_out", "voice_in", "voice_forwarded", "data", "sms_out", "content", "fax", ""]) | (
    st.sampled_from(["roaming_voice_out", "roaming_voice_in", "roaming_data", "roaming_mms_out", "Voice_out"])
)
NUMBERS = st.sampled_from(["+4520000001", "", "+452", "4520000001", "+4520000001 ", "112", "*#06#", "+0123456"])
IMSIS = st.sampled_from(["238010000000001", "", "2380100", "23801000000000a"])
STARTS = st.sampled_from(
    [
        "2026-10-05T10:00:00Z",
        "2026-10-05t10:00:00z",
        "2026-10-05T10:00:00.999999999+02:00",
        "2026-10-25T02:30:00-23:59",
        "2026-10-05T10:00:00+24:00",
        "2026-10-05T10:00:00+01:60",
        "2026-02-29T10:00:00Z",
        "2028-02-29T10:00:00Z",
        "2026-10-05T24:00:00Z",
        "2026-10-05T23:59:60Z",
        "1970-01-01T00:30:00+01:00",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "+2026-1-05T10:00:00Z",
        "2026-10-05 10:00:00Z",
        "",
    ]
)
QUANTITIES = st.sampled_from(["0", "61", "", "-1", "+61", " 61", "2678400", "2678401", "1125899906842624", "9" * 18])
NETWORKS = st.sampled_from(["", "262-01", "310-410", "26201", "262-1"])
ANSWERED = st.sampled_from(["", "true", "false", "1", "0", "yes"])
CAUSES = st.sampled_from(["", "normal", "x" * 200, "å", "\x7f", "\t"])
OPTIONS = st.sampled_from(["", "c1", "x" * 100, "x" * 101, "x" * 201, 'a"b', "back\\slash", "æøå"])


@st.composite
def records(draw: st.DrawFn) -> bytes:
    values = [
        draw(strategy)
        for strategy in (RECORD_IDS, SERVICES, NUMBERS, IMSIS, NUMBERS, STARTS, QUANTITIES, QUANTITIES, QUANTITIES)
    ] + [draw(NETWORKS), draw(ANSWERED), draw(CAUSES)]
    return ",".join(values).encode()


@st.composite
def altered(draw: st.DrawFn, width: int) -> bytes:
    """A good record with one or two values replaced, or with other bytes in it."""
    values = CALL.split(",") + [""] * (width - len(COLUMNS))
    other = [RECORD_IDS, SERVICES, NUMBERS, IMSIS, NUMBERS, STARTS, *[QUANTITIES] * 3, NETWORKS, ANSWERED, CAUSES]
    other += [OPTIONS, *[st.sampled_from(["", "1", "0", "c"])] * 2, ANSWERED, OPTIONS, OPTIONS]
    for place in draw(st.lists(st.integers(0, width - 1), max_size=3)):
        values[place] = draw(other[place])
    line = bytearray(",".join(values).encode())
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(line)))
        line[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(line).replace(b"\n", b"")


def by_rows(path: Path, start: Position | None = None) -> list[Row]:
    return list(FORMATS["mvne-csv"](path, DANISH, start or Position()))


def check_same(path: Path, step: int) -> None:
    rows, position = by_rows(path), Position()
    answered: list[int] = []
    for _ in range(len(rows) + 1):
        read = columns.read_columns("mvne-csv", path, DANISH, position, step)
        here = rows[position.rows : position.rows + step]
        events = [row for row in here if isinstance(row.outcome, UsageEvent)]
        assert read.frame.equals(frame_of_events(row for row in events if row.outcome.part is None))
        assert read.parts == [row for row in events if row.outcome.part is not None]
        assert read.faults == [row for row in here if isinstance(row.outcome, Fault)]
        assert columns.rows_at("mvne-csv", path, DANISH, read, [row.number for row in here[::2]]) == here[::2]
        assert read.rows == len(here)
        answered += [*read.frame["row"], *(row.number for row in [*read.parts, *read.faults])]
        position = read.end
        if read.finished:
            break
    assert sorted(answered) == [row.number for row in rows]


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(records() | altered(len(COLUMNS)), max_size=12),
    step=st.integers(1, 13),
    end=st.sampled_from([b"\n", b"\r\n"]),
    unended=st.booleans(),
    block=st.sampled_from([200, 1 << 20]),
)
def test_columns_equal_rows(lines: list[bytes], step: int, end: bytes, unended, block: int) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK_BYTES", block)
        path = Path(folder) / "usage.csv"
        content = end.join([HEADER.encode(), *lines])
        path.write_bytes(content if unended else content + end)
        check_same(path, step)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(altered(len(COLUMNS) + 6), max_size=8), bom=st.booleans())
def test_columns_equal_rows_with_optional_columns(lines: list[bytes], bom) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "usage.csv"
        header = f"{HEADER},{OPTIONAL}".encode()
        path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + b"\n".join([header, *lines]))
        check_same(path, 5)


def write(folder: Path, lines: Iterable[str], header: str = HEADER) -> Path:
    path = folder / "usage.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def test_a_plain_call_as_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path, [CALL, CALL.replace("r1", '"r2"').replace("2026-10-05T10:00:00Z", "2026-10-05T12:00:01+02:00")]
    )
    read = columns.read_columns("mvne-csv", path, DANISH, Position(), 10)
    assert read.frame.to_dicts() == [
        {
            "row": row,
            "key_hi": key.int >> 64,
            "key_lo": key.int & (1 << 64) - 1,
            "start": start,
            "service": 0,
            "quantity": 61,
            "other_party": "+4530000002",
            "visited_network": None,
            "answered": 1,
            "msisdn": "+4520000001",
            "imsi": None,
            "iccid": None,
            "account": None,
            "account_2": None,
            "correlation": None,
            "attributes": None,
        }
        for row, start, key in zip(
            (2, 3), (1_791_194_400, 1_791_194_401), (event_key(row.outcome) for row in by_rows(path)), strict=True
        )
    ]
    assert (read.end, read.finished) == (Position(2, path.stat().st_size), True)


def test_correlation_and_attributes_are_columns_and_parts_are_not(tmp_path: Path) -> None:
    header = f"{HEADER},attribute.cell,correlation,attribute.apn,call,part,last"
    path = write(
        tmp_path,
        [f"{CALL},17\\b,ses-1,web,,,", f"{CALL},,,,,,", f"{CALL},,ses-2,,call-9,2,true"],
        header,
    )
    read = columns.read_columns("mvne-csv", path, DANISH, Position(), 10)
    assert read.frame["correlation"].to_list() == ["ses-1", None]
    assert read.frame["attributes"].to_list() == ['{"cell":"17\\\\b","apn":"web"}', None]
    (part,) = read.parts
    assert isinstance(part.outcome, UsageEvent)
    assert part.outcome.part is not None
    assert (part.number, part.outcome.part.call, part.outcome.part.number, part.outcome.part.last) == (
        4,
        "call-9",
        2,
        True,
    )


def test_a_line_longer_than_a_block_costs_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "BLOCK_BYTES", 300)
    path = write(tmp_path, [CALL, "x" * 10_000, CALL])
    read = columns.read_columns("mvne-csv", path, DANISH, Position(), 10)
    assert read.frame["row"].to_list() == [2, 4]
    assert [(row.number, row.outcome.reason) for row in read.faults if isinstance(row.outcome, Fault)] == [
        (3, "row_too_long")
    ]


def test_a_file_without_rows_is_finished(tmp_path: Path) -> None:
    read = columns.read_columns("mvne-csv", write(tmp_path, []), DANISH, Position(), 10)
    assert (read.frame.height, read.rows, read.finished, read.frame.schema) == (0, 0, True, columns.FRAME)


def test_a_wrong_header_rejects_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="lacks subscriber"):
        columns.read_columns("mvne-csv", write(tmp_path, [], "record_id,service"), DANISH, Position(), 10)


def test_a_format_without_columns_is_read_by_rows() -> None:
    path = Path(__file__).parents[2] / "data" / "asterisk_cdr.csv"
    american = FormatSettings("US", "UTC")
    first = columns.read_columns("asterisk", path, american, Position(), 100)
    rest = columns.read_columns("asterisk", path, american, first.end, 1000)
    assert (first.finished, rest.finished) == (False, True)
    rows = list(FORMATS["asterisk"](path, american, Position()))
    assert pl.concat([first.frame, rest.frame]).equals(frame_of_events(rows))
    assert rest.frame["account"][0] == rows[100].outcome.identifiers[-1].value
    assert columns.rows_at("asterisk", path, american, rest, [150, 151, 218]) == [rows[149], rows[150], rows[217]]


@given(st.lists(st.tuples(st.integers(0, (1 << 40) - 1), st.lists(st.text(), min_size=1, max_size=3)), max_size=5))
def test_keys_are_those_of_single_events(pairs: list[tuple[int, list[str]]]) -> None:
    event = by_rows_event()
    starts = pl.Series([start % 253_402_300_800 for start, _ in pairs], dtype=pl.Int64)
    naturals = [[part.encode("utf-8", "ignore").decode() for part in parts] for _, parts in pairs]
    upper, lower = event_keys(starts.to_numpy(), [SEPARATOR.join(parts) for parts in naturals])
    for place, parts in enumerate(naturals):
        start = pl.from_epoch(starts[place : place + 1]).dt.replace_time_zone("UTC")[0]
        key = event_key(replace(event, natural_key=tuple(parts), start=start))
        assert key.int == int(upper[place]) << 64 | int(lower[place])


def by_rows_event() -> UsageEvent:
    with TemporaryDirectory() as folder:
        (row,) = by_rows(write(Path(folder), [CALL]))
    assert isinstance(row.outcome, UsageEvent)
    return row.outcome
