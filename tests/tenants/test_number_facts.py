"""What the demo brands say of numbers is what public data says of them, or says that nobody confirmed it."""

import csv
from functools import cache
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import shortnumberinfo
from phonenumbers.shortnumberinfo import ShortNumberCost

ROOT = Path(__file__).resolve().parents[2]
COUNTRIES = {"fjord": ("DK", "45"), "most": ("BA", "387"), "pixel": ("DE", "49")}
# Not in the public data. 112 is an emergency call from every mobile all the same.
BESIDES = {("most", "112"): "3GPP TS 22.101", ("most", "121"): "unconfirmed"}
ROWS = [
    (slug, row)
    for slug in COUNTRIES
    for row in csv.DictReader(
        (ROOT / f"tenants/brands/{slug}/number_data/short_codes.csv").read_text("utf-8").splitlines()
    )
]


@cache
def tariffs() -> dict[str, str]:
    """The tariff class of each range of numbers of the world."""
    with (ROOT / "simulators/mvne_simulators/data/number_ranges.csv").open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: row["tariff"] for row in csv.DictReader(file)}


def class_of(code: str, country: str) -> str:
    """The class that the public data gives a short number."""
    if shortnumberinfo.is_emergency_number(code, country):
        return "emergency"
    number = phonenumbers.PhoneNumber(phonenumbers.country_code_for_region(country), int(code))
    cost = shortnumberinfo.expected_cost_for_region(number, country)
    return "freephone" if cost == ShortNumberCost.TOLL_FREE else ""


@pytest.mark.parametrize(("slug", "row"), ROWS, ids=lambda one: one if isinstance(one, str) else one["code"])
def test_a_code_is_what_its_source_says(slug: str, row: dict[str, str]) -> None:
    country, prefix = COUNTRIES[slug]
    code = row["code"]
    if (slug, code) in BESIDES:
        assert row["source"].startswith(BESIDES[slug, code])
        assert class_of(code, country) == ""
    elif code.endswith("*"):
        assert (row["class"], tariffs()[code[1:-1]]) == ("freephone", "TOLL_FREE")
    else:
        assert row["class"] == class_of(code.removeprefix(f"+{prefix}"), country)
        assert row["source"].startswith("libphonenumber 9.0.42")


@pytest.mark.parametrize("slug", COUNTRIES)
def test_no_emergency_number_of_a_brands_country_is_left_out(slug: str) -> None:
    country, _ = COUNTRIES[slug]
    known = {row["code"] for brand, row in ROWS if brand == slug and row["class"] == "emergency"}
    numbers = (str(number) for number in range(100, 1_000))
    assert {one for one in numbers if shortnumberinfo.is_emergency_number(one, country)} <= known
