"""What rating answers."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from mvne_platform.kernel import Unit
from mvne_platform.rating.trace import Trace


class Outcome(StrEnum):
    """How an identified event ended."""

    RATED = "rated"
    NOT_CHARGEABLE = "not_chargeable"
    BARRED = "barred"
    FAILED = "failed"


class Reason(StrEnum):
    """Why an event ended other than plainly rated. Codes are stable: they are stored, shown and filtered by."""

    # not chargeable
    UNANSWERED = "unanswered"
    INCOMING = "incoming"
    FREE_NUMBER = "free_number"
    # barred
    BARRED_ZONE = "barred_zone"
    # rated, and flagged: part of the amount, or all of it, was not taken
    BALANCE_TOO_LOW = "balance_too_low"
    BALANCE_REFUSED = "balance_refused"
    # failed
    INVALID_QUANTITY = "invalid_quantity"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    NO_PRICE_LIST_VERSION = "no_price_list_version"
    NO_CALLED_NUMBER = "no_called_number"
    UNKNOWN_NUMBER = "unknown_number"
    UNKNOWN_SHORT_CODE = "unknown_short_code"
    NO_VISITED_NETWORK = "no_visited_network"
    UNKNOWN_NETWORK = "unknown_network"
    NO_HOME_ZONE = "no_home_zone"
    NO_RATE = "no_rate"
    NO_MAIN_BALANCE = "no_main_balance"


@dataclass(frozen=True, slots=True)
class Take:
    """What an event takes from one bucket: units of an allowance, or micros of money."""

    bucket_id: UUID
    unit: Unit
    quantity: int


@dataclass(frozen=True, slots=True)
class Rated:
    """How an event ended, what it costs and what pays for it; amounts in micros of `currency`.

    `amount_micros == accrued_micros + debited_micros + waived_micros`: billed later, taken from money buckets,
    and given up by the plan's offline policy. `charged` is `quantity` in whole increments, in the service's unit.
    `counted` units went into the counter of the rate's tiers. `itemised` is false for numbers that no bill may show.
    """

    outcome: Outcome
    currency: str
    reason: Reason | None = None
    detail: str = ""
    version_id: UUID | None = None
    rate_id: UUID | None = None
    zone: str | None = None
    band: str | None = None
    quantity: int = 0
    charged: int = 0
    amount_micros: int = 0
    accrued_micros: int = 0
    debited_micros: int = 0
    waived_micros: int = 0
    counted: int = 0
    counter: str | None = None
    itemised: bool = True
    takes: tuple[Take, ...] = ()
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Wholesale:
    """What the host operator charges for an event by the contract's price list, in micros of its currency.

    `reason` says why there is no amount; an event that costs the brand nothing has the amount 0.
    """

    currency: str
    amount_micros: int | None
    rate_id: UUID | None = None
    reason: Reason | None = None


class Stopped(Exception):
    """The event ends here; raised by a step, answered as a `Rated` by the rater."""

    def __init__(self, outcome: Outcome, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
