import csv
import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mvne_simulators.__main__ import main
from mvne_simulators.traffic.numbering import world
from mvne_simulators.traffic.planting import BREAKAGES
from mvne_simulators.traffic.records import HEADER

SUBSCRIBERS = [
    {"msisdn": f"+45201234{number:02}", "imsi": f"2380100000000{number:02}", "active_from": "2026-10-01T06:00:00Z"}
    for number in range(8)
]
MONTH = ("--from", "2026-10-01T00:00Z", "--to", "2026-11-01T00:00Z")
PLENTY = ("--duplicates", "0.05", "--repeats", "0.05", "--malformed", "0.05", "--unknown", "0.05")
KNOWN = {one["msisdn"] for one in SUBSCRIBERS}


def generate(folder: Path, *arguments: str, subscribers: object = SUBSCRIBERS) -> Result:
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "subscribers.json"
    source.write_text(json.dumps(subscribers))
    options = ["traffic", "--subscribers", str(source), "--out", str(folder / "out")]
    return CliRunner().invoke(main, [*options, "--manifest", str(folder / "manifest.json"), *arguments])


def month(folder: Path, *arguments: str) -> tuple[dict[str, bytes], Any]:
    result = generate(folder, *MONTH, "--seed", "7", "--zone", "Europe/Copenhagen", *arguments)
    assert result.exit_code == 0, result.output
    files = {path.name: path.read_bytes() for path in sorted((folder / "out").iterdir())}
    return files, json.loads((folder / "manifest.json").read_text())


def rows(files: dict[str, bytes]) -> dict[str, list[list[str]]]:
    parsed = {name: list(csv.reader(content.decode().splitlines())) for name, content in files.items()}
    assert all(tuple(found[0]) == HEADER for found in parsed.values())
    return {name: found[1:] for name, found in parsed.items()}


def records(found: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in found if len(row) == len(HEADER)]


def test_the_same_arguments_give_the_same_files(tmp_path: Path) -> None:
    first, second = month(tmp_path / "a"), month(tmp_path / "b")
    assert first == second
    assert list(first[0]) == [f"usage-202610{day:02}.csv" for day in range(1, 32)]
    assert month(tmp_path / "c", "--seed", "8")[0] != first[0]


def test_the_files_of_this_release_are_known(tmp_path: Path) -> None:
    """A change of the generator or its data changes everybody's demo: it must be meant."""
    files, manifest = month(tmp_path)
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()
    assert (manifest["good"], manifest["planted"]) == (3411, 77)
    assert digest == "beae19aae9cad8365402542dd8fdc8ae61e04c0ec9beef9e535c07f0831be7d7"


def test_a_day_does_not_depend_on_the_period(tmp_path: Path) -> None:
    whole, _ = month(tmp_path / "a", "--repeats", "0")
    part = generate(
        tmp_path / "b", "--from", "2026-10-10T00:00Z", "--to", "2026-10-11T12:00Z", "--seed", "7",
        "--zone", "Europe/Copenhagen", "--repeats", "0",
    )  # fmt: skip
    assert part.exit_code == 0
    out = tmp_path / "b" / "out"
    assert (out / "usage-20261010.csv").read_bytes() == whole["usage-20261010.csv"]
    half = rows({"half": (out / "usage-20261011.csv").read_bytes()})["half"]
    good = [one for one in half if not is_malformed(one) and one[2] in KNOWN]
    assert 0 < len(good) < len(whole["usage-20261011.csv"].splitlines())
    assert max(one[5] for one in good) < "2026-10-11T12:00:00Z"


def test_the_manifest_counts_what_the_files_hold(tmp_path: Path) -> None:
    files, manifest = month(tmp_path, *PLENTY)
    found = rows(files)
    seen: set[str] = set()
    for one in manifest["files"]:
        in_file = found[one["file"]]
        planted = one["planted"]
        malformed = [row for row in in_file if is_malformed(row)]
        well_formed = [row for row in in_file if not is_malformed(row)]
        strangers = [row for row in well_formed if row[2] not in KNOWN]
        ids = Counter(row[0] for row in well_formed)
        good_ids = {row[0] for row in well_formed if row[2] in KNOWN} - seen
        repeats = [row for row in well_formed if row[0] in seen]
        assert len(in_file) == one["rows"]
        assert len(malformed) == sum(planted["malformed"].values())
        assert len(strangers) == planted["unknown_subscriber"]
        assert sum(ids.values()) - len(ids) == planted["duplicates"]
        assert len(repeats) == planted["repeats_of_day_before"]
        assert len(good_ids) == one["good"]
        services = Counter({row[0]: row[1] for row in well_formed if row[0] in good_ids}.values())
        assert services == one["services"]
        seen |= good_ids
    assert manifest["rows"] == sum(len(one) for one in found.values())
    assert manifest["rows"] == manifest["good"] + manifest["planted"]
    kinds = {kind for one in manifest["files"] for kind in one["planted"]["malformed"]}
    assert kinds == set(BREAKAGES)


def is_malformed(row: list[str]) -> bool:
    if len(row) != len(HEADER):
        return True
    one = dict(zip(HEADER, row, strict=True))
    return not (
        re.fullmatch(r"2026-10-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z", one["start"])
        and one["service"] != "telepathy"
        and re.fullmatch(r"\+[0-9]+", one["subscriber"])
        and all(re.fullmatch("[0-9]*", one[quantity]) for quantity in ("duration_s", "bytes", "count"))
    )


