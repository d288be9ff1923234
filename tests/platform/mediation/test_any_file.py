"""Whatever bytes a file holds, each of its lines is answered."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Position, Row, UsageEvent, event_key
from mvne_platform.mediation.formats import asterisk, mvne_csv

HANDBOOK = Path(__file__).parents[3] / "docs" / "reference" / "usage-files.md"
ANYWHERE = FormatSettings("DK", "Europe/Copenhagen")
HEADERS = {"mvne-csv": ",".join(mvne_csv.COLUMNS), "asterisk": "," * (len(asterisk.COLUMNS) - 1)}
GOOD = {
    "mvne-csv": "r1,voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,",
    "asterisk": (
        '"","20000001","30000002","hq","","SIP/1","SIP/2","Dial","","2026-10-25 02:30:00","2026-10-25 02:30:01",'
        '"2026-10-25 02:31:01",61,60,"ANSWERED","DOCUMENTATION","1793499000.1",""'
    ),
}


@st.composite
def damaged(draw: st.DrawFn, good: str) -> bytes:
    """A good line with some of its bytes replaced, removed, or others put in; no line end among them."""
    line = bytearray(good.encode())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(line)))
        line[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(line).replace(b"\n", b"").replace(b"\r", b"")


def read(path: Path, format_name: str, start: Position | None = None) -> list[Row]:
    return list(FORMATS[format_name](path, ANYWHERE, start or Position()))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), format_name=st.sampled_from(sorted(FORMATS)))
def test_damaged_lines_are_answered_one_by_one(data: st.DataObject, format_name: str) -> None:
    lines = data.draw(st.lists(damaged(GOOD[format_name]), max_size=6))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"\n".join([HEADERS[format_name].encode(), *lines]) + b"\n")
        rows = read(path, format_name)
        first = 2 if format_name == "mvne-csv" else 1
        assert [row.number for row in rows] == list(range(first, len(lines) + 2))
        for row in rows:
            assert b"\x00" not in row.raw.encode()
            assert isinstance(row.outcome, Fault) or event_key(row.outcome).int >> 88 == row.outcome.start.timestamp()
        done = data.draw(st.integers(0, len(rows)))
        start = Position(done, rows[done - 1].end) if done else Position()
        assert read(path, format_name, start) == rows[done:]


def test_the_handbooks_example_is_read(tmp_path: Path) -> None:
    block = HANDBOOK.read_text("utf-8").split("```csv\n")[1].split("```")[0]
    path = tmp_path / "example.csv"
    path.write_text(block)
    events = [row.outcome for row in read(path, "mvne-csv")]
    assert all(isinstance(event, UsageEvent) for event in events)
    assert [event.service.value for event in events if isinstance(event, UsageEvent)] == [
        "voice_out",
        "data",
        "sms_out",
        "roaming_voice_in",
    ]
