"""Owns rated events: whose each usage record is, what it cost, what paid for it, and never twice."""

from mvne_platform.charging.commands import start_load
from mvne_platform.charging.events import UsageChunkRated, UsageFileLoaded
from mvne_platform.charging.loading import CHUNK, Loaded, load_chunk
from mvne_platform.charging.models import RatedStatus
from mvne_platform.charging.queries import (
    UsageFilter,
    UsageRecord,
    UsageTotal,
    usage,
    usage_event,
    usage_of_entry,
    usage_totals,
)

__all__ = [
    "CHUNK",
    "Loaded",
    "RatedStatus",
    "UsageChunkRated",
    "UsageFileLoaded",
    "UsageFilter",
    "UsageRecord",
    "UsageTotal",
    "load_chunk",
    "start_load",
    "usage",
    "usage_event",
    "usage_of_entry",
    "usage_totals",
]
