"""Partial records: a switch writes a long call in parts, which are one call with one connection fee."""

from mvne_platform.mediation.parts.assembly import call_of, complete, joined
from mvne_platform.mediation.parts.commands import Collected, Overdue, collect_parts, overdue_parts, settle_part
from mvne_platform.mediation.parts.queries import joined_event, next_overdue

__all__ = [
    "Collected",
    "Overdue",
    "call_of",
    "collect_parts",
    "complete",
    "joined",
    "joined_event",
    "next_overdue",
    "overdue_parts",
    "settle_part",
]
