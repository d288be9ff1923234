"""Where a sandbox's clock goes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Move(StrEnum):
    """What a step does: nothing, wait for work to end, stop at a timer, or arrive."""

    NONE = "none"
    WAIT = "wait"
    TIMER = "timer"
    ARRIVE = "arrive"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a step does and what the clock shows after it."""

    move: Move
    clock_at: datetime

    @property
    def moved(self) -> bool:
        """Whether there may be more to do at once."""
        return self.move in (Move.TIMER, Move.ARRIVE)


def next_move(clock_at: datetime, target: datetime | None, earliest_timer: datetime | None, *, quiet: bool) -> Decision:
    """Decide a step. `quiet` says that all work promised so far is done; the clock never goes back."""
    if target is None:
        return Decision(Move.NONE, clock_at)
    if not quiet:
        return Decision(Move.WAIT, clock_at)
    if earliest_timer is not None and earliest_timer <= max(target, clock_at):
        return Decision(Move.TIMER, max(earliest_timer, clock_at))
    return Decision(Move.ARRIVE, max(target, clock_at))
