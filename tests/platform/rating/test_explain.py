"""Every rated event opens down to its rules, and nothing is explained that does not add up."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import (
    ExplanationMismatch,
    ExplanationStep,
    Item,
    Outcome,
    Piece,
    Purse,
    Rated,
    ScalarRater,
    StepKind,
    StoredEvent,
    Trace,
    explain,
)
from tests.platform.rating.generators import Scenario, scenario, scenarios
from tests.platform.rating.house import MONDAY_NOON, a_bucket, a_subscriber, an_event, house_tariff


def explained(event: UsageEvent, rated: Rated) -> tuple[ExplanationStep, ...]:
    version = next((one for one in house_tariff().versions if one.id == rated.version_id), None)
    return explain(StoredEvent.of(event, rated), version, {})


def test_each_step_has_its_sum_and_its_rule() -> None:
    version = house_tariff().version_at(MONDAY_NOON)
    assert version is not None
    minutes, bonus, main = (
        a_bucket(7, amount=100),
        a_bucket(8, name="bonus", unit="money", amount=200_000, priority=1),
        a_bucket(9, name="main", unit="money", amount=300_000),
    )
    event = an_event(other_party="+4533112233", duration_s=61)
    rated = ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), Purse([minutes, bonus, main]))
    names = {minutes.id: "minutes", bonus.id: "bonus", main.id: "main"}
    steps = explain(StoredEvent.of(event, rated), version, names)
    assert [(step.kind.value, step.title, step.arithmetic) for step in steps] == [
        ("price_list", "Priced by version 1 of price list 'house'.", ""),
        ("zone", "Zone 'dk' (Danish numbers): the number begins with 45.", ""),
        ("band", "It began on Monday 2026-10-05 12:00:00 (UTC+02:00): band 'peak'.", ""),
        ("units", "Charged in whole increments: 120 s.", "61 → 60 + 1 × 60 = 120"),
        ("allowance", "Allowance 'minutes' covers 100 s, and holds 0 after it.", "120 - 100 = 20"),
        ("usage", "20 s at 0.900000 for 60 (band 'peak').", "20 × 0.900000 ÷ 60 = 0.300000"),
        ("fee", "The connection fee is 0.250000.", "0.250000 + 0.300000 = 0.550000"),
        ("amount", "The event costs 0.550000 DKK.", ""),
        ("debited", "0.200000 is taken from 'bonus', which holds 0.000000 after it.", "0.200000 - 0.200000 = 0.000000"),
        # The main bucket went below zero: the plan debits in full what already happened.
        (
            "debited",
            "0.350000 is taken from 'main', which holds -0.050000 after it.",
            "0.300000 - 0.350000 = -0.050000",
        ),
    ]
    rate = version.rates["voice_out", version.prefixes["45"].id]["peak"]
    assert {step.rule_id for step in steps if step.kind in (StepKind.UNITS, StepKind.USAGE, StepKind.FEE)} == {rate.id}
    assert [step.bucket_id for step in steps if step.bucket_id] == [minutes.id, bonus.id, main.id]
    assert {step.version_id for step in steps if step.version_id} == {version.id}
    assert json.loads(json.dumps([step.as_json() for step in steps]))[5] == {
        "kind": "usage",
        "title": "20 s at 0.900000 for 60 (band 'peak').",
        "arithmetic": "20 × 0.900000 ÷ 60 = 0.300000",
        "rule_id": str(rate.id),
        "version_id": str(version.id),
        "values": {
            "units": 20,
            "price_micros": 900_000,
            "per": 60,
            "band": "peak",
            "week_minute": 720,
            "volume_before": None,
        },
    }


def test_a_holiday_is_named() -> None:
    # 25 December 2026 is a Friday with Sunday's hours.
    event = an_event(other_party="+4533112233", duration_s=1, start=MONDAY_NOON.replace(month=12, day=25))
    rated = ScalarRater().rate(event, a_subscriber(), house_tariff(), Purse())
    (band,) = (step for step in explained(event, rated) if step.kind is StepKind.BAND)
    assert band.title == (
        "It began on Friday 2026-12-25 11:00:00 (UTC+01:00), a holiday with the hours of a Sunday: no band of its own."
    )


@pytest.mark.parametrize(
    ("fields", "kinds", "last"),
    [
        (
            {"other_party": "+4533112233", "duration_s": 0, "answered": False},
            ["end"],
            "Not charged: the call was not answered.",
        ),
        (
            {"other_party": "112", "duration_s": 9},
            ["price_list", "zone", "end"],
            "Not charged: emergency and freephone numbers are free.",
        ),
        (
            {"other_party": "+8811234567", "duration_s": 9},
            ["price_list", "zone", "end"],
            "Not charged: the zone is barred, and the call must not connect.",
        ),
    ],
)
def test_what_was_never_priced_says_why(fields: dict[str, Any], kinds: list[str], last: str) -> None:
    event = an_event(**fields)
    rated = ScalarRater().rate(event, a_subscriber(), house_tariff(), Purse())
    steps = explained(event, rated)
    assert [step.kind for step in steps] == kinds
    assert steps[-1].title == last


def _all_rated(drawn: Scenario) -> list[tuple[Item, Rated]]:
    answers = ScalarRater().rate_many(drawn.items, drawn.fresh_purses())
    return [pair for pair in zip(drawn.items, answers, strict=True) if pair[1].outcome is not Outcome.FAILED]


def _explain(item: Item, rated: Rated) -> tuple[ExplanationStep, ...]:
    version = next((one for one in item.tariff.versions if one.id == rated.version_id), None)
    return explain(StoredEvent.of(item.event, rated), version, {})


@settings(deadline=None, max_examples=60)
@given(scenarios())
def test_every_event_is_explained_and_its_sums_are_right(drawn: Scenario) -> None:
    for item, rated in _all_rated(drawn):
        steps = _explain(item, rated)
        for step in steps:
            _check_sum(step.arithmetic)
        if rated.outcome is Outcome.RATED:
            by_kind = {kind: [step for step in steps if step.kind is kind] for kind in StepKind}
            assert [step.values["amount_micros"] for step in by_kind[StepKind.AMOUNT]] == [rated.amount_micros]
            assert sum(int(str(step.values["units"])) for step in by_kind[StepKind.USAGE]) == sum(
                piece.units for piece in (rated.trace.pieces if rated.trace else ())
            )


def _check_sum(arithmetic: str) -> None:
    """Both sides of every equation are equal; a result that ends in dots is so far right."""
    if "=" not in arithmetic or "%" in arithmetic:
        return
    left, _, right = arithmetic.rpartition(" = ")
    expression = left.rpartition("→")[2]
    exact = _computed(expression)
    if right.endswith("…"):
        assert abs(exact - Fraction(right[:-1])) < Fraction(1, 10**8)
    else:
        assert exact == Fraction(right)


def _computed(expression: str) -> Fraction:
    """`a × b ÷ c` terms between + and -, by the schoolbook."""
    total = Fraction(0)
    for sign, term in re.findall(r"(^|[+-]) ?(-?[0-9.]+(?: [×÷] -?[0-9.]+)*)", expression.strip()):
        value = Fraction(1)
        for operator, number in re.findall(r"(^|×|÷) ?(-?[0-9.]+)", term):
            value = value / Fraction(number) if operator == "÷" else value * Fraction(number)
        total += -value if sign == "-" else value
    return total


Tampering = Callable[[StoredEvent], StoredEvent]


def _traced(**changes: Callable[[Trace], Any]) -> Tampering:
    def tamper(event: StoredEvent) -> StoredEvent:
        assert event.trace is not None
        return replace(event, trace=replace(event.trace, **{name: new(event.trace) for name, new in changes.items()}))

    return tamper


def _first_piece(change: Callable[[Piece], Piece]) -> Tampering:
    return _traced(pieces=lambda trace: (change(trace.pieces[0]), *trace.pieces[1:]))


TAMPERED: dict[str, Tampering] = {
    "amount": lambda event: replace(event, amount_micros=event.amount_micros + 1),
    "amount and payment": lambda event: replace(
        event, amount_micros=event.amount_micros + 1, accrued_micros=event.accrued_micros + 1
    ),
    "accrued": lambda event: replace(event, accrued_micros=event.amount_micros + 1),
    "debited": lambda event: replace(event, debited_micros=event.debited_micros + 1),
    "quantity": lambda event: replace(event, quantity=event.charged + 1),
    "charged": lambda event: replace(event, charged=event.charged + 1),
    "zone": lambda event: replace(event, zone="elsewhere"),
    "band": lambda event: replace(event, band="never"),
    "rate": lambda event: replace(event, rate_id=None),
    "number": lambda event: replace(event, other_party="+999"),
    "takes": lambda event: replace(event, takes=event.takes[1:]),
    "taken units": lambda event: replace(event, takes=[(bucket, units + 1) for bucket, units in event.takes]),
    "no trace": lambda event: replace(event, trace=None),
    "covered": _traced(covered=lambda trace: trace.covered + 1),
    "usage": _traced(usage_micros=lambda trace: trace.usage_micros + 1),
    "fee": _traced(fee_micros=lambda trace: trace.fee_micros + 1),
    "capped": _traced(capped_micros=lambda trace: trace.capped_micros + 1),
    "discount": _traced(discount_bp=lambda _: 5000),
    "minute": _traced(week_minute=lambda trace: trace.week_minute + 1),
    "offset": _traced(utc_offset_s=lambda trace: trace.utc_offset_s + 3600),
    "pieces": _traced(pieces=lambda trace: trace.pieces[1:]),
    "piece units": _first_piece(lambda piece: replace(piece, units=piece.units + 1)),
    "piece price": _first_piece(lambda piece: replace(piece, price_micros=piece.price_micros + 1)),
    "piece hour": _first_piece(lambda piece: replace(piece, week_minute=22 * 60)),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_does_not_add_up_is_not_explained(what: str) -> None:
    purse = Purse([a_bucket(7, amount=100), a_bucket(9, name="main", unit="money", amount=10_000_000)])
    event = an_event(other_party="+4533112233", duration_s=61)
    rated = ScalarRater().rate(event, a_subscriber("prepaid"), house_tariff(), purse)
    version = house_tariff().version_at(MONDAY_NOON)
    sound = StoredEvent.of(event, rated)
    assert explain(sound, version, {})
    with pytest.raises(ExplanationMismatch) as refused:
        explain(TAMPERED[what](sound), version, {})
    assert refused.value.code == "EXPLANATION_MISMATCH"


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_no_amount_but_the_right_one_is_explained(seed: int) -> None:
    random = Random(seed)
    for item, rated in _all_rated(scenario(random, 6)):
        version = next((one for one in item.tariff.versions if one.id == rated.version_id), None)
        wrong = replace(StoredEvent.of(item.event, rated), amount_micros=rated.amount_micros + random.randint(1, 10**6))
        with pytest.raises(ExplanationMismatch):
            explain(wrong, version, {})
