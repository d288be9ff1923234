"""Steps 7 and 10: what allowances cover, and how the rest is paid."""

from dataclasses import dataclass

from mvne_platform.catalogue import OfflineDebit, PaymentMode
from mvne_platform.kernel import Unit
from mvne_platform.rating.purse import SPEND, Purse
from mvne_platform.rating.rated import Outcome, Reason, Stopped, Take
from mvne_platform.rating.subscriber import Cover, Subscriber
from mvne_platform.rating.trace import NOTHING


@dataclass(frozen=True, slots=True)
class Payment:
    """How an amount is paid, in micros; the three parts sum up to it. `reason` flags what was given up."""

    accrued_micros: int
    debited_micros: int = 0
    waived_micros: int = 0
    takes: tuple[Take, ...] = ()
    reason: Reason | None = None


def take_allowances(charged: int, unit: Unit, cover: Cover, purse: Purse) -> list[Take]:
    """Spread whole increments over the allowances in their order, until the units or the allowances end.

    Increments were rounded before, once: a bucket's last units cover that much of the event and money the rest,
    which is never rounded up again.
    """
    takes: list[Take] = []
    uncovered = charged
    for bucket in purse.allowances(unit, cover):
        if uncovered == 0:
            break
        taken = min(bucket.amount, uncovered)
        uncovered -= taken
        takes.append(Take(bucket.id, unit, taken))
    return takes


def pay(amount: int, subscriber: Subscriber, cover: Cover, currency: str, purse: Purse) -> Payment:
    """Postpaid accrues; prepaid debits; hybrid accrues up to its spend limit and debits the rest."""
    accrued = min(amount, _room_to_accrue(amount, subscriber, purse))
    rest = amount - accrued
    if rest == 0:
        return Payment(accrued)
    takes, short = _take_money(rest, cover, currency, purse)
    if short == 0:
        return Payment(accrued, rest, 0, tuple(takes))
    match subscriber.offline_debit:
        case OfflineDebit.FULL:
            takes = _overdraw(takes, short, cover, currency, purse)
            return Payment(accrued, rest, 0, tuple(takes))
        case OfflineDebit.AVAILABLE:
            return Payment(accrued, rest - short, short, tuple(takes), Reason.BALANCE_TOO_LOW)
        case OfflineDebit.REFUSE:
            return Payment(accrued, 0, rest, (), Reason.BALANCE_REFUSED)


def spent_before(subscriber: Subscriber, purse: Purse) -> int:
    """What the billing period has accrued where a limit bounds it; NOTHING where none does."""
    if subscriber.payment_mode is not PaymentMode.HYBRID or subscriber.spend_limit_micros is None:
        return NOTHING
    return purse.counted(subscriber, SPEND)


def _room_to_accrue(amount: int, subscriber: Subscriber, purse: Purse) -> int:
    match subscriber.payment_mode:
        case PaymentMode.POSTPAID:
            return amount
        case PaymentMode.PREPAID:
            return 0
        case PaymentMode.HYBRID:
            if subscriber.spend_limit_micros is None:
                return amount
            return max(0, subscriber.spend_limit_micros - purse.counted(subscriber, SPEND))


def _take_money(rest: int, cover: Cover, currency: str, purse: Purse) -> tuple[list[Take], int]:
    takes: list[Take] = []
    for bucket in purse.money(currency, cover):
        if rest == 0:
            break
        taken = min(bucket.amount, rest)
        rest -= taken
        takes.append(Take(bucket.id, Unit.MONEY, taken))
    return takes, rest


def _overdraw(takes: list[Take], short: int, cover: Cover, currency: str, purse: Purse) -> list[Take]:
    main = purse.main(currency, cover)
    if main is None:
        raise Stopped(Outcome.FAILED, Reason.NO_MAIN_BALANCE, no_main_balance(currency))
    from_main = sum(take.quantity for take in takes if take.bucket_id == main.id)
    others = [take for take in takes if take.bucket_id != main.id]
    return [*others, Take(main.id, Unit.MONEY, from_main + short)]


def no_main_balance(currency: str) -> str:
    """Why nothing could be debited."""
    return f"The subscription holds no main balance in {currency} at the event's start to debit."
