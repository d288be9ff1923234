"""The reference: one event after the other, every step of docs/reference/rating-arithmetic.md in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mvne_platform.catalogue import UNITS, OfflineDebit, PaymentMode, Tariff, TariffRate
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.bands import BrandTime, Place, band_at, brand_time, rate_for, segments_of
from mvne_platform.rating.payment import Payment, no_main_balance, pay, spent_before, take_allowances
from mvne_platform.rating.pieces import pieces_of
from mvne_platform.rating.price import OUT_OF_RANGE, Price, discount_of, price_of
from mvne_platform.rating.purse import Purse
from mvne_platform.rating.rated import Outcome, Rated, Reason, Stopped, Take, Wholesale
from mvne_platform.rating.rater import Item
from mvne_platform.rating.subscriber import Cover, Subscriber
from mvne_platform.rating.trace import NOTHING, MatchKind, Piece, Trace
from mvne_platform.rating.units import charged_units, quantity_of
from mvne_platform.rating.zones import ZoneMatch, check_chargeable, check_treatment, find_zone, is_itemised

# The host operator knows one customer, the brand, and counts nothing per subscription.
_HOST_CUSTOMER = Subscriber(UUID(int=0), PaymentMode.POSTPAID, OfflineDebit.FULL, None, date.min)


@dataclass(slots=True)
class _Found:
    """What the steps have found so far; an event that stops early keeps it."""

    itemised: bool = True
    quantity: int = 0
    version_id: UUID | None = None
    match: ZoneMatch | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True)
class _Charge:
    """The event's units, what allowances cover of them, and what the rest costs."""

    rate: TariffRate
    charged: int
    allowances: tuple[Take, ...]
    covered: int
    volume_before: int
    pieces: tuple[Piece, ...]
    price: Price


class ScalarRater:
    """Rates one event at a time, in plain integers."""

    def rate(self, event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse) -> Rated:
        """Rate one event; the purse is read, not changed."""
        found = _Found()
        try:
            return _rate(event, subscriber, tariff, purse, found)
        except Stopped as stopped:
            return _ended_early(stopped, tariff.currency, found)

    def rate_many(self, items: Sequence[Item], purses: Mapping[UUID, Purse]) -> list[Rated]:
        """Rate in the order given, each event seeing what those before it took; the purses are changed."""
        answers = []
        for event, subscriber, tariff in items:
            purse = purses[subscriber.charging_group]
            rated = self.rate(event, subscriber, tariff, purse)
            purse.apply(rated, subscriber)
            answers.append(rated)
        return answers

    def wholesale(self, event: UsageEvent, tariff: Tariff) -> Wholesale:
        """The same steps with no buckets, counters or discounts; what is not connected or not charged costs 0."""
        rated = self.rate(event, _HOST_CUSTOMER, tariff, Purse())
        if rated.outcome is Outcome.FAILED:
            return Wholesale(rated.currency, None, None, rated.reason)
        return Wholesale(rated.currency, rated.amount_micros, rated.rate_id)

    def detail(self, event: UsageEvent, tariff: Tariff, reason: Reason) -> str:
        """The sentence to a reason for which another executor has ended the event; executors answer reasons only."""
        if reason is Reason.NO_MAIN_BALANCE:
            return no_main_balance(tariff.currency)
        if reason is Reason.AMOUNT_OUT_OF_RANGE:
            return OUT_OF_RANGE
        # Whatever else ends an event does so whoever pays for it.
        return self.rate(event, _HOST_CUSTOMER, tariff, Purse()).detail


def _rate(event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse, found: _Found) -> Rated:
    place = _locate(event, tariff, found)
    start = brand_time(event.start, tariff)
    found.band = band_at(start.week_minute, place.version)
    rate = rate_for(place, found.band)

    cover = Cover(subscriber.subscription_id, event.service, place.zone.code, event.start)
    charge = _charge(found.quantity, rate, place, cover, subscriber, purse)
    payment = pay(charge.price.amount_micros, subscriber, cover, tariff.currency, purse)

    takes = (*charge.allowances, *payment.takes)
    trace = _trace(found, start, charge, spent_before(subscriber, purse), purse.left_after(takes))
    return _rated(tariff.currency, found, charge, payment, trace)


