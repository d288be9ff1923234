"""`mvne rate`: the handbook's example, every line of it, and what the command says to what it cannot read."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mvne_cli.main import main
from mvne_cli.rating_files.folder import read_folder
from mvne_cli.rating_files.rating import FileRating
from mvne_platform.rating import ScalarRater

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "rate"
HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
ONE_CALL = "a,voice_out,+4520000001,,+4533112233,2026-10-05T10:00:00Z,61,,,,true,"


def mvne_rate(tariff: Path, events: Path, out: Path, *arguments: str) -> Result:
    given = ["--tariff", str(tariff), "--events", str(events), "--out", str(out), *arguments]
    return CliRunner().invoke(main, ["rate", *given])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rated(tariff: Path, tmp_path: Path, *lines: str, header: str = HEADER) -> list[dict[str, str]]:
    events, out = tmp_path / "events.csv", tmp_path / "rated.csv"
    events.write_text("\n".join((header, *lines)) + "\n")
    result = mvne_rate(tariff, events, out)
    assert result.exit_code == 0, result.output
    return rows_of(out)


@pytest.fixture
def tariff(tmp_path: Path) -> Path:
    """A copy of the example's folder, to be spoiled."""
    return Path(shutil.copytree(EXAMPLE / "tariff", tmp_path / "tariff"))


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    out = tmp_path_factory.mktemp("rate") / "rated.csv"
    result = mvne_rate(EXAMPLE / "tariff", EXAMPLE / "events.csv", out, "--explain")
    assert result.exit_code == 0, result.output
    return rows_of(out)


@pytest.mark.parametrize("engine", ["scalar", "kernel"])
def test_the_example_comes_to_what_was_worked_out_by_hand(engine: str, tmp_path: Path) -> None:
    arguments = ("--expect", str(EXAMPLE / "expected.csv"), "--engine", engine, "--json")
    result = mvne_rate(EXAMPLE / "tariff", EXAMPLE / "events.csv", tmp_path / "rated.csv", *arguments)
    answer = json.loads(result.output)
    assert answer["differences"] == []
    assert result.exit_code == 0
    assert answer["rows"] == 23
    assert answer["status"] == {"barred": 1, "duplicate": 1, "failed": 3, "not_chargeable": 2, "rated": 16}


def test_both_engines_write_the_same_file(tmp_path: Path) -> None:
    files = {engine: tmp_path / f"{engine}.csv" for engine in ("scalar", "kernel")}
    for engine, out in files.items():
        mvne_rate(EXAMPLE / "tariff", EXAMPLE / "events.csv", out, "--engine", engine, "--explain")
    assert files["kernel"].read_text() == files["scalar"].read_text()


def test_each_file_finds_the_balances_of_the_folder_not_what_another_file_left() -> None:
    rating = FileRating(read_folder(EXAMPLE / "tariff"), ScalarRater())
    assert rating.rate(EXAMPLE / "events.csv") == rating.rate(EXAMPLE / "events.csv")


def test_each_row_is_answered_in_its_place(explained: list[dict[str, str]]) -> None:
    records = [line.partition(",")[0] for line in (EXAMPLE / "events.csv").read_text().splitlines()[1:]]
    assert [row["record_id"] for row in explained] == records
    assert [int(row["row"]) for row in explained] == list(range(2, 2 + len(records)))


def test_all_that_rating_found_is_there(explained: list[dict[str, str]]) -> None:
    row = next(row for row in explained if row["record_id"] == "split")
    assert (row["subscription"], row["price_list"], row["price_list_version"]) == ("alice", "default", "1")
    assert (row["quantity"], row["charged"], row["itemised"], row["bill_period"]) == (
        "200",
        "240",
        "true",
        "2026-10-01",
    )
    assert (row["currency"], row["wholesale_currency"], row["wholesale_micros"]) == ("DKK", "EUR", "33333")
    assert json.loads(row["trace"]) == {
        "match": "prefix",
        "match_length": 2,
        "week_minute": 1198,
        "utc_offset_s": 7200,
        "covered": 0,
        "volume_before": -1,
        "spent_before": -1,
        "fee_micros": 250_000,
        "usage_micros": 3_000_000,
        "capped_micros": 3_250_000,
        "discount_bp": 0,
        "left": [],
        "pieces": [
            {"units": 120, "price_micros": 900_000, "week_minute": 1198},
            {"units": 120, "price_micros": 600_000, "week_minute": 1200},
        ],
    }
    helpline = next(row for row in explained if row["record_id"] == "helpline")
    assert (helpline["itemised"], helpline["number_class"]) == ("false", "helpline")


