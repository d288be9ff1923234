"""Owns rated events: whose each usage record is, what it cost, what paid for it, and never twice."""

from mvne_platform.charging import replay, rerating
from mvne_platform.charging.again import rate_again
from mvne_platform.charging.commands import start_load
from mvne_platform.charging.downloading import write_usage
from mvne_platform.charging.errors import TooMuchUsage
from mvne_platform.charging.events import UsageChunkRated, UsageFileLoaded, UsageRatedAgain
from mvne_platform.charging.explaining import explanation
from mvne_platform.charging.loading import CHUNK, Loaded, load_chunk
from mvne_platform.charging.models import RatedStatus
from mvne_platform.charging.past import Scope
from mvne_platform.charging.queries import (
    BucketTake,
    By,
    UsageFilter,
    UsageRecord,
    UsageTotal,
    usage,
    usage_event,
    usage_of_entry,
    usage_of_rerating,
    usage_totals,
)
from mvne_platform.charging.steps import STEPS as CHUNK_STEPS
from mvne_platform.charging.wholesale import wholesale_cost
from mvne_platform.rating import ExplanationStep

__all__ = [
    "CHUNK",
    "CHUNK_STEPS",
    "BucketTake",
    "By",
    "ExplanationStep",
    "Loaded",
    "RatedStatus",
    "Scope",
    "TooMuchUsage",
    "UsageChunkRated",
    "UsageFileLoaded",
    "UsageFilter",
    "UsageRatedAgain",
    "UsageRecord",
    "UsageTotal",
    "explanation",
    "load_chunk",
    "rate_again",
    "replay",
    "rerating",
    "start_load",
    "usage",
    "usage_event",
    "usage_of_entry",
    "usage_of_rerating",
    "usage_totals",
    "wholesale_cost",
    "write_usage",
]
