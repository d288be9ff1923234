"""Medians of interleaved rounds: ours, ceiling, ours, ceiling …, so that a noisy machine disturbs both alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5
Side = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure beside its ceiling; a ratio of 1 is the ceiling: ours by ceiling for rates, the reverse for times."""

    name: str
    value: float
    unit: str
    ceiling: float
    ratio: float


def rates(name: str, unit: str, ours: Callable[[], int], ceiling: Callable[[], int], rounds: int = ROUNDS) -> Result:
    """Compare two functions that answer how many things they did; one uncounted round first."""
    return paces(name, unit, lambda: _rate(ours), lambda: _rate(ceiling), rounds)


def paces(name: str, unit: str, ours: Side, ceiling: Side, rounds: int = ROUNDS) -> Result:
    """Compare two functions that have a stopwatch of their own and answer things per second."""
    pairs = _rounds(ours, ceiling, rounds)
    value, top = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Result(name, value, unit, top, statistics.median(a / b for a, b in pairs))


def times(name: str, ours: Callable[[], object], ceiling: Callable[[], object], rounds: int = ROUNDS) -> Result:
    """Compare how long two functions take; one uncounted round first."""
    pairs = _rounds(lambda: _seconds(ours), lambda: _seconds(ceiling), rounds)
    value, top = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Result(name, value, "s", top, statistics.median(b / a for a, b in pairs))


def _rounds(ours: Side, ceiling: Side, rounds: int) -> list[tuple[float, float]]:
    return [(ours(), ceiling()) for _ in range(rounds + 1)][1:]


def _rate(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - started)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
