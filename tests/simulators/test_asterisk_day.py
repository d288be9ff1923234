import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mvne_simulators.__main__ import main
from mvne_simulators.traffic.numbering import DATA

SOURCE = DATA / "asterisk_cdr.csv"
NUMBERS = [f"+3876100000{number}" for number in range(5)]


def move(folder: Path, callers: object, *arguments: str) -> Result:
    (folder / "callers.json").write_text(json.dumps(callers))
    options = ["--callers", str(folder / "callers.json"), "--from", "2026-10-05", "--out", str(folder / "out.csv")]
    return CliRunner().invoke(main, ["asterisk-day", *options, *arguments])


def test_callers_and_dates_move_and_the_rest_stays_to_the_letter(tmp_path: Path) -> None:
    result = move(tmp_path, NUMBERS)
    assert result.output == f"218 rows of 54 callers in {tmp_path / 'out.csv'}, 0 callers not mapped\n"
    before = list(csv.reader(io.StringIO(SOURCE.read_text())))
    after = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert len(after) == 218
    shift = date(2026, 10, 5) - date(2017, 6, 20)
    for old, new in zip(before, after, strict=True):
        assert [new[column] for column in (0, *range(2, 9), *range(12, 18))] == [
            old[column] for column in (0, *range(2, 9), *range(12, 18))
        ]
        for column in (9, 10, 11):
            moved = old[column] and (date.fromisoformat(old[column][:10]) + shift).isoformat() + old[column][10:]
            assert new[column] == moved


def test_quotes_stay_as_they_were(tmp_path: Path) -> None:
    move(tmp_path, {})
    before, after = SOURCE.read_text().splitlines(), (tmp_path / "out.csv").read_text().splitlines()
    assert after[1] == before[1].replace("2017-06-20", "2026-10-05")
    assert [line.count('"') for line in after] == [line.count('"') for line in before]


def test_a_list_is_dealt_by_how_often_callers_call(tmp_path: Path) -> None:
    move(tmp_path, NUMBERS)
    before = [row[1] for row in csv.reader(io.StringIO(SOURCE.read_text()))]
    after = [row[1] for row in csv.reader(io.StringIO((tmp_path / "out.csv").read_text()))]
    given = dict(zip(before, after, strict=True))
    assert [given[caller] for caller in ("253-433-5862", "190-590-0260", "334-442-8436")] == NUMBERS[:3]
    assert set(after) == set(NUMBERS)
    assert after == [given[caller] for caller in before]


def test_callers_that_are_not_mapped_keep_their_number(tmp_path: Path) -> None:
    result = move(tmp_path, {"253-433-5862": "+38761000009"})
    assert "53 callers not mapped" in result.output
    after = [row[1] for row in csv.reader(io.StringIO((tmp_path / "out.csv").read_text()))]
    assert (after.count("+38761000009"), after.count("253-433-5862"), after[0]) == (43, 0, "791-445-9811")


def test_bytes_that_are_no_utf8_leave_as_they_came(tmp_path: Path) -> None:
    row = SOURCE.read_bytes().splitlines(keepends=True)[2].replace(b"Marget", b"M\xe4rget")
    (tmp_path / "in.csv").write_bytes(row)
    move(tmp_path, {}, "--source", str(tmp_path / "in.csv"))
    assert (tmp_path / "out.csv").read_bytes() == row.replace(b"2017-06-20", b"2026-10-05")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "the source holds no rows"),
        ("a,b,c\n", "line 1: not a row of Asterisk's Master.csv"),
        (",".join(["x"] * 18) + "\n", "line 1: the start x is not a date and time"),
    ],
)
def test_a_source_that_is_not_asterisks_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "in.csv").write_text(content)
    result = move(tmp_path, NUMBERS, "--source", str(tmp_path / "in.csv"))
    assert (result.exit_code, complaint in result.output) == (1, True)
    assert not (tmp_path / "out.csv").exists()


def test_a_map_that_is_none_is_refused(tmp_path: Path) -> None:
    for callers in ([], ["12"], {"253-433-5862": "12"}, "x"):
        assert move(tmp_path, callers).exit_code == 1
    assert not (tmp_path / "out.csv").exists()
