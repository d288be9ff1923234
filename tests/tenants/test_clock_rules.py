"""Where a sandbox's clock goes next, decided without a database."""

from datetime import UTC, datetime

import pytest

from mvne_tenants.clock import Decision, Move, next_move

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 10, 1, 13, tzinfo=UTC)
TWO = datetime(2026, 10, 1, 14, tzinfo=UTC)
THREE = datetime(2026, 10, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock_at", "target", "timer", "quiet", "decided"),
    [
        pytest.param(NOON, None, NOON, True, Decision(Move.NONE, NOON), id="nobody asked"),
        pytest.param(NOON, TWO, None, True, Decision(Move.ARRIVE, TWO), id="nothing on the way"),
        pytest.param(NOON, TWO, ONE, True, Decision(Move.TIMER, ONE), id="a timer on the way"),
        pytest.param(NOON, TWO, TWO, True, Decision(Move.TIMER, TWO), id="a timer at the target comes first"),
        pytest.param(NOON, TWO, THREE, True, Decision(Move.ARRIVE, TWO), id="a timer beyond the target waits"),
        pytest.param(TWO, THREE, NOON, True, Decision(Move.TIMER, TWO), id="an overdue timer moves nothing back"),
        pytest.param(NOON, NOON, None, True, Decision(Move.ARRIVE, NOON), id="already there"),
        pytest.param(NOON, TWO, ONE, False, Decision(Move.WAIT, NOON), id="work is under way"),
        pytest.param(NOON, TWO, None, False, Decision(Move.WAIT, NOON), id="work is under way, no timer"),
    ],
)
def test_a_step(
    clock_at: datetime, target: datetime | None, timer: datetime | None, quiet: object, decided: Decision
) -> None:
    assert next_move(clock_at, target, timer, quiet=bool(quiet)) == decided
