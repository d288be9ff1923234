"""Loads of overlapping files by workers that are killed: rows, balances, buckets and counters are as without a death.

Each trial gives a brand's crowd some files that share records. Workers load them through the runner, the large ones as
columns, and die: at a point that the code names (`mvne_workers.faults.LOADING_STEPS`), at a random instant, or because
PostgreSQL is killed. What is there in the end is compared with an uninterrupted load of the same.

`FAULT_HITS` says how often each point is to be hit: `FAULT_HITS=5 .venv/bin/pytest tests/faults/test_loading_killed.py`
makes 56 trials and prints how often which was hit. `FAULT_SEED` makes other ones.
"""

import os
import random
import sys
from collections import Counter

import pytest

from mvne_cli.installation import Installation
from tests.faults.loading import KILLED_AT, Trial

HITS = int(os.environ.get("FAULT_HITS", "1"))
SEED = int(os.environ.get("FAULT_SEED", "20261124"))
INSTANT, DATABASE = "instant", "database"
WANTED = dict.fromkeys(KILLED_AT, HITS) | {INSTANT: 2 * HITS, DATABASE: HITS + HITS // 4}


@pytest.mark.fault
def test_a_load_comes_to_the_same_whoever_is_killed_when(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # the same trials in every run
    plans = [plan for plan, times in WANTED.items() for _ in range(times)]
    chance.shuffle(plans)
    most_trials = 2 * len(plans) + 10
    hits: Counter[str] = Counter()
    trials = 0
    while plans and trials < most_trials:
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
        shown = ", ".join(f"{plan} {hits[plan]}×" for plan in WANTED)
        sys.stdout.write(f"\n{trials} trials of seed {SEED}, killed at: {shown}\n")
    assert all(hits[plan] >= times for plan, times in WANTED.items()), hits


@pytest.mark.fault
def test_a_loader_with_two_transactions_is_found_out(installation: Installation) -> None:
    trial = Trial(installation, SEED, 0, planted=True)
    expected = trial.uninterrupted()
    assert trial.interrupted("chunk.posted", random.Random(SEED))
    with pytest.raises(AssertionError):
        assert trial.state() == expected
