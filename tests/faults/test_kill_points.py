"""Killed with SIGKILL at every named point of relay and runner: each order still completes, once.

The points are those the code names (`mvne_workers.faults.STEPS`). Each trial places an order, lets a process that dies
at its point work on it, and then lets others finish it. The run prints how often each point was hit.
"""

import random
import signal
import sys
from collections import Counter

import pytest

from mvne_cli.installation import Installation
from mvne_workers.faults import STEPS
from tests.faults.trial import check_everything_happened_once, exit_code, finish, place_order

HITS = 5
SEED = 20261123


@pytest.mark.fault
def test_an_order_completes_once_wherever_a_process_is_killed(
    installation: Installation, outside_world: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # the same trials in every run
    trials = [step for step in STEPS for _ in range(HITS)]
    chance.shuffle(trials)
    hits: Counter[str] = Counter()
    for number, step in enumerate(trials):
        place_order(number)
        hits[step] += exit_code(step, after=chance.randint(1, 2)) == -signal.SIGKILL
    finish()

    with capsys.disabled():
        sys.stdout.write("\nkilled at: " + ", ".join(f"{step} {hits[step]}×" for step in STEPS) + "\n")
    assert all(hits[step] >= HITS for step in STEPS), hits
    check_everything_happened_once(installation, outside_world, len(trials))
