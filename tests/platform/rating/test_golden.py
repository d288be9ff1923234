"""The reference rater against cases whose sums were done by hand (tests/golden/rating)."""

import tomllib
from typing import Any
from uuid import UUID

import pytest

from mvne_platform.catalogue import NumberClass
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import SPEND, Item, Purse, Rated, ScalarRater, Subscriber, UsageDiscount
from tests.platform.rating.house import (
    GOLDEN,
    LINE,
    MONDAY_NOON,
    OCTOBER,
    a_bucket,
    a_subscriber,
    an_event,
    golden_tariff,
)

CASES = [
    pytest.param(case, id=f"{path.stem.removeprefix('cases_')}: {case['name']}")
    for path in sorted(GOLDEN.glob("cases_*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
OF_CASES = {"tariff", "spent", "counters", "mode", "offline_debit", "spend_limit", "discounts", "group", "buckets"}
OF_EVENTS = {"service", "start", "to", "network", "operator", "class", "seconds", "bytes", "count", "answered"}
UNCHECKED_UNLESS_STATED = ("zone", "band", "charged", "itemised", "counter", "counted")
GROUP = UUID(int=99)


@pytest.mark.parametrize("case", CASES)
def test_each_event_costs_what_was_worked_out(case: dict[str, Any]) -> None:
    assert set(case) <= OF_CASES | {"name", "events"}
    tariff = golden_tariff(case.get("tariff", "house"))
    buckets = [a_bucket(1000 + n, **fields) for n, fields in enumerate(case.get("buckets", ()))]
    names = {bucket.id: fields["name"] for bucket, fields in zip(buckets, case.get("buckets", ()), strict=True)}
    counted = {SPEND: case.get("spent", 0), **case.get("counters", {})}
    purse = Purse(buckets, {(LINE, code, OCTOBER): value for code, value in counted.items()})
    for number, fields in enumerate(case["events"], start=1):
        assert set(fields) <= OF_EVENTS | {"line", "period", "expect"}
        subscriber = _subscriber(case, fields)
        item = Item(_event(fields), subscriber, tariff)
        (rated,) = ScalarRater().rate_many([item], {subscriber.charging_group: purse})
        takes = {names[take.bucket_id]: take.quantity for take in rated.takes}
        assert _shown(rated, takes, item, fields["expect"]) == _expected(fields), f"event {number}"


def _subscriber(case: dict[str, Any], fields: dict[str, Any]) -> Subscriber:
    return a_subscriber(
        case.get("mode", "postpaid"),
        policy=case.get("offline_debit", "full"),
        limit=case.get("spend_limit"),
        period=fields.get("period", OCTOBER),
        line=UUID(int=fields.get("line", 1)),
        group=GROUP if case.get("group") else None,
        discounts=tuple(_discount(discount) for discount in case.get("discounts", ())),
    )


def _discount(fields: dict[str, Any]) -> UsageDiscount:
    return UsageDiscount(
        "discount",
        fields["basis_points"],
        frozenset(fields.get("services", ())),
        frozenset(fields.get("zones", ())),
        fields.get("valid_from", MONDAY_NOON.replace(year=2025)),
        fields.get("valid_to"),
    )


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
        operator=fields.get("operator"),
        number_class=NumberClass(fields["class"]) if "class" in fields else None,
    )


def _shown(rated: Rated, takes: dict[str, int], item: Item, expect: dict[str, Any]) -> dict[str, Any]:
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
    if "pieces" in expect:
        pieces = rated.trace.pieces if rated.trace else ()
        shown["pieces"] = [[piece.units, piece.price_micros, piece.week_minute] for piece in pieces]
    if "version" in expect:
        shown["version"] = next(one.number for one in item.tariff.versions if one.id == rated.version_id)
    if "detail" in expect:
        shown["detail"] = expect["detail"] if expect["detail"] in rated.detail else rated.detail
    return shown


def _expected(fields: dict[str, Any]) -> dict[str, Any]:
    expect: dict[str, Any] = fields["expect"]
    nothing: dict[str, Any] = {"outcome": "rated", "reason": None, "currency": "DKK"}
    nothing |= {"amount": 0, "accrued": 0, "debited": 0, "waived": 0}
    return nothing | ({} if "takes_in_order" in expect else {"takes": {}}) | expect
