"""The demo brands: each is sound, differs from the others, and knows a price for the whole real world."""

import csv
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import mvne_tenants
from mvne_platform import catalogue
from mvne_platform.catalogue import BandPolicy, Service, TariffRate, TariffVersion, Treatment, editing, sellable
from mvne_platform.runtime import brand_work
from mvne_tenants import ChangeKind, ManifestFaulty, read_folder
from mvne_tenants.manifest import Manifest, Surroundings, read_manifest
from tests.plugins.database import Database

ROOT = Path(__file__).parents[2]
BRANDS = ROOT / "tenants/brands"
WORLD = ROOT / "simulators/mvne_simulators/data"
AUTUMN = datetime(2026, 10, 15, tzinfo=UTC)
PRICE_LISTS = {"fjord": "fjord-2026", "most": "most-2026", "pixel": "europe"}
HOME = {"fjord": "238", "most": "218", "pixel": "262"}


def test_a_brand_cannot_subscribe_before_its_catalogue_is_published(database: Database) -> None:
    with pytest.raises(
        ManifestFaulty, match=r"brand\.toml:\d+: UNKNOWN_SHARED: Version 1 .* 'europe' is not published"
    ):
        mvne_tenants.apply(read_folder(BRANDS / "pixel"))


def test_publishing_the_same_again_is_the_same_version(database: Database) -> None:
    published = [mvne_tenants.publish_shared(ROOT / "tenants/shared/europe") for _ in range(2)]
    assert [(one.code, one.version) for one in published] == [("europe", 1), ("europe", 1)]


def test_the_demo_brands(database: Database) -> None:
    mvne_tenants.publish_shared(ROOT / "tenants/shared/europe")
    shown = {}
    for slug in PRICE_LISTS:
        mvne_tenants.apply(read_folder(BRANDS / slug))
        plan = mvne_tenants.plan(read_folder(BRANDS / slug))
        assert {change.kind for change in plan.changes} == {ChangeKind.UNCHANGED}
        assert all(point.met for point in mvne_tenants.readiness(slug)), mvne_tenants.readiness(slug)
        with brand_work(slug) as ctx:
            shown[slug] = {
                view.offering.code: (view.offering.name[ctx.brand.language], view.prices[0].amount_micros)
                for view in sellable(ctx)
            }
    assert shown == {
        "fjord": {
            "fjord-5": ("Fjord 5", 89_000_000),
            "fjord-30": ("Fjord 30", 149_000_000),
            "fjord-100": ("Fjord 100", 229_000_000),
            "fjord-family": ("Fjord Familie", 129_000_000),
            "fjord-family-line": ("Fjord Familielinje", 39_000_000),
            "data-10": ("10 GB ekstra", 49_000_000),
            "world-1": ("Ud i verden", 99_000_000),
        },
        "most": {
            "most-start": ("Most Start", 15_000_000),
            "most-plus": ("Most Plus", 29_000_000),
            "most-office": ("Most Ured", 59_000_000),
            "region-5": ("Region 5", 9_000_000),
            "region-talk-20": ("Region za 20 % manje", 3_000_000),
        },
        # Own names, two own prices, and 'pay-as-you-go' not shown.
        "pixel": {
            "bundle-s": ("Pixel S", 5_990_000),
            "bundle-m": ("Pixel M", 8_990_000),
            "bundle-l": ("Pixel XL", 13_990_000),
            "data-5": ("Mehr Pixel", 4_990_000),
        },
    }


@cache
def manifest_of(slug: str) -> Manifest:
    """A brand's manifest as it lies there."""
    shared = editing.read_catalogue(tomllib.loads((ROOT / "tenants/shared/europe/catalogue.toml").read_text()))
    assert not isinstance(shared, list)
    return read_manifest(read_folder(BRANDS / slug), Surroundings(shared={("europe", 1): shared}))


@pytest.fixture(scope="module")
def tariffs() -> dict[str, TariffVersion]:
    """The brands' tariffs straight from their manifests."""
    found = {}
    for slug, code in PRICE_LISTS.items():
        manifest = manifest_of(slug)
        zone = manifest.registration.time_zone
        tariff = catalogue.compile_drafts(manifest.price_lists, zone, {}, code)
        version = tariff.version_at(AUTUMN)
        assert version is not None
        found[slug] = version
    return found


def zone_of(version: TariffVersion, number: str) -> tuple[str, Treatment] | None:
    """The zone of a called number by the longest prefix, found by trying them all."""
    if not number.startswith("+"):
        zone = version.short_codes.get(number)
        return (zone.code, zone.treatment) if zone else None
    matching = [prefix for prefix in version.prefixes if number[1:].startswith(prefix)]
    zone = version.prefixes[max(matching, key=len)] if matching else None
    return (zone.code, zone.treatment) if zone else None


