"""What a usage event costs and what pays for it: pure integer arithmetic over a tariff and a purse."""

from mvne_platform.rating.explaining import explain
from mvne_platform.rating.explanation import ExplanationMismatch, ExplanationStep, StepKind, StoredEvent
from mvne_platform.rating.purse import SPEND, CounterId, Purse, PurseBucket
from mvne_platform.rating.rated import Outcome, Rated, Reason, Take, Wholesale
from mvne_platform.rating.rater import Item, Rater
from mvne_platform.rating.scalar import ScalarRater
from mvne_platform.rating.subscriber import Subscriber, UsageDiscount
from mvne_platform.rating.trace import MatchKind, Piece, Trace

__all__ = [
    "SPEND",
    "CounterId",
    "ExplanationMismatch",
    "ExplanationStep",
    "Item",
    "MatchKind",
    "Outcome",
    "Piece",
    "Purse",
    "PurseBucket",
    "Rated",
    "Rater",
    "Reason",
    "ScalarRater",
    "StepKind",
    "StoredEvent",
    "Subscriber",
    "Take",
    "Trace",
    "UsageDiscount",
    "Wholesale",
    "explain",
]
