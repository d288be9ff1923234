"""Mistakes planted in the kernel, one at a time: the comparison with the reference finds each of them."""

import itertools
from functools import cache
from random import Random

import pytest

from tests.platform.rating.generators import scenario
from tests.platform.rating_kernel.compare import Expected
from tests.platform.rating_kernel.edges import on_edges
from tests.platform.rating_kernel.planting import Fault, planted

# Enough for every fault below; each is looked for until it is found. Those with an odd number are on the edges.
SCENARIOS = 120

FAULTS = (
    Fault(
        "the prefix that begins last, not the longest",
        "ranges",
        "depth -= 1\n            owner = int(stack[depth - 1]) if depth > 0 else NONE",
        "depth -= 1\n            owner = NONE",
    ),
    Fault(
        "a prefix of another length counts",
        "ranges",
        "for _ in range(DIGITS - length)",
        "for _ in range(DIGITS - length - 1)",
    ),
    Fault(
        "a version begins a second late",
        "finding",
        "t[record + at.TARIFF_STARTS + 1], start)",
        "t[record + at.TARIFF_STARTS + 1], start - 1)",
    ),
    Fault(
        "an operator that is not listed is not other operators",
        "finding",
        "if t[record + at.VERSION_ANY_OPERATOR] >= 0:",
        "if t[record + at.VERSION_ANY_OPERATOR] > 10**9:",
    ),
    Fault("ported numbers by their prefix", "finding", "    if use[at.HAS_OPERATOR]:", "    if False:"),
    Fault(
        "a free short code abroad costs",
        "finding",
        "if use[at.NUMBER] < NONE and listed >= 0 and",
        "if use[at.NUMBER] > 0 and listed >= 0 and",
    ),
    Fault("no wildcard of the country", "finding", "_in_network(use[at.COUNTRY]", "_in_network(use[at.NETWORK]"),
    Fault("helplines are free", "finding", "in (codes.EMERGENCY, codes.FREEPHONE)", ">= 0"),
    Fault("free zones are itemised", "finding", "!= codes.ZONE_FREE)", "!= codes.ZONE_BARRED)"),
    Fault(
        "an unanswered call without a duration fails",
        "finding",
        "use[at.QUANTITY] == NONE and use[at.ANSWERED] == 0",
        "False",
    ),
    Fault("holidays have their own hours", "daytime", "and t[holiday] >= 0:", "and t[holiday] > 6:"),
    Fault("the week begins on Sunday", "daytime", "_FIRST_WEEKDAY = 3", "_FIRST_WEEKDAY = 4"),
    Fault("summer time an hour late", "clocks", "    return high\n", "    return high + 3600\n"),
    Fault(
        "no look at midnight",
        "daytime",
        "soonest = (local // _DAY_S + 1) * _DAY_S",
        "soonest = (local // _DAY_S + 9) * _DAY_S",
    ),
    Fault("no look at summer time", "daytime", "if row + 1 < t[record + at.TARIFF_CLOCK + 1]:", "if row + 1 < 0:"),
    Fault(
        "the first increment only",
        "pricing",
        "(quantity - first + following - 1) // following",
        "(quantity - first) // following",
    ),
    Fault("nothing used costs an increment", "pricing", "    if quantity == 0:\n        return 0\n", ""),
    Fault(
        "a split increment goes by its end",
        "pricing",
        "its_cut = charged_units(instant - spot.start, record, t)",
        "its_cut = instant - spot.start",
    ),
    Fault(
        "the first of several bands in an increment",
        "pricing",
        "            cut, waiting, band = its_cut, its_band, its_band\n",
        "            waiting = its_band if its_cut != cut else waiting\n            cut, band = its_cut, its_band\n",
    ),
    Fault("a tier begins a unit late", "rates", "[tier.from_volume for tier", "[tier.from_volume + 1 for tier"),
    Fault(
        "tiers by volume count what comes after",
        "pricing",
        "price, _ = _tier_at(rate, before, t)",
        "price, _ = _tier_at(rate, volume + units, t)",
    ),
    Fault(
        "tiers forget the segment before",
        "pricing",
        "        volume += units\n    return written\n\n\n@compiled\ndef _by_tier",
        "    return written\n\n\n@compiled\ndef _by_tier",
    ),
    Fault(
        "covered units are priced",
        "pricing",
        "scratch[at.SEGMENTS, row, at.SEGMENT_FIRST], covered)",
        "scratch[at.SEGMENTS, row, at.SEGMENT_FIRST], 0)",
    ),
    Fault("each piece is rounded", "pricing", "rest += part % per", "rest += 0"),
    Fault("half a micro is rounded down", "pricing", "if 2 * rest >= per:", "if 2 * rest > per:"),
    Fault(
        "no minimum",
        "pricing",
        "return min(max(t[rate + at.FEE] + usage, t[rate + at.MINIMUM]), t[rate + at.MAXIMUM])",
        "return min(t[rate + at.FEE] + usage, t[rate + at.MAXIMUM])",
    ),
    Fault(
        "the fee is not capped",
        "pricing",
        "t[rate + at.FEE] + usage, t[rate + at.MINIMUM]), t[rate + at.MAXIMUM])",
        "usage, t[rate + at.MINIMUM]), t[rate + at.MAXIMUM]) + t[rate + at.FEE]",
    ),
    Fault(
        "discounts are rounded down",
        "pricing",
        "(parts + codes.WHOLE_BP // 2) // codes.WHOLE_BP",
        "parts // codes.WHOLE_BP",
    ),
    Fault("a covered event pays the fee", "costing", "if pieces == 0:", "if pieces < 0:"),
    Fault("discounts above the whole", "paying", "return min(total, codes.WHOLE_BP)", "return total"),
    Fault(
        "a bucket holds at its end",
        "paying",
        "<= use[at.START] < purse[row, at.VALID_TO]:\n        return False\n    if purse",
        "<= use[at.START] <= purse[row, at.VALID_TO]:\n        return False\n    if purse",
    ),
    Fault(
        "any service is covered",
        "paying",
        "if purse[row, at.SERVICES_MASK] >> use[at.SERVICE] & 1 == 0:",
        "if purse[row, at.SERVICES_MASK] == 0:",
    ),
    Fault(
        "every member's bucket is everybody's",
        "paying",
        "return bool(purse[row, at.OWNER] == use[at.SUBSCRIPTION])",
        "return True",
    ),
    Fault(
        "shared buckets are nobody's", "paying", "return bool(purse[row, at.GROUP] == use[at.SHARING])", "return False"
    ),
    Fault(
        "money of any currency",
        "paying",
        "usable = usable and purse[row, at.CURRENCY] == currency",
        "usable = usable and currency == currency",
    ),
    Fault(
        "the main balance's take twice",
        "paying",
        "        if bucket == main:\n            short += quantity",
        "        if bucket == main:\n            short += 0",
    ),
    Fault(
        "refusal keeps what was there",
        "paying",
        "return Paid(accrued, nothing, rest, first, codes.BALANCE_REFUSED)",
        "return Paid(accrued, rest - short, short, count, codes.BALANCE_REFUSED)",
    ),
    Fault("the spend limit bounds each event", "paying", "max(0, use[at.LIMIT] - spent)", "max(0, use[at.LIMIT])"),
    Fault("periods are counted together", "paying", " and counters[row, at.COUNTED_PERIOD] == use[at.PERIOD]", ""),
    Fault(
        "covered units are counted",
        "writing",
        "charge.charged - charge.covered if counter",
        "charge.charged if counter",
    ),
    Fault(
        "the trace tells what was there before",
        "writing",
        "trace[end + 1 + place] = purse[bucket, at.AMOUNT]",
        "trace[end + 1 + place] = purse[bucket, at.AMOUNT] + quantity",
    ),
    Fault(
        "accruals are forgotten", "writing", "    if answer[at.ACCRUED] != 0:", "    if answer[at.ACCRUED] > 10**15:"
    ),
    Fault(
        "the host counts tiers",
        "machine",
        "rate_record(rate, t), t), nothing, nothing, nothing)",
        "rate_record(rate, t), t), nothing, nothing, 2000)",
    ),
    Fault(
        "a chain of one counter",
        "paying",
        "counters[row, at.LINK] = heads[subscription]",
        "counters[row, at.LINK] = -1",
    ),
)


@cache
def _expected(seed: int) -> Expected:
    random = Random(seed)
    drawn = scenario(random, events=12)
    return Expected.of(on_edges(drawn, random) if seed % 2 else drawn)


def test_uncompiled_it_says_what_the_reference_says() -> None:
    with planted(None) as kernel:
        for seed in range(SCENARIOS):
            assert _expected(seed).differences(kernel) == [], f"seed {seed}"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    with planted(fault) as kernel:
        for seed in range(SCENARIOS):
            found = _expected(seed).differences(kernel)
            if found:
                print(f"{fault.name}: seed {seed}, {found[0]}")  # noqa: T201  # with -rP: which case found it
                return
    pytest.fail(f"Nothing has found: {fault.name}.")


def test_no_fault_stands_twice() -> None:
    for one, other in itertools.combinations(FAULTS, 2):
        assert (one.file, one.text, one.instead) != (other.file, other.text, other.instead)
