"""Decisions: what a request is granted, what it holds afterwards, what is charged in the end. Pure; time is given.

All prices come from `rating`.
"""

from mvne_platform.charging.online.rules.charges import ORIGIN, RATER, decide_charge, event_of, refusal_of
from mvne_platform.charging.online.rules.sessions import affords, decide_report, decide_start
from mvne_platform.charging.online.rules.terms import Decision, Finished, Numbers, Party, Session, refusing

__all__ = [
    "ORIGIN",
    "RATER",
    "Decision",
    "Finished",
    "Numbers",
    "Party",
    "Session",
    "affords",
    "decide_charge",
    "decide_report",
    "decide_start",
    "event_of",
    "refusal_of",
    "refusing",
]
