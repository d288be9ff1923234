"""What a movement is, and what may be booked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from mvne_platform.balances.errors import BadAmount, BalanceTooLow, OccasionTaken, WrongCurrency
from mvne_platform.balances.models import Reason
from mvne_platform.kernel import Money, Unit

MAIN = "main"
# Allowances are taken before money.
MAIN_PRIORITY = 1_000_000


@dataclass(frozen=True, slots=True)
class Grant:
    """An allowance to be granted: `quantity` of `unit`, for the `services` and `zones` listed (none: all).

    Valid in [valid_from, valid_to); without an end it lasts. Lower `priority` is taken first.
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


def granted_bucket_id(subscription_id: UUID, code: str, reason: Reason, reason_id: UUID) -> UUID:
    """The id of the bucket that one grant makes; a repeated grant finds it taken."""
    return uuid5(subscription_id, f"{code}/{reason}/{reason_id}")


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


def check_covers(amount_micros: int, money: Money) -> None:
    """Raise BalanceTooLow when a bucket of `amount_micros` cannot pay `money`."""
    if amount_micros < money.micros:
        raise too_low(amount_micros, money)


def too_low(amount_micros: int, money: Money) -> BalanceTooLow:
    """The refusal to take `money` from a balance of `amount_micros`."""
    held, short = Money(amount_micros, money.currency), Money(money.micros - amount_micros, money.currency)
    return BalanceTooLow(f"The balance of {held} does not cover {money}; top up {short} or more.")


def check_same(asked: int, booked: int, reason: Reason) -> None:
    """Raise OccasionTaken when an occasion already booked comes again with another amount."""
    if asked != booked:
        raise OccasionTaken(
            f"This {reason} is booked already, with {booked} instead of {asked}; a new one needs an id of its own."
        )
