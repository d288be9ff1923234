"""The clock of a sandbox brand: it stands still until it is moved, and then stops at every timer on its way.

`request_advance` names the instant to reach. The scheduler calls `step` until `moving` no longer names the brand: each
step waits until the brand is quiet, goes to the earliest timer on the way and turns it into a job, or arrives.
"""

from mvne_tenants.clock.commands import ClockGoesBack, ClockIsReal, moving, request_advance, step
from mvne_tenants.clock.rules import Decision, Move, next_move

__all__ = ["ClockGoesBack", "ClockIsReal", "Decision", "Move", "moving", "next_move", "request_advance", "step"]
