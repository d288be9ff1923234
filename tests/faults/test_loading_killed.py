"""Loads of overlapping files by workers that are killed: rows, balances, buckets and counters are as without a death.

Each trial gives a brand's crowd some files that share records. Workers load them through the runner, the large ones as
columns, and die: at a point that the code names (`mvne_workers.faults.STEPS` and `charging.steps.STEPS`), at a random
instant, or because PostgreSQL is killed. What is there in the end is compared with an uninterrupted load of the same.
"""

import random
import sys
from collections import Counter

import pytest

from mvne_cli.installation import Installation
from tests.faults.loading import KILLED_AT, Trial

HITS = 5
RANDOM_KILLS = 10
DATABASE_KILLS = 6
MOST_TRIALS = 120
SEED = 20261124


@pytest.mark.fault
def test_a_load_comes_to_the_same_whoever_is_killed_when(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # the same trials in every run
    plans = [point for point in KILLED_AT for _ in range(HITS)] + ["instant"] * RANDOM_KILLS
    plans += ["database"] * DATABASE_KILLS
    chance.shuffle(plans)
    hits: Counter[str] = Counter()
    trials = 0
    while plans and trials < MOST_TRIALS:
        plan = plans.pop()
        trial = Trial(installation, chance.randrange(1 << 30), trials)
        expected = trial.uninterrupted()
        hit = trial.interrupted(plan, chance)
        assert trial.state() == expected, (trials, plan)
        trial.clear()
        trials, hits[plan] = trials + 1, hits[plan] + hit
        if not hit:  # it was done before its end came: another time
            plans.insert(0, plan)

    with capsys.disabled():
        shown = ", ".join(f"{point} {hits[point]}×" for point in (*KILLED_AT, "instant", "database"))
        sys.stdout.write(f"\n{trials} trials, killed at: {shown}\n")
    assert all(hits[point] >= HITS for point in (*KILLED_AT, "instant", "database")), hits
