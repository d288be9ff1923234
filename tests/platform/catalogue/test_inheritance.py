"""A list that states only what differs from its parent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mvne_platform import catalogue
from mvne_platform.catalogue import (
    BandDraft,
    PriceListDraft,
    PriceListInvalid,
    Purpose,
    RateDraft,
    Tariff,
    TariffVersion,
    Treatment,
    ZoneDraft,
    editing,
)
from mvne_platform.kernel import Change
from mvne_platform.runtime import Context
from tests.platform.catalogue.samples import LAUNCH, RETAIL

JUNE = datetime(2026, 5, 31, 22, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
# Voice at home is one price at any hour; Greenland is a zone of its own; 240-01 is no longer the EU's.
BUSINESS = PriceListDraft(
    code="business",
    currency="DKK",
    valid_from=JUNE,
    parent="retail",
    zones=(
        ZoneDraft("greenland", "Grønland", prefixes=("299", "4599")),
        ZoneDraft("nordic", "Norden", networks=("240-01", "242-*>47")),
        ZoneDraft("sat", "Satellit", Treatment.FREE),
    ),
    rates=(
        RateDraft("dk", "voice_out", 400_000, 60, 60, 1),
        RateDraft("greenland", "voice_out", 2_000_000, 60, 60, 60),
        RateDraft("nordic", "roaming_data", 100_000, 10**9, 1_000, 1_000),
    ),
)


def prices(version: TariffVersion, zone: str) -> dict[tuple[str, str], int]:
    """Service and band -> price of one zone."""
    ids = {one.code: one.id for one in version.zones}
    return {
        (service, band): rate.price_micros
        for (service, zone_id), bands in version.rates.items()
        if zone_id == ids[zone]
        for band, rate in bands.items()
    }


def compiled(*drafts: PriceListDraft, code: str = "business") -> Tariff:
    return catalogue.compile_drafts(drafts, "Europe/Copenhagen", {}, code)


def test_the_childs_zones_join_and_what_both_place_is_the_childs() -> None:
    (version,) = compiled(RETAIL, BUSINESS).versions
    assert {prefix: zone.code for prefix, zone in version.prefixes.items()} == {
        "45": "dk", "881": "sat", "299": "greenland", "4599": "greenland",
    }  # fmt: skip
    assert {name: {prefix: zone.code for prefix, zone in held.items()} for name, held in version.networks.items()} == {
        "home": {"": "home"}, "262-*": {"": "eu"}, "240-01": {"": "nordic"}, "242-*": {"47": "nordic"},
    }  # fmt: skip
    assert {zone.code: zone.treatment.value for zone in version.zones} == {
        "dk": "normal", "alarm": "free", "sat": "free", "home": "normal", "eu": "normal",
        "greenland": "normal", "nordic": "normal",
    }  # fmt: skip
    assert {code: zone.code for code, zone in version.short_codes.items()} == {"112": "alarm"}
    assert version.bands == tuple(compiled(RETAIL, code="retail").versions[0].bands)


def test_the_childs_rates_replace_all_of_the_parents_for_their_zone_and_service() -> None:
    (version,) = compiled(RETAIL, BUSINESS).versions
    # The parent's dearer peak is gone with the parent's price; messages are still the parent's.
    assert prices(version, "dk") == {("voice_out", "*"): 400_000, ("sms_out", "*"): 250_000}
    assert prices(version, "eu") == {("roaming_data", "*"): 2_000_000}
    assert prices(version, "greenland") == {("voice_out", "*"): 2_000_000}


def test_the_childs_bands_replace_the_parents() -> None:
    bands = (BandDraft("peak", 600, 660),)
    (version,) = compiled(RETAIL, replace(BUSINESS, bands=bands)).versions
    assert [(span.code, span.start_minute, span.end_minute) for span in version.bands] == [("peak", 600, 660)]


def test_a_version_for_each_change_of_either_from_the_childs_first_on() -> None:
    dearer = replace(RETAIL, valid_from=JULY, rates=(replace(RETAIL.rates[0], price_micros=1), *RETAIL.rates[1:]))
    own = replace(BUSINESS, valid_from=JULY + timedelta(days=1), rates=BUSINESS.rates[1:])
    tariff = compiled(RETAIL, dearer, BUSINESS, own)
    assert [(version.valid_from, version.number, version.over) for version in tariff.versions] == [
        (JUNE, 1, "version 1 of price list 'retail'"),
        (JULY, 1, "version 2 of price list 'retail'"),
        (JULY + timedelta(days=1), 2, "version 2 of price list 'retail'"),
    ]
    assert tariff.versions[1].title == "version 1 of price list 'business' (over version 2 of price list 'retail')"
    assert prices(tariff.versions[1], "dk")["voice_out", "*"] == 400_000
    assert prices(tariff.versions[2], "dk")["voice_out", "*"] == 1
    assert len({version.id for version in tariff.versions}) == 3


def test_a_child_older_than_its_parent_stands_alone_until_then() -> None:
    early = replace(BUSINESS, valid_from=LAUNCH - timedelta(days=1), rates=BUSINESS.rates[1:], zones=BUSINESS.zones[:2])
    alone, inheriting = compiled(RETAIL, early).versions
    assert (alone.over, inheriting.over) == (None, "version 1 of price list 'retail'")
    assert {zone.code for zone in alone.zones} == {"greenland", "nordic"}
    assert alone.id != inheriting.id


def test_a_grandchild_inherits_through_its_parent() -> None:
    vip = PriceListDraft(
        "vip", "DKK", JULY, (), (RateDraft("greenland", "voice_out", 1, 60, 60, 60),), parent="business"
    )
    (version,) = compiled(RETAIL, BUSINESS, vip, code="vip").versions
    assert prices(version, "greenland") == {("voice_out", "*"): 1}
    assert prices(version, "dk") == {("voice_out", "*"): 400_000, ("sms_out", "*"): 250_000}
    business = "version 1 of price list 'business' (over version 1 of price list 'retail')"
    assert version.title == f"version 1 of price list 'vip' (over {business})"


@pytest.fixture
def lists(ctx: Context) -> Context:
    """The parent and the child, imported."""
    assert catalogue.import_price_list(ctx, RETAIL) is Change.CREATED
    assert catalogue.import_price_list(ctx, BUSINESS) is Change.CREATED
    return ctx


def readable(tariff: Tariff) -> list[object]:
    """Everything of a tariff but ids."""
    return [
        (
            version.title,
            version.valid_from,
            {prefix: zone.code for prefix, zone in version.prefixes.items()},
            {name: {called: zone.code for called, zone in held.items()} for name, held in version.networks.items()},
            version.bands,
            {zone.code: (zone.name, zone.treatment, prices(version, zone.code)) for zone in version.zones},
        )
        for version in tariff.versions
    ]


def test_what_is_stored_inherits_as_what_was_drafted(lists: Context) -> None:
    stored = catalogue.tariff(lists, "business")
    assert readable(stored) == readable(compiled(RETAIL, BUSINESS))
    # The id is the same in every process: it follows from the ids of the versions it is made of.
    again = catalogue.tariff(lists, "business")
    assert [version.id for version in stored.versions] == [version.id for version in again.versions]
    assert stored.versions[0] is again.versions[0]
    assert catalogue.import_price_list(lists, BUSINESS) is Change.UNCHANGED


def test_the_parents_new_version_reaches_the_child(lists: Context) -> None:
    before = catalogue.tariff(lists, "business").versions
    changed = replace(RETAIL.rates[2], price_micros=9)
    later = lists.now + timedelta(days=1)
    rates = (*RETAIL.rates[:2], changed, *RETAIL.rates[3:])
    catalogue.import_price_list(lists, replace(RETAIL, valid_from=later, rates=rates))
    after = catalogue.tariff(lists, "business").versions
    assert [version.id for version in after[:-1]] == [version.id for version in before]
    assert (after[-1].valid_from, prices(after[-1], "dk")["sms_out", "*"]) == (later, 9)


def test_a_parent_may_not_take_from_a_child_what_that_needs(lists: Context) -> None:
    """The child prices the parent's zone `dk`: without it, the rate would be for nothing."""
    gone = replace(
        RETAIL,
        valid_from=lists.now + timedelta(days=1),
        zones=RETAIL.zones[1:],
        rates=tuple(rate for rate in RETAIL.rates if rate.zone != "dk"),
    )
    with pytest.raises(PriceListInvalid) as refused:
        catalogue.import_price_list(lists, gone)
    told = "in price list 'business', from then on: the rate names zone 'dk', which is not defined"
    assert [str(problem) for problem in refused.value.problems] == [f"rate/dk/voice_out/*: {told}"]
    assert len(catalogue.tariff(lists, "retail").versions) == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"parent": "nobody"},
            "parent: the list's parent is 'nobody', which the brand does not have; name another list",
        ),
        ({"parent": "vip"}, "parent: the list's parent is itself; name another list"),
        ({"currency": "EUR"}, "currency: the price list is in EUR, and the brand's currency is DKK"),
        (
            {"purpose": Purpose.WHOLESALE, "currency": "EUR"},
            "parent: the parent is in DKK, and the list in EUR",
        ),
    ],
)
def test_a_parent_that_cannot_be_is_refused(lists: Context, changed: dict[str, str], problem: str) -> None:
    draft = replace(BUSINESS, code="vip", **{"parent": "retail", **changed})
    with pytest.raises(PriceListInvalid) as refused:
        catalogue.import_price_list(lists, draft)
    assert problem in [str(one) for one in refused.value.problems]
    assert {view.code for view in catalogue.price_lists(lists)} == {"retail", "business"}


