"""When a line's data is used up and its plan slows it down then, the network is told to; every line of a group."""

from mvne_platform import balances
from mvne_platform.balances import AllowanceThresholdReached
from mvne_platform.runtime import Context


def react(ctx: Context, fact: AllowanceThresholdReached) -> None:
    """Emit the signal."""
    balances.limit_used_up(ctx, fact)
