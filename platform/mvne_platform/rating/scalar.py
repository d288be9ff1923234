"""The readable reference: what an event costs, one step after the other. The batch engine is held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from mvne_platform.catalogue import UNITS, Tariff, TariffVersion
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.bands import band_at, band_trace, rate_for, wall_clock, week_minute
from mvne_platform.rating.payment import Cover, Payment, pay, take_allowances
from mvne_platform.rating.price import charged_units, price_of, quantity_of, units_trace
from mvne_platform.rating.purse import Purse
from mvne_platform.rating.rated import Outcome, Rated, Reason, Stopped, Take, TraceStep
from mvne_platform.rating.rater import Item
from mvne_platform.rating.subscriber import Subscriber
from mvne_platform.rating.zones import check_chargeable, check_treatment, find_zone


@dataclass(slots=True)
class _Progress:
    """What the steps have found so far; an event that stops early keeps it."""

    currency: str
    version_id: UUID | None = None
    rate_id: UUID | None = None
    zone: str | None = None
    band: str | None = None
    quantity: int = 0
    charged: int = 0
    trace: list[TraceStep] = field(default_factory=list)


class ScalarRater:
    """Rates one event at a time, in plain integers."""

    def rate(self, event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse) -> Rated:
        """Rate one event; the purse is read, not changed."""
        progress = _Progress(tariff.currency)
        try:
            return _rate(event, subscriber, tariff, purse, progress)
        except Stopped as stopped:
            return _ended_early(stopped, progress)

    def rate_many(self, items: Sequence[Item], purses: Mapping[UUID, Purse]) -> list[Rated]:
        """Rate in the order given, each event seeing what those before it took; the purses are changed."""
        answers = []
        for event, subscriber, tariff in items:
            purse = purses[subscriber.subscription_id]
            rated = self.rate(event, subscriber, tariff, purse)
            purse.apply(rated, subscriber.period)
            answers.append(rated)
        return answers


def _rate(event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse, progress: _Progress) -> Rated:
    service, unit = event.service, UNITS[event.service]
    progress.quantity = quantity_of(event, unit)
    check_chargeable(event, service, unit)

    version = _version_at(event, tariff, progress)
    match = find_zone(event, service, version)
    progress.zone = match.zone.code
    progress.trace.append(match.as_trace())
    check_treatment(match)

    local = wall_clock(event.start, tariff)
    progress.band = band_at(week_minute(local, tariff), version)
    rate = rate_for(service, match.zone, progress.band, version)
    progress.rate_id = rate.id
    progress.trace.append(band_trace(local, progress.band))

    progress.charged = charged_units(progress.quantity, rate)
    progress.trace.append(units_trace(progress.quantity, progress.charged, rate))

    cover = Cover(service, match.zone.code, event.start)
    takes, allowance_trace, uncovered = take_allowances(progress.charged, unit, cover, purse)
    progress.trace.extend(allowance_trace)

    price = price_of(uncovered, rate)
    progress.trace.append(price.as_trace(rate))

    payment = pay(price.amount_micros, subscriber, cover, tariff.currency, purse)
    progress.trace.append(payment.as_trace(subscriber))
    return _rated(progress, price.amount_micros, payment, (*takes, *payment.takes))


def _version_at(event: UsageEvent, tariff: Tariff, progress: _Progress) -> TariffVersion:
    version = tariff.version_at(event.start)
    if version is None:
        detail = f"The price list '{tariff.code}' has no version that is valid at {event.start:%Y-%m-%dT%H:%M:%S%z}."
        raise Stopped(Outcome.FAILED, Reason.NO_PRICE_LIST_VERSION, detail)
    progress.version_id = version.id
    progress.trace.append(
        {
            "step": "price_list",
            "price_list": tariff.code,
            "version": version.number,
            "version_id": str(version.id),
        }
    )
    return version


def _rated(progress: _Progress, amount_micros: int, payment: Payment, takes: tuple[Take, ...]) -> Rated:
    return Rated(
        outcome=Outcome.RATED,
        currency=progress.currency,
        reason=payment.reason,
        version_id=progress.version_id,
        rate_id=progress.rate_id,
        zone=progress.zone,
        band=progress.band,
        quantity=progress.quantity,
        charged=progress.charged,
        amount_micros=amount_micros,
        accrued_micros=payment.accrued_micros,
        debited_micros=payment.debited_micros,
        waived_micros=payment.waived_micros,
        takes=takes,
        trace=tuple(progress.trace),
    )


def _ended_early(stopped: Stopped, progress: _Progress) -> Rated:
    """No charge and no take: what was found before the event ended is kept."""
    end: TraceStep = {"step": "end", "outcome": stopped.outcome.value, "reason": stopped.reason.value}
    return Rated(
        outcome=stopped.outcome,
        currency=progress.currency,
        reason=stopped.reason,
        detail=stopped.detail,
        version_id=progress.version_id,
        zone=progress.zone,
        band=progress.band,
        quantity=progress.quantity,
        trace=(*progress.trace, end),
    )
