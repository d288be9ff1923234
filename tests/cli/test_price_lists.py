"""`mvne price-list`: files in, files out, findings, exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mvne_cli.main import main
from tests.plugins.database import Database

ZONES = "zone,name,prefixes,networks\ndk,Danmark,45,\nhome,Hjemme,,home\n"
RATES = "zone,service,first,next,price,per\ndk,voice_out,60,1,0.50,60\nhome,data,1kB,1kB,2.00,1GB\n"
HEADER = "destination,prefix,initial_rate_per_minute,increment_rate_per_minute,time_band\n"
TERMS = 'currency = "USD"\nrate = 6.91\ndate = 2026-09-30\n'


def price_list(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["price-list", *map(str, arguments), "--json"])


def answered(result: Result, exit_code: int = 0) -> Any:
    assert result.exit_code == exit_code, result.output
    return json.loads(result.output)


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    """A price list of two zones, beside an installation with the brand `testbrand`."""
    made = tmp_path / "list"
    made.mkdir()
    (made / "zones.csv").write_text(ZONES)
    (made / "rates.csv").write_text(RATES)
    return made


def put(folder: Path, *options: object, exit_code: int = 0) -> Any:
    return answered(price_list("import", "testbrand", "small", folder, "--from", "2026-10-01", *options), exit_code)


def listed() -> list[tuple[str, str, int]]:
    rows = answered(price_list("list", "testbrand"))
    return [(row["price_list"], row["valid_from"], row["version"]) for row in rows]


def test_a_dry_run_tells_and_changes_nothing(folder: Path) -> None:
    told = put(folder, "--dry-run")
    assert told["change"] is None
    assert "+ rate/dk/voice_out/*: 0.50 per 1min, 1min/1" in told["differences"]
    assert {one["message"] for one in told["findings"]} >= {"sms_out has no rate in any zone, so all of it fails"}
    assert listed() == []


def test_a_list_is_imported_exported_and_imported_again(folder: Path, tmp_path: Path) -> None:
    assert put(folder)["change"] == "created"
    assert put(folder)["change"] == "unchanged"
    assert listed() == [("small", "2026-09-30T22:00:00+00:00", 1)]
    out = tmp_path / "out"
    written = answered(price_list("export", "testbrand", "small", out, "--at", "2026-10-02"))
    assert [Path(one["file"]).name for one in written] == ["zones.csv", "rates.csv"]
    again = put(out)
    assert (again["change"], again["differences"]) == ("unchanged", [])
    (out / "bands.csv").write_text("band,days,from,to\n")
    refused = answered(price_list("export", "testbrand", "small", out, "--at", "2026-10-02"), 2)
    assert refused["error"]["code"] == "FILES_IN_THE_WAY"


def test_faults_are_told_with_their_places(folder: Path) -> None:
    (folder / "rates.csv").write_text(RATES.replace("0.50", '"0,50"'))
    told = put(folder, "--dry-run", exit_code=1)
    (finding,) = told["findings"]
    assert (finding["severity"], finding["file"], finding["line"], finding["column"]) == (
        "error", "rates.csv", 2, "price",
    )  # fmt: skip
    refused = put(folder, exit_code=2)
    assert refused["error"]["code"] == "PRICE_LIST_FILES_FAULTY"
    assert "rates.csv:2: 'price': '0,50' is no amount" in refused["error"]["message"]
    assert listed() == []


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "zones.csv").write_bytes(ZONES.replace("Hjemme", "Hjemmenet på øen").encode("iso-8859-1"))
    refused = put(folder, exit_code=2)
    assert refused["error"]["code"] == "NOT_UTF8"
    assert refused["error"]["message"].startswith("Byte 60 of zones.csv is not UTF-8")
    assert listed() == []


def test_a_child_a_wholesale_list_and_a_deck(folder: Path) -> None:
    put(folder)
    (folder / "zones.csv").unlink()
    (folder / "rates.csv").write_text(RATES.partition("home")[0].replace("0.50", "0.10"))
    child = price_list("import", "testbrand", "child", folder, "--from", "2026-10-01", "--parent", "small")
    assert answered(child)["change"] == "created"
    (folder / "rates.csv").unlink()
    (folder / "deck.csv").write_text(f"{HEADER}Sweden,46,0.1,0.1,peak\n")
    deck = ("import", "testbrand", "host", folder, "--from", "2026-10-01", "--wholesale", "EUR")
    refused = answered(price_list(*deck), 2)
    assert "a rate deck needs its currency and a dated exchange rate" in refused["error"]["message"]
    (folder / "deck.toml").write_text("currency = 1\n")
    assert answered(price_list(*deck), 2)["error"]["code"] == "DECK_TERMS"
    (folder / "deck.toml").write_text(TERMS)
    assert answered(price_list(*deck))["change"] == "created"
    assert [code for code, _, _ in listed()] == ["child", "host", "small"]


def test_the_check_has_exit_codes(folder: Path) -> None:
    put(folder)
    found = answered(price_list("check", "testbrand", "small", "--at", "2026-10-02"))
    assert {(row["price_list"], row["severity"]) for row in found} == {("small", "warning")}
    assert answered(price_list("check", "testbrand", "--at", "2026-10-02", "--strict"), 1) == found
    assert answered(price_list("check", "testbrand", "nobody"), 2)["error"]["code"] == "UNKNOWN_PRICE_LIST"
    answered(price_list("import", "testbrand", "later", folder, "--from", "2030-01-01"))
    together = answered(price_list("check", "testbrand", "--at", "2026-10-02"))
    assert {row["price_list"] for row in together} == {"later", "small"}


def test_the_world_is_built_from_tables(tmp_path: Path) -> None:
    texts = {
        "ranges.csv": "prefix,region,type,tariff\n4520,DK,MOBILE,STANDARD_RATE\n4580,DK,FIXED_LINE,TOLL_FREE\n",
        "networks.csv": "mcc,mnc,country\n238,01,DK\n262,01,DE\n",
        "groups.csv": "zone,name,countries\neu,EU,DE\nworld,World,*\n",
        "deck.csv": f"{HEADER}Denmark,45,0.1,0.1,peak\n",
        "deck.toml": TERMS,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    names = ("ranges", "networks", "groups", "deck")
    sources = [part for name in names for part in (f"--{name}", tmp_path / f"{name}.csv")]
    refused = price_list("build", tmp_path / "world", *sources, "--otherwise", "1,50")
    assert (refused.exit_code, "'1,50' is no amount such as 0.79" in refused.output) == (2, True)
    answered(price_list("build", tmp_path / "world", *sources, "--otherwise", "1.50"))
    assert (tmp_path / "world/zones.csv").read_text().splitlines()[1:] == [
        "denmark,Denmark,,45,,,,",
        "dk-mobile,DK mobile,,4520,,,,",
        "dk-toll-free,DK toll free,free,4580,,,,",
        "eu,EU,,,,262-01,,",
        "world,World,,,,238-01,,",
    ]
    assert (tmp_path / "world/rates.csv").read_text().splitlines()[1:] == [
        "denmark,voice_out,,,1min,1min,0.691,1min,,,,,,",
        "dk-mobile,voice_out,,,1min,1min,0.691,1min,,,,,,",
    ]
    (tmp_path / "ranges.csv").write_text("prefix,land\n45,DK\n")
    assert answered(price_list("build", tmp_path / "x", *sources), 2)["error"]["code"] == "SOURCES_FAULTY"
    (tmp_path / "deck.toml").unlink()
    assert answered(price_list("build", tmp_path / "x", *sources), 2)["error"]["code"] == "DECK_TERMS"