@pytest.mark.parametrize(
    ("slug", "number", "zone", "treatment"),
    [
        ("fjord", "+4552520001", "fjord", "normal"),
        ("fjord", "+4533123456", "dk", "normal"),
        ("fjord", "112", "emergency", "free"),
        ("fjord", "+4580123456", "freephone", "free"),
        ("fjord", "+4590123456", "premium", "barred"),
        ("fjord", "+4930123456", "eu", "normal"),
        ("fjord", "+441234567890", "europe", "normal"),
        ("fjord", "+12125550100", "north-america", "normal"),
        ("fjord", "+881612345678", "satellite", "barred"),
        ("fjord", "+819012345678", "world", "normal"),
        ("most", "+38767100001", "most", "normal"),
        ("most", "+38761123456", "ba-mobile", "normal"),
        ("most", "+38733123456", "ba-fixed", "normal"),
        ("most", "122", "emergency", "free"),
        ("most", "+38790123456", "premium", "barred"),
        ("most", "+381641234567", "region", "normal"),
        # The PBX's calls: the brand's own zone, freephone, and what the deck blocks within it.
        ("most", "+17154139112", "nanp", "normal"),
        ("most", "+18662265551", "nanp-free", "free"),
        ("most", "+12125550100", "us-nyc", "barred"),
        ("most", "+17875550100", "puerto-rico", "normal"),
        # The deck.
        ("most", "+35512345678", "albania", "normal"),
        ("most", "+355691234567", "albania-mobile-vodafone", "normal"),
        ("most", "+33123456789", "france-paris", "barred"),
        ("most", "+441234567890", "united-kingdom", "barred"),
        ("pixel", "+4917604069001", "on-net", "normal"),
        ("pixel", "+4915112345678", "national-mobile", "normal"),
        ("pixel", "+493012345678", "national-fixed", "normal"),
        ("pixel", "110", "emergency", "free"),
        ("pixel", "+498001234567", "freephone", "free"),
        ("pixel", "+499001234567", "premium", "barred"),
        ("pixel", "+4533123456", "eu", "normal"),
    ],
)
def test_where_a_call_goes(
    tariffs: dict[str, TariffVersion], slug: str, number: str, zone: str, treatment: str
) -> None:
    assert zone_of(tariffs[slug], number) == (zone, Treatment(treatment))


def rate(version: TariffVersion, zone: str, service: Service, band: str = "*") -> TariffRate:
    """A rate by the code of its zone."""
    (found,) = [item for item in version.zones if item.code == zone]
    return version.rates[service, found.id][band]


def test_the_deck_is_priced_at_the_dated_exchange_rate(tariffs: dict[str, TariffVersion]) -> None:
    # 0.15 USD a started minute at 1.6683 BAM.
    found = rate(tariffs["most"], "albania", Service.VOICE_OUT)
    assert (found.price_micros, found.per, found.first_increment, found.next_increment) == (250_245, 60, 60, 60)
    assert rate(tariffs["most"], "puerto-rico", Service.VOICE_OUT).price_micros == 0
    assert rate(tariffs["most"], "nanp", Service.VOICE_OUT).price_micros == 390_000


def test_day_and_evening_differ_for_one_brand(tariffs: dict[str, TariffVersion]) -> None:
    assert rate(tariffs["most"], "ba-mobile", Service.VOICE_OUT, "day").price_micros == 230_000
    assert rate(tariffs["most"], "ba-mobile", Service.VOICE_OUT).price_micros == 150_000
    assert {slug: bool(version.bands) for slug, version in tariffs.items()} == {
        "fjord": False,
        "most": True,
        "pixel": False,
    }


def test_every_mobile_network_abroad_is_in_a_zone_with_all_prices(tariffs: dict[str, TariffVersion]) -> None:
    with (WORLD / "mcc_mnc.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["mcc"] for row in csv.DictReader(file)} - {"001", "901", "991", "999"}
    roaming = [service for service in Service if service.startswith("roaming_")]
    for slug, version in tariffs.items():
        for mcc in codes - {HOME[slug]}:
            zone = version.networks[f"{mcc}-*"][""]
            assert all((service, zone.id) in version.rates for service in roaming), (slug, mcc)


def test_two_brands_know_every_number_of_the_world(tariffs: dict[str, TariffVersion]) -> None:
    with (WORLD / "number_ranges.csv").open(encoding="utf-8", newline="") as file:
        prefixes = [row["prefix"] for row in csv.DictReader(file)]
    for slug in ("fjord", "pixel"):
        known = tuple(tariffs[slug].prefixes)
        assert [prefix for prefix in prefixes if not prefix.startswith(known)] == []


def test_the_brands_show_what_price_lists_can_do(tariffs: dict[str, TariffVersion]) -> None:
    """Tiers at Fjord, split bands at Most, a list that inherits at Pixel, and what Fjord's host operator charges."""
    to_eu = rate(tariffs["fjord"], "eu", Service.VOICE_OUT)
    assert [(tier.from_volume, tier.price_micros) for tier in to_eu.tiers] == [(600, 1_250_000)]
    assert to_eu.counter == "eu.voice_out"
    for band in ("*", "day"):
        assert rate(tariffs["most"], "ba-mobile", Service.VOICE_OUT, band).band_policy is BandPolicy.SPLIT

    lists = {slug: manifest_of(slug).price_lists for slug in ("fjord", "pixel")}
    business = catalogue.compile_drafts(lists["pixel"], "Europe/Berlin", {}, "europe-business").versions[0]
    assert rate(business, "national-mobile", Service.VOICE_OUT).price_micros == 70_000
    assert rate(business, "national-mobile", Service.SMS_OUT).price_micros == 90_000
    assert business.over == "version 1 of price list 'europe'"
    (contract,) = manifest_of("fjord").host_contracts
    host = catalogue.compile_drafts(lists["fjord"], "Europe/Copenhagen", {}, contract.price_list)
    assert (host.currency, rate(host.versions[0], "dk", Service.VOICE_OUT).price_micros) == ("EUR", 9_000)
    (discount,) = [one for draft in manifest_of("most").offerings for one in draft.discounts]
    assert (discount.basis_points, discount.services, discount.zones) == (2_000, ("voice_out", "sms_out"), ("region",))
