"""What a usage event costs and what pays for it: pure integer arithmetic over a tariff and a purse."""

from mvne_platform.rating.purse import Purse, PurseBucket
from mvne_platform.rating.rated import Outcome, Rated, Reason, Take, TraceStep
from mvne_platform.rating.rater import Item, Rater
from mvne_platform.rating.scalar import ScalarRater
from mvne_platform.rating.subscriber import Subscriber

__all__ = [
    "Item",
    "Outcome",
    "Purse",
    "PurseBucket",
    "Rated",
    "Rater",
    "Reason",
    "ScalarRater",
    "Subscriber",
    "Take",
    "TraceStep",
]
