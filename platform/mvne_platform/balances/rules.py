"""What a movement is, and what may be booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from mvne_platform.balances.errors import (
    BadAmount,
    BadGroupName,
    BadNote,
    BalanceTooLow,
    NotPrepaid,
    OccasionTaken,
    WrongCurrency,
)
from mvne_platform.balances.models import Reason
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Money, Unit

MAIN = "main"
# Allowances are taken before money.
MAIN_PRIORITY = 1_000_000
# How much of an allowance, or of what may be spent, is used when its holder is told; brands may choose others.
NOTICE_PERCENTS = (50, 80, 100)
LONGEST_NOTE = 500
LONGEST_NAME = 60
MOST_MEMBERS = 50

_VERSION_8 = 0x8 << 76 | 0b10 << 62
_HASHED = 0xFFF << 64 | (1 << 62) - 1
_ABOVE_ALL_TIMES = (1 << 48) - 1


@dataclass(frozen=True, slots=True)
class Grant:
    """An allowance to be granted: `quantity` of `unit`, for the `services` and `zones` listed (none: all).

    Valid in [valid_from, valid_to); without an end it lasts. Lower `priority` is taken first. What is left at its end
    goes on for `rollover_periods`, at most `rollover_limit` (None: all). A `shared` one is for the whole sharing group.
    """

    code: str
    unit: Unit
    quantity: int
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    priority: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    product_id: UUID | None = None
    rollover_limit: int | None = None
    rollover_periods: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant for one subscription on one occasion."""

    subscription_id: UUID
    grant: Grant
    reason_id: UUID


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of a bucket's ledger; `repeated` when the occasion had been booked before, with this result."""

    entry_id: UUID
    bucket_id: UUID
    delta: int
    occurred_at: datetime
    repeated: bool


def occasion_id(subject_id: UUID, instant: datetime) -> UUID:
    """The id of what comes again with each period: the same for the same subject and instant, else another.

    Billing names a product's renewal and its grants so, by the start of the period.
    """
    return uuid5(subject_id, instant.astimezone(UTC).isoformat())


def granted_bucket_id(subscription_id: UUID, code: str, occasion: str, valid_from: datetime | None) -> UUID:
    """The id of the bucket that one occasion makes; who makes it a second time finds it taken.

    A UUID of version 8 (RFC 9562 §5.8): 48 bits of the Unix milliseconds in which its validity begins, then a hash. So
    of two that end together the older one is the lower id, which usage takes from first.
    """
    hashed = uuid5(subscription_id, f"{code}/{occasion}")
    if valid_from is None:
        return hashed
    milliseconds = int(valid_from.timestamp() * 1_000)
    return UUID(int=milliseconds << 80 | _VERSION_8 | (hashed.int & _HASHED))


def new_group_id() -> UUID:
    """An id for a sharing group: of version 8, above every id that is made from a time, else random."""
    return UUID(int=_ABOVE_ALL_TIMES << 80 | _VERSION_8 | (uuid4().int & _HASHED))


def carried_over(rests: Sequence[tuple[UUID, int, int | None]]) -> dict[UUID, int]:
    """How much of each ended bucket goes on: (bucket, units left, limit) of one allowance, the freshest first.

    The limit of the freshest holds for all of them together; what is the freshest is kept.
    """
    if not rests:
        return {}
    room = rests[0][2]
    carried = {}
    for bucket_id, left, _ in rests:
        units = left if room is None else min(left, room)
        room = None if room is None else room - units
        if units:
            carried[bucket_id] = units
    return carried


def check_money(money: Money, currency: str) -> None:
    """Raise WrongCurrency or BadAmount unless `money` is a positive amount of the brand's currency."""
    check_currency(money, currency)
    if money.micros <= 0:
        raise BadAmount(f"{money} cannot be booked; give an amount above zero.", field=("amount",))


def check_currency(money: Money, currency: str) -> None:
    """Raise WrongCurrency unless `money` is of the brand's currency."""
    if money.currency != currency:
        raise WrongCurrency(
            f"{money} is not of the brand's currency; give the amount in {currency}.", field=("amount",)
        )


def check_covers(available_micros: int, money: Money) -> None:
    """Raise BalanceTooLow when a bucket with `available_micros` cannot pay `money`."""
    if available_micros < money.micros:
        raise too_low(available_micros, money)


def check_holds_money(mode: PaymentMode) -> None:
    """Raise NotPrepaid for a line that pays afterwards: nothing would ever take from its balance."""
    if mode is PaymentMode.POSTPAID:
        raise NotPrepaid(
            "This line pays by invoice: nothing takes from a prepaid balance. Credit its billing account instead.",
            field=("subscription_id",),
        )


def check_note(note: str) -> str:
    """The reason a member of staff gives, without blanks around it; raises BadNote when it is empty or too long."""
    text = note.strip()
    if not 0 < len(text) <= LONGEST_NOTE:
        raise BadNote(f"Say in 1 to {LONGEST_NOTE} characters why the balance is adjusted.", field=("reason",))
    return text


def too_low(available_micros: int, money: Money) -> BalanceTooLow:
    """The refusal to take `money` from a balance of which `available_micros` are not reserved."""
    held, short = Money(available_micros, money.currency), Money(money.micros - available_micros, money.currency)
    return BalanceTooLow(f"The balance of {held} does not cover {money}; top up {short} or more.")


def check_same(asked: int, booked: int, reason: Reason) -> None:
    """Raise OccasionTaken when an occasion already booked comes again with another amount."""
    if asked != booked:
        raise OccasionTaken(
            f"This {reason} is booked already, with {booked} instead of {asked}; a new one needs an id of its own."
        )


def check_group_name(name: str) -> str:
    """A sharing group's name without blanks around it; raises BadGroupName when it is empty or too long."""
    title = name.strip()
    if not 0 < len(title) <= LONGEST_NAME:
        raise BadGroupName(f"Give the group a name of 1 to {LONGEST_NAME} characters.", field=("name",))
    return title


def expiry_id(bucket_id: UUID, at: datetime, amount: int) -> UUID:
    """The occasion of a round of expiry: what comes back after one, from a session, goes with the next."""
    return uuid5(bucket_id, f"expiry/{at.astimezone(UTC).isoformat()}/{amount}")
