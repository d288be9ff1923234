"""Online charging: prices, charges and sessions at the moment of use, in the terms of no protocol."""

from mvne_platform.charging.online.answers import Answer, Grant, Refusal, Reply, Result, SessionView, answer_of
from mvne_platform.charging.online.commands import carry_out, charge, price, report, session, start_session
from mvne_platform.charging.online.models import Charge, ChargingSession, SessionState
from mvne_platform.charging.online.queries import correlated
from mvne_platform.charging.online.requests import (
    LONGEST_TEXT,
    ChargeRequest,
    Opening,
    Report,
    Request,
    SessionRelease,
    SessionStart,
    SessionUpdate,
    Usage,
    is_text,
    report_id,
)
from mvne_platform.charging.online.settlement import CHUNK, settle, settle_all
from mvne_platform.charging.online.sweep import end_expired_sessions

__all__ = [
    "CHUNK",
    "LONGEST_TEXT",
    "Answer",
    "Charge",
    "ChargeRequest",
    "ChargingSession",
    "Grant",
    "Opening",
    "Refusal",
    "Reply",
    "Report",
    "Request",
    "Result",
    "SessionRelease",
    "SessionStart",
    "SessionState",
    "SessionUpdate",
    "SessionView",
    "Usage",
    "answer_of",
    "carry_out",
    "charge",
    "correlated",
    "end_expired_sessions",
    "is_text",
    "price",
    "report",
    "report_id",
    "session",
    "settle",
    "settle_all",
    "start_session",
]