def blocks(page: str) -> list[tuple[str, str]]:
    """The titled blocks of a page, by title and text."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```', text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("record", "told"), blocks("reference/rating-arithmetic.md"))
def test_the_arithmetic_page_tells_what_is_explained(record: str, told: str, explained: list[dict[str, str]]) -> None:
    row = next(row for row in explained if row["record_id"] == record)
    lines = [
        line
        for step in json.loads(row["explanation"])
        for line in (step["title"], *([f"    {step['arithmetic']}"] if step["arithmetic"] else []))
    ]
    assert told.splitlines() == lines


@pytest.mark.parametrize(("name", "told"), blocks("guides/rate-files.md"))
def test_the_guide_shows_the_files_of_the_example(name: str, told: str) -> None:
    file, _, part = name.partition(", ")
    content = (EXAMPLE / file).read_text(encoding="utf-8")
    assert content.startswith(told) if part else content == told


def test_a_difference_is_told_and_fails(tmp_path: Path) -> None:
    expected = tmp_path / "expected.csv"
    expected.write_text("record_id,amount_micros\nsplit,3150000\nnobody,1\n")
    out = tmp_path / "rated.csv"
    result = mvne_rate(EXAMPLE / "tariff", EXAMPLE / "events.csv", out, "--expect", str(expected))
    assert result.exit_code == 1
    assert "record split: amount_micros is '3250000', expected '3150000'" in result.output
    assert "record nobody: record_id is 'no such record', expected 'nobody'" in result.output
    assert len(rows_of(out)) == 23


def test_a_price_list_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    for name in ("zones.csv", "rates.csv", "bands.csv"):
        shutil.copy(EXAMPLE / "tariff" / name, folder)
    (row,) = rated(folder, tmp_path, ONE_CALL)
    # By the clock of UTC it is 10:00 on a Monday, in peak: 2 x 0.90 + 0.25.
    assert (row["subscription"], row["band"], row["currency"], row["amount_micros"]) == (
        "+4520000001",
        "peak",
        "EUR",
        "2050000",
    )
    assert (row["wholesale_micros"], row["takes"]) == ("", "[]")


def test_folders_are_versions_and_lists(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    for place, price in (
        ("cheap/2026-01-01", "0.10"),
        ("cheap/2026-10-05", "0.20"),
        ("price_lists/dear/2026-01-01", "9"),
    ):
        version = folder / place
        version.mkdir(parents=True)
        (version / "zones.csv").write_text("zone,name,prefixes\ndk,Denmark,45\n")
        (version / "rates.csv").write_text(
            f"zone,service,first,next,price,per\ndk,voice_out,1,1,{price},1min\n".replace(",9,", ",9.00,")
        )
    (folder / "tariff.toml").write_text('price_list = "cheap"\n')
    (folder / "subscribers.csv").write_text(
        "subscriber,valid_from,price_list\n"
        "+4520000001,,\n"
        # A, B, A: on the dear list for one day.
        "+4520000001,2026-10-06,dear\n"
        "+4520000001,2026-10-07T00:00:00Z,cheap\n"
    )
    starts = ("2026-10-04T23:59:59Z", "2026-10-05T00:00:00Z", "2026-10-06T12:00:00Z", "2026-10-07T00:00:00Z")
    lines = [f"{n},voice_out,+4520000001,,+4533112233,{start},60,,,,true," for n, start in enumerate(starts)]
    rows = rated(folder, tmp_path, *lines)
    assert [(row["price_list"], row["price_list_version"], row["amount_micros"]) for row in rows] == [
        ("cheap", "1", "100000"),
        ("cheap", "2", "200000"),
        ("dear", "1", "9000000"),
        ("cheap", "2", "200000"),
    ]


def test_events_are_rated_in_the_order_of_time_and_answered_in_that_of_the_file(tariff: Path, tmp_path: Path) -> None:
    later = "later,voice_out,+4520000002,,+4533112233,2026-10-05T18:30:00Z,60,,,,true,"
    sooner = "sooner,voice_out,+4520000002,,+4533112233,2026-10-05T10:00:00Z,61,,,,true,"
    rows = rated(tariff, tmp_path, later, sooner)
    # 100 s of allowance: all to the sooner call, though it stands below.
    assert [(row["record_id"], len(json.loads(row["takes"]))) for row in rows] == [("later", 1), ("sooner", 2)]


def test_parts_of_a_call_are_one_call(tariff: Path, tmp_path: Path) -> None:
    header = f"{HEADER},call,part,last"
    part = "voice_out,+4520000001,,+4533112233,2026-10-05T18:3{}:00Z,{},,,,true,,c1,{},{}"
    rows = rated(
        tariff,
        tmp_path,
        "b," + part.format(1, 31, 2, "true"),
        "a," + part.format(0, 60, 1, ""),
        "a," + part.format(0, 60, 1, ""),
        header=header,
    )
    # One fee: 0.25 + 91 x 0.60 / 60 = 1.16
    assert [(row["record_id"], row["status"], row["quantity"], row["amount_micros"]) for row in rows] == [
        ("b", "joined", "", ""),
        ("a", "rated", "91", "1160000"),
        ("a", "duplicate", "", ""),
    ]
    assert rows[0]["detail"] == "A part of the call on line 3 of this file."


def test_a_number_that_changed_hands_is_charged_to_who_had_it(tariff: Path, tmp_path: Path) -> None:
    (tariff / "subscribers.csv").write_text(
        "subscriber,subscription,valid_from\n+4520000001,alice,\n+4520000001,bob,2026-10-05T10:00:00Z\n"
        "238010000000001,bob,\n+4520000003,carla,\n+4520000004,dan,\n"
    )
    (tariff / "buckets.csv").unlink()
    rows = rated(
        tariff,
        tmp_path,
        "1,voice_out,+4520000001,,+4533112233,2026-10-05T09:59:59Z,61,,,,true,",
        "2,voice_out,+4520000001,,+4533112233,2026-10-05T10:00:00Z,61,,,,true,",
        "3,voice_out,+4520000001,238010000000001,+4533112233,2026-10-05T09:00:00Z,61,,,,true,",
        "4,voice_out,,238010000000001,+4533112233,2026-10-05T09:00:00Z,61,,,,true,",
    )
    assert [(row["subscription"], row["reason"]) for row in rows] == [
        ("alice", ""),
        ("bob", ""),
        ("", "identifiers_disagree"),
        ("bob", ""),
    ]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "rates.csv",
            'zone,service,first,next,price,per\ndk,voice_out,1,1,"0,60",1min\n',
            "rates.csv:2:",
        ),
        ("tariff.toml", 'time_zone = "Mars"\n', "tariff.toml: 'time_zone': 'Mars' is no time zone"),
        ("tariff.toml", "currency = \n", "tariff.toml: this is not TOML"),
        ("tariff.toml", 'price_list = "gold"\n', "there is no price list 'gold'; there are default"),
        ("subscribers.csv", "subscriber,plan\n+45,gold\n", "subscribers.csv:1: the header has plan; columns are"),
        (
            "subscribers.csv",
            "subscriber,payment_mode\n+4520000001,later\n",
            "subscribers.csv:2: 'payment_mode': 'later' is not 'prepaid', 'postpaid' or 'hybrid'",
        ),
        (
            "subscribers.csv",
            'subscriber,subscription,spend_limit\n+4520000001,alice,"1,00"\n',
            "subscribers.csv:2: 'spend_limit': '1,00' is no amount such as 0.79; the decimal sign is a point",
        ),
        (
            "buckets.csv",
            "subscription,group,bucket,unit,quantity\nalice,family,x,second,1\n",
            "buckets.csv:2: name either 'subscription' or 'group'",
        ),
        (
            "buckets.csv",
            "subscription,bucket,unit,quantity\nzoe,x,second,1\n",
            "buckets.csv:2: 'subscription': 'zoe' is not in subscribers.csv",
        ),
        (
            "buckets.csv",
            "subscription,bucket,unit,quantity\nalice,x,second,1\nalice,main,money,5\n",
            "buckets.csv:3: a bucket of the unit 'money' has its content in 'amount' and only there",
        ),
        (
            "buckets.csv",
            "subscription,bucket,unit,quantity,valid_to\nalice,x,second,1,soon\n",
            "buckets.csv:2: 'valid_to': 'soon' is neither a day (2026-01-31) nor a time with offset (RFC 3339)",
        ),
        (
            "buckets.csv",
            "subscription,bucket,unit\nalice,x\n",
            "buckets.csv:2: the line has 2 fields, and the header 3",
        ),
        ("buckets.csv", "", "buckets.csv: the file is empty; it begins with the line subscription,group,bucket"),
        (
            "counters.csv",
            "subscription,counter,period,amount\nalice,spend,2026-10-02,1\n",
            "counters.csv:2: the period '2026-10-02' is not the first day of a month",
        ),
        ("portability.csv", "number,operator\n4520,tdc\n", "portability.csv:2: 'number':"),
        ("surprise.csv", "a,b\n", "surprise.csv"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    file: str, text: str, told: str, tariff: Path, tmp_path: Path
) -> None:
    (tariff / file).write_text(text)
    out = tmp_path / "rated.csv"
    result = mvne_rate(tariff, EXAMPLE / "events.csv", out)
    assert result.exit_code == 2, result.output
    assert told in result.output
    assert not out.exists()


def test_events_of_another_format_are_refused(tariff: Path, tmp_path: Path) -> None:
    events, out = tmp_path / "events.csv", tmp_path / "rated.csv"
    events.write_text("when,who\n")
    result = mvne_rate(tariff, events, out, "--json")
    assert result.exit_code == 2
    error: dict[str, Any] = json.loads(result.output)["error"]
    assert error["code"] == "EVENTS_REJECTED"
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("amount_micros\n1\n", "the header lacks record_id"),
        ("record_id,price\n1,2\n", "no answer has the column price"),
        ("record_id,zone\n1\n", "line 2: the line has not 2 fields"),
    ],
)
def test_expectations_that_cannot_be_read_are_refused(text: str, told: str, tmp_path: Path) -> None:
    expected, out = tmp_path / "expected.csv", tmp_path / "rated.csv"
    expected.write_text(text)
    result = mvne_rate(EXAMPLE / "tariff", EXAMPLE / "events.csv", out, "--expect", str(expected))
    assert result.exit_code == 2
    assert told in result.output
    assert not out.exists()
