"""The reference rater against cases whose sums were done by hand (tests/golden/rating)."""

import tomllib
from typing import Any

import pytest

from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Purse, Rated, ScalarRater
from tests.platform.rating.house import GOLDEN, OCTOBER, a_bucket, a_subscriber, an_event, house_tariff

CASES = [
    pytest.param(case, id=f"{path.stem.removeprefix('cases_')}: {case['name']}")
    for path in sorted(GOLDEN.glob("cases_*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
UNCHECKED_UNLESS_STATED = ("zone", "band", "charged")


@pytest.mark.parametrize("case", CASES)
def test_each_event_costs_what_was_worked_out(case: dict[str, Any]) -> None:
    stated = {"spent", "mode", "offline_debit", "spend_limit", "buckets", "name", "events"}
    assert set(case) <= stated
    buckets = [a_bucket(1000 + n, **fields) for n, fields in enumerate(case.get("buckets", ()))]
    names = {bucket.id: fields["name"] for bucket, fields in zip(buckets, case.get("buckets", ()), strict=True)}
    purse = Purse(buckets, {OCTOBER: case.get("spent", 0)})
    for number, fields in enumerate(case["events"], start=1):
        subscriber = a_subscriber(
            case.get("mode", "postpaid"),
            policy=case.get("offline_debit", "full"),
            limit=case.get("spend_limit"),
            period=fields.get("period", OCTOBER),
        )
        rated = ScalarRater().rate(_event(fields), subscriber, house_tariff(), purse)
        purse.apply(rated, subscriber.period)
        takes = {names[take.bucket_id]: take.quantity for take in rated.takes}
        assert _shown(rated, takes, fields["expect"]) == _expected(fields), f"event {number}"


def _event(fields: dict[str, Any]) -> UsageEvent:
    return an_event(
        fields["service"],
        start=fields["start"],
        other_party=fields.get("to"),
        visited_network=fields.get("network"),
        duration_s=fields.get("seconds"),
        bytes=fields.get("bytes"),
        count=fields.get("count"),
        answered=fields.get("answered"),
    )


def _shown(rated: Rated, takes: dict[str, int], expect: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "outcome": rated.outcome.value,
        "reason": rated.reason.value if rated.reason else None,
        "currency": rated.currency,
        "amount": rated.amount_micros,
        "accrued": rated.accrued_micros,
        "debited": rated.debited_micros,
        "waived": rated.waived_micros,
        "takes": takes,
    }
    shown |= {name: getattr(rated, name) for name in UNCHECKED_UNLESS_STATED if name in expect}
    if "takes" not in expect and "takes_in_order" in expect:
        del shown["takes"]
    if "takes_in_order" in expect:
        shown["takes_in_order"] = list(takes)
    if "version" in expect:
        shown["version"] = next(step["version"] for step in rated.trace if step["step"] == "price_list")
    if "detail" in expect:
        shown["detail"] = expect["detail"] if expect["detail"] in rated.detail else rated.detail
    return shown


def _expected(fields: dict[str, Any]) -> dict[str, Any]:
    expect: dict[str, Any] = fields["expect"]
    nothing: dict[str, Any] = {"outcome": "rated", "reason": None, "currency": "DKK"}
    nothing |= {"amount": 0, "accrued": 0, "debited": 0, "waived": 0}
    return nothing | ({} if "takes_in_order" in expect else {"takes": {}}) | expect
