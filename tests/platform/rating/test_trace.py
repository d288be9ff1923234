"""A rated event opens down to its rules: the trace names them and repeats the sum."""

import json

from mvne_platform.rating import Purse, ScalarRater
from tests.platform.rating.house import MONDAY_NOON, a_bucket, a_subscriber, an_event, house_tariff


def test_every_step_of_a_rated_event_is_kept() -> None:
    tariff = house_tariff()
    version = tariff.version_at(MONDAY_NOON)
    assert version is not None
    zone = version.prefixes["45"]
    rate = version.rates["voice_out", zone.id]["peak"]
    minutes = a_bucket(7, amount=100)
    event = an_event(other_party="+4533112233", duration_s=61)
    rated = ScalarRater().rate(event, a_subscriber(), tariff, Purse([minutes]))
    # 61 s -> 120 units, 100 covered, 20 x 0.90 / 60 = 0.30 and the fee of 0.25.
    assert rated.trace == (
        {"step": "price_list", "price_list": "house", "version": 1, "version_id": str(version.id)},
        {
            "step": "zone",
            "zone": "dk",
            "zone_id": str(zone.id),
            "treatment": "normal",
            "by": "prefix",
            "matched": "45",
        },
        {"step": "band", "local": "2026-10-05T12:00:00+02:00", "band": "peak"},
        {"step": "units", "quantity": 61, "first": 60, "next": 60, "charged": 120},
        {"step": "allowance", "bucket_id": str(minutes.id), "code": "minutes", "taken": 100, "left": 0},
        {
            "step": "money",
            "rate_id": str(rate.id),
            "units": 20,
            "price_micros": 900_000,
            "per": 60,
            "usage_micros": 300_000,
            "fee_micros": 250_000,
            "minimum_micros": None,
            "maximum_micros": None,
            "amount_micros": 550_000,
        },
        {
            "step": "payment",
            "mode": "postpaid",
            "policy": "full",
            "accrued_micros": 550_000,
            "debited_micros": 0,
            "waived_micros": 0,
        },
    )
    assert (rated.version_id, rated.rate_id) == (version.id, rate.id)
    assert json.loads(json.dumps(rated.trace)) == [dict(step) for step in rated.trace]


def test_an_event_that_ends_early_says_where() -> None:
    rated = ScalarRater().rate(an_event(other_party="112", duration_s=9), a_subscriber(), house_tariff(), Purse())
    assert [step["step"] for step in rated.trace] == ["price_list", "zone", "end"]
    assert rated.trace[-1] == {"step": "end", "outcome": "not_chargeable", "reason": "free_number"}
    assert (rated.quantity, rated.charged, rated.rate_id) == (9, 0, None)


def test_a_reason_shows_where_a_number_leads_and_not_whose_it_is() -> None:
    event = an_event(other_party="+3545551234", duration_s=9)
    rated = ScalarRater().rate(event, a_subscriber(), house_tariff(), Purse())
    assert rated.detail == ("The number +35455…, of Iceland (IS), is in no zone of version 1 of price list 'house'.")


def test_the_same_event_is_rated_the_same_again() -> None:
    event = an_event(other_party="+12125550100", duration_s=77)
    purse = Purse([a_bucket(1, amount=50), a_bucket(2, name="main", unit="money", amount=10_000)])
    first = ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), purse)
    assert first == ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), purse)
