"""A past period under draft prices: what the brand would have earned, who wins, who loses, who would be shocked."""

from mvne_platform.charging.replay.commands import start_replay
from mvne_platform.charging.replay.errors import BadReplay, UnknownReplay
from mvne_platform.charging.replay.events import TariffReplayed
from mvne_platform.charging.replay.models import ReplayResult, ReplayRun, ReplayState
from mvne_platform.charging.replay.queries import (
    Shock,
    Step,
    Totals,
    distribution,
    replay,
    replays,
    shocks,
    totals,
    wholesale_currency,
)
from mvne_platform.charging.replay.rules import Replayed

__all__ = [
    "BadReplay",
    "ReplayResult",
    "ReplayRun",
    "ReplayState",
    "Replayed",
    "Shock",
    "Step",
    "TariffReplayed",
    "Totals",
    "UnknownReplay",
    "distribution",
    "replay",
    "replays",
    "shocks",
    "start_replay",
    "totals",
    "wholesale_currency",
]
