"""The second half of an explanation: what the uncovered units cost, and how that was paid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from mvne_platform.catalogue import ANY_BAND, TariffRate, TariffVersion, TariffZone, TierMode
from mvne_platform.kernel import round_half_up
from mvne_platform.rating.bands import band_at
from mvne_platform.rating.explanation import (
    ExplanationMismatch,
    ExplanationStep,
    StepKind,
    StoredEvent,
    Values,
    counted,
    money,
)
from mvne_platform.rating.pieces import tier_at
from mvne_platform.rating.price import WHOLE_BP
from mvne_platform.rating.trace import NOTHING, Piece, Trace


@dataclass(frozen=True, slots=True)
class Priced:
    """A rated event with the rules that priced it."""

    event: StoredEvent
    trace: Trace
    rate: TariffRate
    zone: TariffZone
    version: TariffVersion

    def step(self, kind: StepKind, title: str, arithmetic: str, **values: int | str | None) -> ExplanationStep:
        """A step that rests on the rate at the start."""
        return ExplanationStep(kind, title, arithmetic, self.rate.id, self.version.id, values=values)


def usage_steps(priced: Priced) -> Iterator[ExplanationStep]:
    """Each piece at the price of its band and tier, and how their sum was rounded."""
    event, trace, per = priced.event, priced.trace, priced.rate.per
    uncovered = event.charged - trace.covered
    if sum(piece.units for piece in trace.pieces) != uncovered:
        raise ExplanationMismatch(f"The priced pieces do not make up the {uncovered} units that no allowance covers.")
    volume = trace.volume_before
    for piece in trace.pieces:
        yield _piece_step(priced, piece, volume)
        volume += piece.units
    exact = sum(piece.units * piece.price_micros for piece in trace.pieces)
    if round_half_up(exact, per) != trace.usage_micros:
        raise ExplanationMismatch(f"The pieces do not come to the stored {money(trace.usage_micros)}.")
    if exact % per:
        arithmetic = f"{_quotient(exact, per)} → {money(trace.usage_micros)}"
        title = "The sum is rounded half up to the millionth, once."
        yield priced.step(StepKind.ROUNDING, title, arithmetic, usage_micros=trace.usage_micros)


def _piece_step(priced: Priced, piece: Piece, volume: int) -> ExplanationStep:
    service = priced.event.service
    rates = priced.version.rates[service, priced.zone.id]
    band = band_at(piece.week_minute, priced.version)
    rate = rates.get(band) or rates.get(ANY_BAND)
    tiered = rate is not None and bool(rate.tiers)
    if rate is None or not _is_priced_by(rate, piece, volume, priced.trace.volume_before):
        shown = money(piece.price_micros)
        raise ExplanationMismatch(f"{shown} is not the price of the rate in band '{band}' of {priced.version.title}.")
    where = "any time" if band == ANY_BAND else f"band '{band}'"
    reached = f", {volume} counted before" if tiered else ""
    exact = piece.units * piece.price_micros
    values: Values = {
        "units": piece.units,
        "price_micros": piece.price_micros,
        "per": rate.per,
        "band": band,
        "week_minute": piece.week_minute,
        "volume_before": volume if tiered else None,
    }
    return ExplanationStep(
        StepKind.USAGE,
        f"{counted(piece.units, service)} at {money(piece.price_micros)} for {rate.per} ({where}{reached}).",
        f"{piece.units} × {money(piece.price_micros)} ÷ {rate.per} = {_quotient(exact, rate.per)}",
        rate.id,
        priced.version.id,
        values=values,
    )


def _is_priced_by(rate: TariffRate, piece: Piece, volume: int, volume_before: int) -> bool:
    if rate.tier_mode is TierMode.VOLUME:
        return tier_at(rate, max(0, volume_before))[0] == piece.price_micros
    price_micros, tier_end = tier_at(rate, max(0, volume))
    return price_micros == piece.price_micros and (tier_end is None or volume + piece.units <= tier_end)


def _quotient(numerator: int, denominator: int) -> str:
    """A quotient of micros with six decimals, or with two more and dots when it does not end there."""
    exact = Fraction(numerator, denominator)
    if exact.denominator == 1:
        return money(exact.numerator)
    hundredths = int(exact * 100)
    return f"{money(hundredths // 100)}{hundredths % 100:02d}…"


def amount_steps(priced: Priced) -> Iterator[ExplanationStep]:
    """Fee, minimum, maximum and discounts, and the amount they lead to; nothing is due where allowances cover all."""
    trace, event = priced.trace, priced.event
    amount = 0
    if trace.pieces:
        yield from _capped_steps(priced)
        reduction = round_half_up(trace.capped_micros * trace.discount_bp, WHOLE_BP)
        amount = trace.capped_micros - reduction
        if trace.discount_bp:
            yield _discount_step(priced, reduction, amount)
    elif trace.fee_micros or trace.usage_micros or trace.capped_micros:
        raise ExplanationMismatch("Allowances cover the event whole, and a price is stored for it.")
    if amount != event.amount_micros:
        shown = money(event.amount_micros)
        raise ExplanationMismatch(f"The steps come to {money(amount)}, and {shown} is stored.")
    covered = "" if trace.pieces or not trace.covered else ": allowances cover it whole"
    title = f"The event costs {money(amount)} {event.currency}{covered}."
    yield priced.step(StepKind.AMOUNT, title, "", amount_micros=amount)


def _capped_steps(priced: Priced) -> Iterator[ExplanationStep]:
    trace, rate = priced.trace, priced.rate
    fee, usage, minimum, maximum = trace.fee_micros, trace.usage_micros, rate.minimum_micros, rate.maximum_micros
    if fee != rate.connection_fee_micros:
        raise ExplanationMismatch(f"The fee {money(fee)} is not that of the rate, {money(rate.connection_fee_micros)}.")
    micros = fee + usage
    if fee:
        arithmetic = f"{money(fee)} + {money(usage)} = {money(micros)}"
        yield priced.step(StepKind.FEE, f"The connection fee is {money(fee)}.", arithmetic, fee_micros=fee)
    if minimum is not None and micros < minimum:
        title, arithmetic = "It is raised to the least an event costs.", f"{money(micros)} → {money(minimum)}"
        yield priced.step(StepKind.MINIMUM, title, arithmetic, minimum_micros=minimum)
        micros = minimum
    if maximum is not None and micros > maximum:
        title, arithmetic = "It is cut to the most an event costs.", f"{money(micros)} → {money(maximum)}"
        yield priced.step(StepKind.MAXIMUM, title, arithmetic, maximum_micros=maximum)
        micros = maximum
    if micros != trace.capped_micros:
        raise ExplanationMismatch(f"Fee and usage come to {money(micros)}, and {money(trace.capped_micros)} is stored.")


def _discount_step(priced: Priced, reduction: int, amount: int) -> ExplanationStep:
    points, capped = priced.trace.discount_bp, priced.trace.capped_micros
    percent = f"{points // 100}.{points % 100:02d} %"
    arithmetic = f"{money(capped)} - {percent} ({money(reduction)}) = {money(amount)}"
    title = f"Discounts take {percent} off."
    return priced.step(StepKind.DISCOUNT, title, arithmetic, basis_points=points, reduction_micros=reduction)


def payment_steps(priced: Priced, bucket_names: Mapping[UUID, str]) -> Iterator[ExplanationStep]:
    """What is billed later, what was taken from which money, and what was given up."""
    event, trace = priced.event, priced.trace
    waived = event.waived_micros
    if min(event.accrued_micros, event.debited_micros, waived) < 0:
        raise ExplanationMismatch("What was accrued and debited is more than the amount.")
    if event.accrued_micros:
        yield _accrued_step(priced)
    debited = 0
    for (bucket_id, taken), left in money_takes(event, trace):
        name = bucket_names.get(bucket_id, str(bucket_id))
        title = f"{money(taken)} is taken from '{name}', which holds {money(left)} after it."
        arithmetic = f"{money(left + taken)} - {money(taken)} = {money(left)}"
        values: Values = {"taken_micros": taken, "left_micros": left, "bucket": name}
        yield ExplanationStep(StepKind.DEBITED, title, arithmetic, bucket_id=bucket_id, values=values)
        debited += taken
    if debited != event.debited_micros:
        raise ExplanationMismatch(f"Money gave {money(debited)}, and {money(event.debited_micros)} is stored.")
    if waived:
        reason = event.reason.value if event.reason else None
        title = f"{money(waived)} is given up by the plan's policy, because the balance did not suffice."
        yield ExplanationStep(StepKind.WAIVED, title, values={"waived_micros": waived, "reason": reason})


def _accrued_step(priced: Priced) -> ExplanationStep:
    accrued, spent = priced.event.accrued_micros, priced.trace.spent_before
    title = f"{money(accrued)} is billed at the end of the billing period."
    if spent == NOTHING:
        return ExplanationStep(StepKind.ACCRUED, title, values={"accrued_micros": accrued})
    arithmetic = f"{money(spent)} + {money(accrued)} = {money(spent + accrued)}"
    title += f" {money(spent)} had been before it, towards the limit of the plan."
    values: Values = {"accrued_micros": accrued, "spent_before_micros": spent}
    return ExplanationStep(StepKind.ACCRUED, title, arithmetic, values=values)


def money_takes(event: StoredEvent, trace: Trace) -> Iterator[tuple[tuple[UUID, int], int]]:
    """The takes after those of allowances, each with what its bucket held after it."""
    covered = 0
    for take, left in zip(event.takes, trace.left, strict=True):
        if covered == trace.covered:
            yield take, left
        else:
            covered += take[1]
