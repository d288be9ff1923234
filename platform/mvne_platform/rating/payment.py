"""Steps 6 and 8: what allowances cover, and how the rest is paid."""

from dataclasses import dataclass
from datetime import datetime

from mvne_platform.catalogue import OfflineDebit, PaymentMode
from mvne_platform.kernel import Unit
from mvne_platform.rating.purse import Purse, PurseBucket
from mvne_platform.rating.rated import Outcome, Reason, Stopped, Take, TraceStep
from mvne_platform.rating.subscriber import Subscriber


@dataclass(frozen=True, slots=True)
class Cover:
    """For what buckets must be good: a service in a zone at an instant (the event's start)."""

    service: str
    zone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """How an amount is paid, in micros; the three parts sum up to it. `reason` flags what was given up."""

    accrued_micros: int
    debited_micros: int = 0
    waived_micros: int = 0
    takes: tuple[Take, ...] = ()
    reason: Reason | None = None

    def as_trace(self, subscriber: Subscriber) -> TraceStep:
        """The step as it is kept with the rated event."""
        return {
            "step": "payment",
            "mode": subscriber.payment_mode.value,
            "policy": subscriber.offline_debit.value,
            "accrued_micros": self.accrued_micros,
            "debited_micros": self.debited_micros,
            "waived_micros": self.waived_micros,
        }


def take_allowances(charged: int, unit: Unit, cover: Cover, purse: Purse) -> tuple[list[Take], list[TraceStep], int]:
    """Spread whole increments over the allowances in their order; answers takes, trace and uncovered units.

    Increments were rounded before, once: a bucket's last units cover that much of the event and money the rest,
    which is never rounded up again.
    """
    takes: list[Take] = []
    trace: list[TraceStep] = []
    uncovered = charged
    for bucket in purse.allowances(unit, cover.service, cover.zone, cover.at):
        if uncovered == 0:
            break
        taken = min(bucket.amount, uncovered)
        uncovered -= taken
        takes.append(Take(bucket.id, unit, taken))
        trace.append(_taken(bucket, taken))
    return takes, trace, uncovered


def _taken(bucket: PurseBucket, taken: int) -> TraceStep:
    return {
        "step": "allowance",
        "bucket_id": str(bucket.id),
        "code": bucket.code,
        "taken": taken,
        "left": bucket.amount - taken,
    }


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


def _room_to_accrue(amount: int, subscriber: Subscriber, purse: Purse) -> int:
    match subscriber.payment_mode:
        case PaymentMode.POSTPAID:
            return amount
        case PaymentMode.PREPAID:
            return 0
        case PaymentMode.HYBRID:
            if subscriber.spend_limit_micros is None:
                return amount
            return max(0, subscriber.spend_limit_micros - purse.spent.get(subscriber.period, 0))


def _take_money(rest: int, cover: Cover, currency: str, purse: Purse) -> tuple[list[Take], int]:
    takes: list[Take] = []
    for bucket in purse.money(currency, cover.service, cover.zone, cover.at):
        if rest == 0:
            break
        taken = min(bucket.amount, rest)
        rest -= taken
        takes.append(Take(bucket.id, Unit.MONEY, taken))
    return takes, rest


def _overdraw(takes: list[Take], short: int, cover: Cover, currency: str, purse: Purse) -> list[Take]:
    main = purse.main(currency, cover.at)
    if main is None:
        detail = f"The subscription holds no main balance in {currency} at the event's start to debit."
        raise Stopped(Outcome.FAILED, Reason.NO_MAIN_BALANCE, detail)
    from_main = sum(take.quantity for take in takes if take.bucket_id == main.id)
    others = [take for take in takes if take.bucket_id != main.id]
    return [*others, Take(main.id, Unit.MONEY, from_main + short)]
