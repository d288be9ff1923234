"""PostgreSQL killed with SIGKILL in the middle of the work, at random instants: every order completes, once."""

import random
import sys
import time

import pytest

from mvne_cli.installation import Installation
from mvne_platform.runtime.db import app_engine
from tests.faults.trial import check_everything_happened_once, finish, place_order, start_work

KILLS = 6
ORDERS_PER_KILL = 3
SEED = 7


@pytest.mark.fault
def test_orders_complete_once_when_the_database_is_killed(
    installation: Installation, outside_world: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # the same trials in every run
    placed, interrupted = 0, 0
    while interrupted < KILLS:
        for _ in range(ORDERS_PER_KILL):
            place_order(placed)
            placed += 1
        worker = start_work()
        time.sleep(chance.uniform(0.05, 0.4))
        installation.postgres.kill()
        worker.join(60)
        interrupted += worker.exitcode != 0
        installation.postgres.ensure_running()
        app_engine().dispose()
    finish()

    with capsys.disabled():
        sys.stdout.write(f"\nPostgreSQL killed under work {interrupted}×, {placed} orders\n")
    check_everything_happened_once(installation, outside_world, placed)
