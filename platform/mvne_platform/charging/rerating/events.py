"""What happened to re-ratings."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class ReratingComputed(Fact):
    """The difference of a run is complete: subscriptions that change, and micros more (or less, below zero)."""

    run_id: UUID
    subscriptions: int
    difference_micros: int


@dataclass(frozen=True, slots=True)
class ReratingBooked(Fact):
    """The difference of a run is in the books; `stale` subscriptions had moved since and were left out."""

    run_id: UUID
    subscriptions: int
    stale: int
