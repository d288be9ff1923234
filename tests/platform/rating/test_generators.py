"""The generators reach every corner, and draw no price list that publishing would refuse for its numbers."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from mvne_platform.catalogue.rules.price_lists import price_list_problems
from mvne_platform.rating import MatchKind, Outcome, Reason, ScalarRater
from tests.platform.rating.generated_tariffs import CHARGED_SERVICES, a_draft
from tests.platform.rating.generators import scenario

# Left open on purpose: events have to fail for want of a rate, and rates that no event reaches do no harm.
HARMLESS = ("never reaches zone", "has no rate outside")


@pytest.mark.parametrize("seed", range(20))
def test_drawn_price_lists_keep_the_limits_of_publishing(seed: int) -> None:
    draft = a_draft(Random(seed), "list", datetime(2026, 1, 1, tzinfo=UTC), CHARGED_SERVICES)
    found = [str(problem) for problem in price_list_problems(draft)]
    assert [told for told in found if not any(harmless in told for harmless in HARMLESS)] == []


def test_every_ending_and_every_rule_is_met() -> None:
    met: Counter[object] = Counter()
    for seed in range(150):
        drawn = scenario(Random(seed), events=30)
        for rated in ScalarRater().rate_many(drawn.items, drawn.fresh_purses()):
            met[rated.outcome] += 1
            met[rated.reason] += 1
            trace = rated.trace
            if trace is None:
                continue
            met[trace.match] += 1
            met["tiers"] += len({piece.price_micros for piece in trace.pieces}) > 1
            met["split"] += len({piece.week_minute for piece in trace.pieces}) > 1
            met["partly covered"] += 0 < trace.covered < rated.charged
            met["discount"] += trace.discount_bp > 0
            met["limit"] += trace.spent_before > 0
            met["overdrawn"] += min(trace.left, default=0) < 0
    corners = {"tiers", "split", "partly covered", "discount", "limit", "overdrawn"}
    expected = {*Outcome, *Reason, *MatchKind} - {MatchKind.NONE} | corners
    assert {one for one in expected if met[one] < 5} == set()