def test_a_list_keeps_the_parent_it_began_with(lists: Context) -> None:
    with pytest.raises(PriceListInvalid, match="the list's parent is retail and cannot become none"):
        catalogue.import_price_list(lists, replace(RETAIL, code="business", valid_from=lists.now))


def test_at_most_five_lists_stand_in_one_line(lists: Context) -> None:
    parent = "business"
    for code in ("third", "fourth", "fifth"):
        catalogue.import_price_list(lists, PriceListDraft(code, "DKK", JULY, (), (), parent=parent))
        parent = code
    with pytest.raises(PriceListInvalid, match="the list would be the 6th in its line; 5 are allowed"):
        catalogue.import_price_list(lists, PriceListDraft("sixth", "DKK", JULY, (), (), parent="fifth"))
    assert prices(catalogue.tariff(lists, "fifth").versions[0], "dk")["voice_out", "*"] == 400_000


def test_a_draft_that_only_prices_a_zone_comes_out_as_it_went_in(lists: Context) -> None:
    own = editing.own_draft(lists, "business", JULY)
    assert editing.differences(BUSINESS, own) == []
    assert (own.parent, own.valid_from) == ("retail", JUNE)
    whole = editing.whole_draft(lists, "business", JULY)
    assert whole.parent is None
    assert {zone.code for zone in whole.zones} == {"dk", "alarm", "sat", "home", "eu", "greenland", "nordic"}
    # A zone that is only priced here is stored without a name of its own.
    assert UUID(int=0) not in {zone.id for zone in catalogue.tariff(lists, "business").versions[0].zones}
