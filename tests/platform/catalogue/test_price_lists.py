"""Importing price lists and compiling them for rating."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from mvne_platform import catalogue
from mvne_platform.catalogue import Exchange, PriceListDraft, PriceListInvalid, UnknownPriceList
from mvne_platform.catalogue.errors import PriceListVersionFixed
from mvne_platform.catalogue.events import PriceListVersionAdded
from mvne_platform.catalogue.price_list_models import (
    PriceList,
    PriceListVersion,
    Rate,
    TimeBand,
    Zone,
    ZoneNetwork,
    ZonePrefix,
)
from mvne_platform.kernel import Change
from mvne_platform.runtime import Context
from tests.platform.catalogue.files import USD, reading, real_deck, sound
from tests.platform.catalogue.samples import LAUNCH, RETAIL

DEARER = replace(RETAIL, rates=(replace(RETAIL.rates[0], price_micros=700_000), *RETAIL.rates[1:]))


def rows(ctx: Context) -> tuple[int, ...]:
    models = (PriceList, PriceListVersion, Zone, ZonePrefix, ZoneNetwork, TimeBand, Rate)
    return tuple(ctx.db.scalar(select(func.count()).select_from(model)) or 0 for model in models)


def comparable(tariff: catalogue.Tariff) -> list[object]:
    """Everything of a tariff but its ids."""
    return [
        (
            tariff.code,
            tariff.currency,
            tariff.time_zone,
            tariff.holidays,
            version.number,
            version.valid_from,
            version.prefix_lengths,
            version.bands,
            sorted((zone.code, zone.name, zone.treatment) for zone in version.zones),
            {key: zone.code for key, zone in version.prefixes.items()},
            {key: zone.code for key, zone in version.short_codes.items()},
            {network: {key: zone.code for key, zone in called.items()} for network, called in version.networks.items()},
            {key: zone.code for key, zone in version.operators.items()},
            {
                (service, next(zone.code for zone in version.zones if zone.id == zone_id), band): (
                    rate.connection_fee_micros,
                    rate.first_increment,
                    rate.next_increment,
                    rate.price_micros,
                    rate.per,
                    rate.minimum_micros,
                    rate.maximum_micros,
                    rate.band_policy,
                    rate.tier_mode,
                    rate.tiers,
                    rate.counter,
                )
                for (service, zone_id), bands in version.rates.items()
                for band, rate in bands.items()
            },
        )
        for version in tariff.versions
    ]


def test_what_is_stored_compiles_to_what_was_drafted(ctx: Context) -> None:
    assert catalogue.import_price_list(ctx, RETAIL) is Change.CREATED
    assert rows(ctx) == (1, 1, 5, 3, 3, 2, 5)
    stored = catalogue.tariff(ctx, "retail")
    assert comparable(stored) == comparable(catalogue.compile_drafts([RETAIL], "Europe/Copenhagen", {}))
    version = stored.versions[0]
    assert ctx.facts == [PriceListVersionAdded(version.id, "retail", 1)]
    assert version.networks.keys() == {"home", "262-*", "240-01"}
    assert version.title == "version 1 of price list 'retail'"


def test_the_same_again_changes_nothing_whatever_its_order_and_instant(ctx: Context) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    before = rows(ctx)
    turned = replace(RETAIL, zones=RETAIL.zones[::-1], rates=RETAIL.rates[::-1], bands=RETAIL.bands[::-1])
    for draft in (RETAIL, turned, replace(RETAIL, valid_from=ctx.now + timedelta(days=9))):
        assert catalogue.import_price_list(ctx, draft) is Change.UNCHANGED
    assert rows(ctx) == before
    assert len(ctx.facts) == 1


def test_new_rates_are_a_version_from_their_instant_on(ctx: Context) -> None:
    november = datetime(2026, 10, 31, 23, tzinfo=UTC)
    catalogue.import_price_list(ctx, RETAIL)
    assert catalogue.import_price_list(ctx, replace(DEARER, valid_from=november)) is Change.CHANGED
    # The old rates again, later: a third version.
    assert catalogue.import_price_list(ctx, replace(RETAIL, valid_from=november + timedelta(days=30))) is Change.CHANGED
    tariff = catalogue.tariff(ctx, "retail")
    assert [(version.number, version.valid_from) for version in tariff.versions] == [
        (1, LAUNCH),
        (2, november),
        (3, november + timedelta(days=30)),
    ]
    instants = {
        LAUNCH - timedelta(seconds=1): None,
        LAUNCH: 1,
        november - timedelta(microseconds=1): 1,
        november: 2,
        november + timedelta(days=99): 3,
    }
    for instant, number in instants.items():
        version = tariff.version_at(instant)
        assert (version and version.number) == number


@pytest.mark.parametrize(
    "valid_from",
    [
        LAUNCH,  # the instant of the version that exists
        LAUNCH - timedelta(days=1),  # before it, and past
    ],
)
def test_rates_that_may_have_priced_usage_never_change(ctx: Context, valid_from: datetime) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    before = rows(ctx)
    with pytest.raises(PriceListVersionFixed) as refused:
        catalogue.import_price_list(ctx, replace(DEARER, valid_from=valid_from))
    assert refused.value.field == ("valid_from",)
    assert rows(ctx) == before
    assert len(catalogue.tariff(ctx, "retail").versions) == 1


def test_a_version_may_be_put_between_now_and_one_to_come(ctx: Context) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    catalogue.import_price_list(ctx, replace(DEARER, valid_from=ctx.now + timedelta(days=60)))
    between = replace(RETAIL, rates=(*RETAIL.rates[:-1], replace(RETAIL.rates[-1], price_micros=1)))
    assert catalogue.import_price_list(ctx, replace(between, valid_from=ctx.now)) is Change.CHANGED
    assert [version.number for version in catalogue.tariff(ctx, "retail").versions] == [1, 3, 2]


def test_a_list_that_cannot_rate_is_refused_with_every_problem(ctx: Context) -> None:
    faulty = replace(RETAIL, currency="EUR", rates=(replace(RETAIL.rates[0], zone="mars", per=0), *RETAIL.rates[1:]))
    with pytest.raises(PriceListInvalid) as refused:
        catalogue.import_price_list(ctx, faulty)
    assert [str(problem) for problem in refused.value.problems] == [
        "currency: the price list is in EUR, and the brand's currency is DKK",
        "rate/mars/voice_out/*: 'per' is 0; it must be above zero and at most 1073741824",
        "rate/mars/voice_out/*: the rate names zone 'mars', which is not defined",
        "rate/dk/voice_out/peak: voice_out has no rate outside peak; add one for band '*'",
    ]
    assert rows(ctx) == (0,) * 7
    with pytest.raises(UnknownPriceList, match="no price list 'retail'"):
        catalogue.tariff(ctx, "retail")


def test_the_real_deck_goes_in_and_comes_out(ctx: Context) -> None:
    draft: PriceListDraft = replace(
        sound(reading(catalogue.DeckTerms(USD), deck_csv=real_deck().partition("\n")[2])), code="world"
    )
    assert catalogue.import_price_list(ctx, draft) is Change.CREATED
    assert catalogue.import_price_list(ctx, draft) is Change.UNCHANGED
    tariff = catalogue.tariff(ctx, "world")
    assert comparable(tariff) == comparable(catalogue.compile_drafts([draft], "Europe/Copenhagen", {}))
    (view,) = catalogue.price_lists(ctx)
    (version,) = view.versions
    assert (view.code, view.currency, version.number, version.zones, version.rates) == ("world", "DKK", 1, 854, 799)
    assert version.exchange == {"source": "USD", "rate": "6.91", "date": "2026-09-30"}


def test_another_days_exchange_rate_is_another_version(ctx: Context) -> None:
    catalogue.import_price_list(ctx, replace(RETAIL, exchange=USD))
    later = Exchange("USD", Decimal("6.91"), date(2026, 10, 30))
    changed = replace(RETAIL, exchange=later, valid_from=ctx.now + timedelta(days=30))
    assert catalogue.import_price_list(ctx, changed) is Change.CHANGED


def test_a_compiled_version_is_kept_and_read_from_the_database_once(ctx: Context) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    first = catalogue.tariff(ctx, "retail")
    catalogue.set_holidays(ctx, [catalogue.HolidayDraft(date(2026, 12, 25), "Juledag")])
    statements: list[str] = []
    engine = ctx.db.get_bind().engine

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        second = catalogue.tariff(ctx, "retail")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 2
    assert second.versions[0] is first.versions[0]
    # Holidays are no part of a version: they are read anew.
    assert (first.holidays, second.holidays) == ({}, {date(2026, 12, 25): 6})


def test_a_list_of_another_brand_is_absent(ctx: Context, other_ctx: Context) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    with pytest.raises(UnknownPriceList):
        catalogue.tariff(other_ctx, "retail")
