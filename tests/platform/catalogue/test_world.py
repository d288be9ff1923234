"""A price list for every number of the world, from real number ranges, networks and a real rate deck."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from mvne_platform import catalogue
from mvne_platform.catalogue import (
    DeckTerms,
    OfflineDebit,
    PaymentMode,
    PriceListDraft,
    PriceListHead,
    Service,
    Treatment,
    compile_drafts,
    editing,
    read_price_list_csv,
)
from mvne_platform.catalogue.editing import World, WorldSources, build_world, price_list_findings, write_price_list_csv
from mvne_platform.kernel import Change
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Purse, ScalarRater, Subscriber
from mvne_platform.runtime import Context
from tests.platform.catalogue.files import DATA, USD, VALID_FROM, real_deck, sound

REAL = Path(__file__).resolve().parents[3] / "simulators/mvne_simulators/data"
GROUPS = (
    "zone,name,countries\n"
    "eu,EU and EEA,AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK\n"
    "world,Rest of the world,*\n"
)
# What the brand itself says: its own network, messages to anywhere, and roaming.
OWN_ZONES = "home,Home,,,,home,,\n"
OWN_RATES = "".join(
    f"{line},,,,\n"
    for line in (
        "*,sms_out,,,1,1,0.50,1,,",
        "*,mms_out,,,1,1,1.00,1,,",
        "*,content,,,1,1,0.00,1,,",
        "*,voice_forwarded,,,60,60,3.00,60,,",
        "home,data,,,1kB,1kB,20.00,1GB,,",
        "*,roaming_voice_out,,,60,60,3.00,60,,",
        "*,roaming_voice_in,,,60,60,1.00,60,,",
        "*,roaming_sms_out,,,1,1,1.00,1,,",
        "*,roaming_mms_out,,,1,1,2.00,1,,",
        "*,roaming_data,,,1kB,1kB,50.00,1GB,,",
    )
)
# Toll-free area codes of the North American Numbering Plan.
TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")


def real(name: str) -> str:
    return (REAL / name).read_text("utf-8")


@cache
def world() -> World:
    ranges, networks = real("number_ranges.csv"), real("mcc_mnc.csv")
    return build_world(WorldSources(ranges, networks, GROUPS, real_deck(), DeckTerms(USD, leave_out=("1",)), 1_500_000))


@cache
def price_list() -> PriceListDraft:
    """The world's zones and prices with the brand's own lines, through the files as an operator would edit them."""
    head = PriceListHead("world", "DKK", VALID_FROM)
    files = write_price_list_csv(PriceListDraft("world", "DKK", VALID_FROM, world().zones, world().rates))
    files["zones.csv"] += OWN_ZONES
    files["rates.csv"] += OWN_RATES
    return sound(read_price_list_csv(head, files))


def test_every_range_every_network_and_every_destination_is_in_a_zone() -> None:
    assert world().faults == ()
    zones = world().zones
    held = {prefix for zone in zones for prefix in zone.prefixes}
    ranges = {row["prefix"] for row in csv.DictReader(io.StringIO(real("number_ranges.csv")))}
    deck = {row["prefix"] for row in csv.DictReader(io.StringIO(real_deck()))}
    assert len(ranges) == 103_561
    # The deck's prices for North America, `1...`, are left out: it blocks all of it.
    assert held == ranges | {prefix for prefix in deck if not prefix.startswith("1")}
    networks = [place for zone in zones for place in zone.networks]
    # Of 2,988 rows some repeat a code, and some have none that ITU-T E.212 knows.
    known = {f"{row['mcc']}-{row['mnc']}" for row in csv.DictReader(io.StringIO(real("mcc_mnc.csv")))}
    assert set(networks) == {one for one in known if re.fullmatch(r"[0-9]{3}-[0-9]{2,3}", one)}
    assert len(networks) == len(set(networks)) == 2_932
    assert Counter(zone.treatment for zone in zones) == {
        Treatment.NORMAL: 1_259, Treatment.BARRED: 180, Treatment.FREE: 148,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "zone", "dollars"),
    [
        # By region, line type and price; by the deck's own name where no range is so short.
        ("46", "sweden", "0.05"),
        ("4610", "sweden-mobile", "0.24"),
        ("452", "denmark-mobile", "0.23"),
        # The longest beginning that the deck prices is 452.
        ("45202", "dk-fixed-line-or-mobile", "0.23"),
        ("881", "iridium-globalstar", "2"),
        # What the deck does not know costs 1.50 kroner.
        ("1", "us-fixed-line-or-mobile", None),
        ("1204", "ca-fixed-line-or-mobile", None),
    ],
)
def test_a_prefix_costs_what_the_deck_says_of_its_longest_beginning(
    prefix: str, zone: str, dollars: str | None
) -> None:
    found = next(one for one in world().zones if prefix in one.prefixes)
    rate = next(rate for rate in world().rates if rate.zone == found.code)
    micros = 1_500_000 if dollars is None else int(Decimal(dollars) * Decimal("6.91") * 1_000_000)
    assert (found.code, found.treatment, rate.price_micros) == (zone, Treatment.NORMAL, micros)


def test_toll_free_numbers_are_free_and_premium_ones_and_blocked_destinations_barred() -> None:
    treatment = {prefix: zone.treatment for zone in world().zones for prefix in zone.prefixes}
    tariffs = {row["prefix"]: row["tariff"] for row in csv.DictReader(io.StringIO(real("number_ranges.csv")))}
    assert {treatment[prefix] for prefix, tariff in tariffs.items() if tariff == "TOLL_FREE"} == {Treatment.FREE}
    assert {treatment[prefix] for prefix, tariff in tariffs.items() if tariff == "PREMIUM_RATE"} == {Treatment.BARRED}
    blocked = {
        row["prefix"]
        for row in csv.DictReader(io.StringIO(real_deck()))
        if "Blocked" in row.values() and not row["prefix"].startswith("1")
    }
    assert {treatment[prefix] for prefix in blocked} <= {Treatment.BARRED, Treatment.FREE}


def test_the_real_calls_are_rated_and_the_unanswered_ones_are_not_chargeable() -> None:
    tariff = compile_drafts([price_list()], "America/New_York", {})
    line = Subscriber(UUID(int=1), PaymentMode.POSTPAID, OfflineDebit.FULL, None, date(2017, 6, 1))
    purse = Purse()
    ended: Counter[tuple[str, str | None]] = Counter()
    paid = minutes = 0
    for row in csv.reader(io.StringIO((DATA / "asterisk_cdr.csv").read_text("utf-8"))):
        answered = row[14] == "ANSWERED"
        event = UsageEvent(
            natural_key=tuple(row),
            identifiers=(),
            service=Service.VOICE_OUT,
            start=datetime.fromisoformat(row[9]).replace(tzinfo=UTC) + timedelta(days=3652),  # the list begins in 2026
            duration_s=int(row[13]),
            other_party="+1" + row[2].replace("-", ""),
            answered=answered,
        )
        rated = ScalarRater().rate(event, line, tariff, purse)
        ended[rated.outcome.value, rated.reason and rated.reason.value] += 1
        paid += rated.amount_micros
        if answered and row[2][:3] not in TOLL_FREE:
            minutes += -(-int(row[13]) // 60)
    # 12 of the 133 answered calls went to toll-free numbers.
    assert ended == {("rated", None): 121, ("not_chargeable", "free_number"): 12, ("not_chargeable", "unanswered"): 85}
    assert paid == minutes * 1_500_000


def test_the_check_finds_what_longer_prefixes_shadow() -> None:
    found = [str(one) for one in price_list_findings(price_list())]
    assert len(found) == 51
    eplus = "prefix 49155 of zone 'germany-mobile-eplus' is never used: longer ones hold all that begins so"
    assert f"warning prefix/49155: {eplus}" in found
    assert not [one for one in found if not one.startswith("warning prefix/")]


def test_a_brand_imports_it_and_the_same_again_changes_nothing(ctx: Context) -> None:
    assert catalogue.import_price_list(ctx, price_list()) is Change.CREATED
    tariff = catalogue.tariff(ctx, "world")
    (version,) = tariff.versions
    assert len(version.prefixes) == 104_109
    assert len(version.networks) == 2_933  # and home
    assert catalogue.import_price_list(ctx, price_list()) is Change.UNCHANGED
    whole = editing.whole_draft(ctx, "world", VALID_FROM)
    assert editing.differences(price_list(), whole) == []


def test_faulty_sources_are_told_with_file_and_line() -> None:
    sources = WorldSources("prefix,region\n45,DK\n", "mcc,mnc,country\n238,01\n", GROUPS, real_deck(), DeckTerms(USD))
    assert [str(fault) for fault in build_world(sources).faults] == [
        "ranges.csv:1: the header lacks type; columns are prefix,region,type,tariff,operator",
        "networks.csv:2: the line has 2 fields, and the header 3",
    ]
