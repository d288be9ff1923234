"""`mvne simulate` against a charging interface of the test's own: what it was told is what is booked."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from mvne_charging.app import create_app
from mvne_charging.settler import settle_brand
from mvne_cli.main import main
from mvne_platform.catalogue import PaymentMode
from mvne_platform.runtime import brand_work
from tests.platform.charging.shop import ANNA, BENT, open_line, open_shop
from tests.platform.charging_online.desk import check_books, check_nothing_held, give_money
from tests.platform.outside_world import serving
from tests.plugins.database import Database

BOOKED = "SELECT service, sum(quantity) AS units, count(*) AS events FROM rated_event GROUP BY service"


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        for msisdn in (ANNA, BENT):
            give_money(ctx, open_line(ctx, msisdn, PaymentMode.PREPAID), 100_000_000)
    with serving(create_app()) as made:
        yield made


def simulate(what: str, address: str, log: Path, *options: str) -> list[dict[str, Any]]:
    arguments = ["simulate", what, "--brand", "testbrand", "--url", address, "--log", str(log), *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in log.read_text().splitlines()]


def booked() -> dict[str, tuple[int, int]]:
    """Units and events by service, after everything was booked."""
    settle_brand("testbrand")
    with brand_work("testbrand") as ctx:
        check_books(ctx)
        check_nothing_held(ctx)
        return {row.service: (row.units, row.events) for row in ctx.db.execute(text(BOOKED))}


def test_a_load_of_messages_and_calls_is_booked_as_it_was_told(address: str, tmp_path: Path) -> None:
    told = simulate("load", address, tmp_path / "load", "--duration", "1", "--clients", "4", "--sessions", "0.3")

    assert {one["status"] for one in told} == {200}
    messages = [one for one in told if one["what"] == "charge" and one["answer"]["result"] == "granted"]
    calls = [one["answer"]["used"] for one in told if one["what"] == "release"]
    used = [units for units in calls if units]
    assert booked() == {"sms_out": (len(messages), len(messages)), "voice_out": (sum(used), len(used))}


def test_an_element_is_charged_what_it_reported(address: str, tmp_path: Path) -> None:
    told = simulate("element", address, tmp_path / "log", "--duration", "2", "--at-once", "4", "--speed", "2000")

    assert {one["status"] for one in told} == {200}
    services = {one["request"]["id"]: one["request"]["service"] for one in told if one["what"] == "start"}
    used: Counter[str] = Counter()
    for one in told:
        if one["what"] == "release":
            used[services[one["request"]["session"]]] += one["answer"]["used"]
    assert {service: units for service, (units, _) in booked().items()} == dict(used)
    assert used["voice_out"] > 0


def test_a_brand_without_lines_and_one_that_is_not_there_are_named(database: Database) -> None:
    nobody = CliRunner().invoke(main, ["simulate", "load", "--brand", "testbrand"])
    unknown = CliRunner().invoke(main, ["simulate", "element", "--brand", "nowhere"])

    assert (nobody.exit_code, "NO_SUBSCRIBERS" in nobody.output) == (2, True)
    assert (unknown.exit_code, "UNKNOWN_BRAND" in unknown.output) == (2, True)
