"""What is kept of how an amount came about, in whole numbers."""

from dataclasses import replace

import pytest

from mvne_platform.rating import MatchKind, Piece, Purse, ScalarRater, Trace
from tests.platform.rating.house import MONDAY_NOON, a_bucket, a_subscriber, an_event, house_tariff


def test_every_number_of_a_rated_event_is_kept() -> None:
    tariff = house_tariff()
    version = tariff.version_at(MONDAY_NOON)
    assert version is not None
    rate = version.rates["voice_out", version.prefixes["45"].id]["peak"]
    minutes, main = a_bucket(7, amount=100), a_bucket(8, name="main", unit="money", amount=600_000)
    event = an_event(other_party="+4533112233", duration_s=61)
    rated = ScalarRater().rate(event, a_subscriber("prepaid"), tariff, Purse([minutes, main]))
    # 61 s -> 120 units, 100 covered, 20 x 0.90 / 60 = 0.30 and the fee of 0.25. Monday 12:00 is minute 720, UTC+2.
    assert rated.trace == Trace(
        match=MatchKind.PREFIX,
        match_length=2,
        week_minute=720,
        utc_offset_s=7200,
        covered=100,
        volume_before=-1,
        spent_before=-1,
        fee_micros=250_000,
        usage_micros=300_000,
        capped_micros=550_000,
        discount_bp=0,
        left=(0, 50_000),
        pieces=(Piece(20, 900_000, 720),),
    )
    assert (rated.version_id, rated.rate_id) == (version.id, rate.id)
    assert rated.trace.as_ints() == [
        *(1, 1, 2, 720, 7200, 100, -1, -1, 250_000, 300_000, 550_000, 0),
        *(2, 0, 50_000),
        *(20, 900_000, 720),
    ]
    assert Trace.from_ints(rated.trace.as_ints()) == rated.trace


def test_an_event_that_ends_at_its_zone_keeps_what_matched() -> None:
    rated = ScalarRater().rate(an_event(other_party="112", duration_s=9), a_subscriber(), house_tariff(), Purse())
    assert rated.trace == Trace(match=MatchKind.SHORT_CODE, match_length=3)
    assert (rated.quantity, rated.charged, rated.rate_id, rated.band) == (9, 0, None, None)


def test_an_event_that_never_came_to_a_price_list_has_no_trace() -> None:
    event = an_event(other_party="+4533112233", duration_s=0, answered=False)
    rated = ScalarRater().rate(event, a_subscriber(), house_tariff(), Purse())
    assert (rated.trace, rated.version_id) == (None, None)


def test_a_trace_of_another_layout_is_not_read() -> None:
    numbers = Trace().as_ints()
    with pytest.raises(ValueError, match="layout 2 is not known"):
        Trace.from_ints([2, *numbers[1:]])
    with pytest.raises(ValueError, match="layout nothing"):
        Trace.from_ints([])


def test_a_reason_shows_where_a_number_leads_and_not_whose_it_is() -> None:
    event = an_event(other_party="+3545551234", duration_s=9)
    rated = ScalarRater().rate(event, a_subscriber(), house_tariff(), Purse())
    assert rated.detail == "The number +35455…, of Iceland (IS), is in no zone of version 1 of price list 'house'."


def test_the_same_event_is_rated_the_same_again() -> None:
    event = an_event(other_party="+12125550100", duration_s=77)
    purse = Purse([a_bucket(1, amount=50), a_bucket(2, name="main", unit="money", amount=10_000)])
    first = ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), purse)
    assert first == ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), purse)
    assert first != replace(first, trace=None)
