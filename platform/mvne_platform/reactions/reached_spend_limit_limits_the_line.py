"""When a line has spent what it may, the network is told to cut it off or to slow it down, as its plan says."""

from mvne_platform import balances
from mvne_platform.balances import SpendThresholdReached
from mvne_platform.runtime import Context


def react(ctx: Context, fact: SpendThresholdReached) -> None:
    """Emit the signal."""
    balances.limit_spent(ctx, fact)
