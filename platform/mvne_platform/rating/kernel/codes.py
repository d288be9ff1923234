"""Members of enumerations as the kernel knows them, by their place in the enumeration; and the limits of rating."""

from enum import Enum

from mvne_platform.catalogue import UNITS, ZONED_BY, NumberClass, OfflineDebit, PaymentMode, Service, Treatment, ZonedBy
from mvne_platform.kernel import Unit
from mvne_platform.rating.bands import SPLIT_HORIZON_S
from mvne_platform.rating.price import MOST_MICROS
from mvne_platform.rating.price import WHOLE_BP as _WHOLE_BP
from mvne_platform.rating.rated import Outcome, Reason
from mvne_platform.rating.trace import LAYOUT, MatchKind
from mvne_platform.rating.units import MOST_UNITS


def place(member: Enum) -> int:
    """The number that stands for a member in columns."""
    return list(type(member)).index(member)


SERVICES = len(Service)
# By the place of the service.
UNIT_OF = tuple(place(UNITS[service]) for service in Service)
ZONED_BY_OF = tuple(place(ZONED_BY[service]) for service in Service)

SECOND, MONEY = place(Unit.SECOND), place(Unit.MONEY)
BY_CALLED_NUMBER, BY_HOME, BY_NOTHING = (
    place(ZonedBy.CALLED_NUMBER),
    place(ZonedBy.HOME_NETWORK),
    place(ZonedBy.NOTHING),
)
ZONE_FREE, ZONE_BARRED = place(Treatment.FREE), place(Treatment.BARRED)
EMERGENCY, FREEPHONE = place(NumberClass.EMERGENCY), place(NumberClass.FREEPHONE)
POSTPAID, HYBRID = place(PaymentMode.POSTPAID), place(PaymentMode.HYBRID)
DEBIT_FULL, DEBIT_AVAILABLE = place(OfflineDebit.FULL), place(OfflineDebit.AVAILABLE)

RATED, NOT_CHARGEABLE = place(Outcome.RATED), place(Outcome.NOT_CHARGEABLE)
BARRED, FAILED = place(Outcome.BARRED), place(Outcome.FAILED)

UNANSWERED, INCOMING = place(Reason.UNANSWERED), place(Reason.INCOMING)
FREE_NUMBER, BARRED_ZONE = place(Reason.FREE_NUMBER), place(Reason.BARRED_ZONE)
BALANCE_TOO_LOW, BALANCE_REFUSED = place(Reason.BALANCE_TOO_LOW), place(Reason.BALANCE_REFUSED)
INVALID_QUANTITY, AMOUNT_OUT_OF_RANGE = place(Reason.INVALID_QUANTITY), place(Reason.AMOUNT_OUT_OF_RANGE)
NO_PRICE_LIST_VERSION, NO_RATE = place(Reason.NO_PRICE_LIST_VERSION), place(Reason.NO_RATE)
NO_CALLED_NUMBER, UNKNOWN_NUMBER = place(Reason.NO_CALLED_NUMBER), place(Reason.UNKNOWN_NUMBER)
UNKNOWN_SHORT_CODE, NO_HOME_ZONE = place(Reason.UNKNOWN_SHORT_CODE), place(Reason.NO_HOME_ZONE)
NO_VISITED_NETWORK, UNKNOWN_NETWORK = place(Reason.NO_VISITED_NETWORK), place(Reason.UNKNOWN_NETWORK)
NO_MAIN_BALANCE = place(Reason.NO_MAIN_BALANCE)

# By the place of the reason: how an event that has it ends.
_NOT_CHARGEABLE = (Reason.UNANSWERED, Reason.INCOMING, Reason.FREE_NUMBER)
_FLAGGED = (Reason.BALANCE_TOO_LOW, Reason.BALANCE_REFUSED)
OUTCOME_OF = tuple(
    NOT_CHARGEABLE
    if reason in _NOT_CHARGEABLE
    else BARRED
    if reason is Reason.BARRED_ZONE
    else RATED
    if reason in _FLAGGED
    else FAILED
    for reason in Reason
)

# Limits that define what an event costs, not how: the one thing that the kernel and the reference share.
LONGEST_SPLIT_S, MOST_QUANTITY, MOST_USAGE_MICROS, WHOLE_BP = SPLIT_HORIZON_S, MOST_UNITS, MOST_MICROS, _WHOLE_BP
TRACE_LAYOUT = LAYOUT
MATCH_NONE, MATCH_PREFIX, MATCH_SHORT_CODE = int(MatchKind.NONE), int(MatchKind.PREFIX), int(MatchKind.SHORT_CODE)
MATCH_NETWORK, MATCH_COUNTRY = int(MatchKind.NETWORK), int(MatchKind.COUNTRY_NETWORKS)
MATCH_HOME, MATCH_OPERATOR = int(MatchKind.HOME), int(MatchKind.OPERATOR)
MATCH_OTHER_OPERATORS = int(MatchKind.OTHER_OPERATORS)