def test_good_rows_are_usage_of_active_subscribers_in_their_time(tmp_path: Path) -> None:
    subscribers = [*SUBSCRIBERS[:3], {**SUBSCRIBERS[3], "active_from": "2026-10-20T12:00:00+02:00"}]
    result = generate(
        tmp_path, *MONTH, "--seed", "3", "--duplicates", "0", "--repeats", "0", "--malformed", "0", "--unknown", "0",
        "--roaming", "0.5", "--per-day", "40", subscribers=subscribers,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    files = {path.name: path.read_bytes() for path in sorted((tmp_path / "out").iterdir())}
    late = datetime(2026, 10, 20, 10, tzinfo=UTC)
    imsi_of = {one["msisdn"]: one["imsi"] for one in subscribers}
    for name, found in rows(files).items():
        day = records(found)
        assert day == sorted(day, key=lambda one: (one["start"], one["record_id"]))
        for one in day:
            start = datetime.fromisoformat(one["start"])
            assert f"usage-{start:%Y%m%d}.csv" == name
            assert start >= (
                late if one["subscriber"] == SUBSCRIBERS[3]["msisdn"] else datetime(2026, 10, 1, 6, tzinfo=UTC)
            )
            assert one["imsi"] == imsi_of[one["subscriber"]]
            assert_shape(one)


def assert_shape(one: dict[str, str]) -> None:
    filled = {name for name in HEADER if one[name]}
    kind = one["service"].removeprefix("roaming_")
    always = {"record_id", "service", "subscriber", "imsi", "start", "cause"}
    abroad = {"visited_network"} if one["service"].startswith("roaming_") else set()
    assert (
        filled - always - abroad
        == {
            "voice_out": {"other_party", "duration_s", "answered"},
            "voice_in": {"other_party", "duration_s", "answered"},
            "sms_out": {"other_party", "count"},
            "mms_out": {"other_party", "count"},
            "data": {"duration_s", "bytes"},
        }[kind]
    )
    if kind.startswith("voice"):
        assert (one["answered"] == "true") == (one["duration_s"] != "0") == (one["cause"] == "normal_clearing")
    if abroad:
        region = next(region for region, networks in world().networks.items() if one["visited_network"] in networks)
        assert region != "DK"


def test_called_numbers_come_from_the_numbering_plan(tmp_path: Path) -> None:
    files, manifest = month(tmp_path, "--per-day", "60")
    kinds: Counter[str] = Counter()
    for found in rows(files).values():
        for one in records(found):
            if one["other_party"] in ("", "112"):
                continue
            known = world().range_of(one["other_party"])
            assert known is not None
            assert known.kind is not None
            kinds["abroad" if known.region != "DK" else known.kind] += 1
    destinations = Counter[str]()
    for one in manifest["files"]:
        destinations.update(one["destinations"])
    assert min(kinds["abroad"], kinds["freephone"], kinds["mobile"], destinations["emergency"]) > 10
    assert sorted(destinations) == [
        "emergency", "freephone", "international", "internet", "national_fixed", "national_mobile", "on_net",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("msisdn", "home"),
    [("+4520123401", "DK"), ("+4520000001", "DK"), ("+38761000001", "BA"), ("+4915200000001", "DE"), ("+387999", "BA")],
)
def test_a_subscriber_has_a_home_even_where_no_range_is_listed(msisdn: str, home: str) -> None:
    assert world().home_of(msisdn) == home


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from", "2026-10-01T00:00", "--to", "2026-11-01T00:00Z", "--seed", "1"), "give the offset too"),
        (("--from", "October", "--to", "2026-11-01T00:00Z", "--seed", "1"), "write a time as"),
        (("--from", "2026-11-01T00:00Z", "--to", "2026-11-01T00:00Z", "--seed", "1"), "must be later than --from"),
        ((*MONTH, "--seed", "1", "--zone", "Mars/Olympus"), "name a zone of the tz database"),
        ((*MONTH, "--seed", "1", "--malformed", "2"), "range 0<=x<=1"),
    ],
)
def test_arguments_that_make_no_sense_write_nothing(tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    result = generate(tmp_path, *arguments)
    assert (result.exit_code, complaint in result.output) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("subscribers", "complaint"),
    [
        ([], "at least 1 item"),
        ([SUBSCRIBERS[0], SUBSCRIBERS[0]], "+4520123400 stands there more than once"),
        ([{**SUBSCRIBERS[0], "active_from": "2026-10-01T00:00:00"}], "0.active_from"),
        ([{**SUBSCRIBERS[0], "msisdn": "20123400"}], "0.msisdn"),
        ([{**SUBSCRIBERS[0], "msisdn": "+99912345678"}], "no range near the subscriber +99912345678"),
    ],
)
def test_subscribers_that_make_no_sense_write_nothing(tmp_path: Path, subscribers: object, complaint: str) -> None:
    result = generate(tmp_path, *MONTH, "--seed", "1", subscribers=subscribers)
    assert (result.exit_code, complaint in result.output) == (1, True), result.output
    assert not list((tmp_path / "out").glob("*"))