def _locate(event: UsageEvent, tariff: Tariff, found: _Found) -> Place:
    """Steps 1 to 4: whether the event is charged at all, and where its prices stand."""
    unit = UNITS[event.service]
    version = tariff.version_at(event.start)
    found.itemised = is_itemised(event, version)
    found.quantity = quantity_of(event, unit)
    check_chargeable(event, unit)
    if version is None:
        detail = f"The price list '{tariff.code}' has no version that is valid at {event.start:%Y-%m-%dT%H:%M:%S%z}."
        raise Stopped(Outcome.FAILED, Reason.NO_PRICE_LIST_VERSION, detail)
    found.version_id = version.id
    found.match = find_zone(event, version)
    check_treatment(found.match.zone)
    return Place(event.service, unit, found.match.zone, version, tariff)


def _charge(
    quantity: int, rate: TariffRate, place: Place, cover: Cover, subscriber: Subscriber, purse: Purse
) -> _Charge:
    """Steps 6 to 9: units, allowances, and the money for what they leave."""
    charged = charged_units(quantity, rate)
    segments = segments_of(cover.at, charged, rate, place)
    allowances = take_allowances(charged, place.unit, cover, purse)
    covered = sum(take.quantity for take in allowances)
    volume_before = purse.counted(subscriber, rate.counter) if rate.counter else NOTHING
    pieces = pieces_of(segments, charged, covered, max(0, volume_before))
    price = price_of(pieces, rate, discount_of(subscriber.discounts, cover))
    return _Charge(rate, charged, tuple(allowances), covered, volume_before, pieces, price)


def _trace(found: _Found, start: BrandTime, charge: _Charge, spent: int, left: tuple[int, ...]) -> Trace:
    match, price = found.match, charge.price
    return Trace(
        match=match.kind if match else MatchKind.NONE,
        match_length=match.length if match else 0,
        week_minute=start.week_minute,
        utc_offset_s=start.utc_offset_s,
        covered=charge.covered,
        volume_before=charge.volume_before,
        spent_before=spent,
        fee_micros=price.fee_micros,
        usage_micros=price.usage_micros,
        capped_micros=price.capped_micros,
        discount_bp=price.discount_bp,
        left=left,
        pieces=charge.pieces,
    )


def _rated(currency: str, found: _Found, charge: _Charge, payment: Payment, trace: Trace) -> Rated:
    return Rated(
        outcome=Outcome.RATED,
        currency=currency,
        reason=payment.reason,
        version_id=found.version_id,
        rate_id=charge.rate.id,
        zone=found.match.zone.code if found.match else None,
        band=found.band,
        quantity=found.quantity,
        charged=charge.charged,
        amount_micros=charge.price.amount_micros,
        accrued_micros=payment.accrued_micros,
        debited_micros=payment.debited_micros,
        waived_micros=payment.waived_micros,
        counted=charge.charged - charge.covered if charge.rate.counter else 0,
        counter=charge.rate.counter,
        itemised=found.itemised,
        takes=(*charge.allowances, *payment.takes),
        trace=trace,
    )


def _ended_early(stopped: Stopped, currency: str, found: _Found) -> Rated:
    """No charge and no take: what was found before the event ended is kept, the match only if it has not failed."""
    trace = None
    if found.match is not None and stopped.outcome is not Outcome.FAILED:
        trace = Trace(match=found.match.kind, match_length=found.match.length)
    return Rated(
        outcome=stopped.outcome,
        currency=currency,
        reason=stopped.reason,
        detail=stopped.detail,
        version_id=found.version_id,
        zone=found.match.zone.code if found.match else None,
        band=found.band,
        quantity=found.quantity,
        itemised=found.itemised,
        trace=trace,
    )
