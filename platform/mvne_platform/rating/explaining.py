"""From a stored event back to its amount: every step is computed again from what is stored, and has to fit."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from mvne_platform.catalogue import HOME_NETWORK, TariffRate, TariffVersion, TariffZone
from mvne_platform.rating.bands import band_at
from mvne_platform.rating.explaining_money import Priced, amount_steps, payment_steps, usage_steps
from mvne_platform.rating.explanation import (
    ExplanationMismatch,
    ExplanationStep,
    StepKind,
    StoredEvent,
    Values,
    counted,
)
from mvne_platform.rating.rated import Outcome, Reason
from mvne_platform.rating.trace import MatchKind, Trace
from mvne_platform.rating.units import charged_units
from mvne_platform.rating.zones import ANY_NUMBER, OTHER_OPERATORS

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENDINGS = {
    Reason.UNANSWERED: "Not charged: the call was not answered.",
    Reason.INCOMING: "Not charged: calls received in the home network are free.",
    Reason.FREE_NUMBER: "Not charged: emergency and freephone numbers are free.",
    Reason.BARRED_ZONE: "Not charged: the zone is barred, and the call must not connect.",
}


def explain(
    event: StoredEvent, version: TariffVersion | None, bucket_names: Mapping[UUID, str]
) -> tuple[ExplanationStep, ...]:
    """How the event came to its amount, in the order of docs/reference/rating-arithmetic.md.

    `version` is the price list version the event was priced by, None if it never came to one; a bucket without a name
    is shown by its id. Raises ExplanationMismatch when what is stored does not add up to the event's amount, units or
    payment, or names a rule that the version does not have.
    """
    return tuple(_steps(event, version, bucket_names))


def _steps(
    event: StoredEvent, version: TariffVersion | None, bucket_names: Mapping[UUID, str]
) -> Iterator[ExplanationStep]:
    trace = event.trace
    if version is None or trace is None:
        yield _end_step(event)
        return
    yield _version_step(version)
    zone = _matched_zone(event, trace, version)
    yield _zone_step(event, trace, zone, version)
    if event.outcome is not Outcome.RATED:
        yield _end_step(event)
        return
    yield _band_step(event, trace, version)
    rate = _rate_of(event, zone, version)
    yield _units_step(event, rate, version)
    yield from _allowance_steps(event, trace, bucket_names)
    priced = Priced(event, trace, rate, zone, version)
    yield from usage_steps(priced)
    yield from amount_steps(priced)
    yield from payment_steps(priced, bucket_names)


def _version_step(version: TariffVersion) -> ExplanationStep:
    values: Values = {
        "price_list": version.price_list,
        "version": version.number,
        "valid_from": version.valid_from.isoformat(),
    }
    return ExplanationStep(StepKind.PRICE_LIST, f"Priced by {version.title}.", version_id=version.id, values=values)


def _matched_zone(event: StoredEvent, trace: Trace, version: TariffVersion) -> TariffZone:
    """The zone that the version gives for what the trace says has matched."""
    number, network = event.other_party or "", event.visited_network or ""
    digits = number.removeprefix("+")[: trace.match_length]
    listed: dict[MatchKind, tuple[Mapping[str, TariffZone], str]] = {
        MatchKind.PREFIX: (version.prefixes, digits),
        MatchKind.SHORT_CODE: (version.short_codes, number),
        MatchKind.NETWORK: (version.networks.get(network, {}), digits),
        MatchKind.COUNTRY_NETWORKS: (version.networks.get(_of_country(network), {}), digits),
        MatchKind.HOME: (version.networks.get(HOME_NETWORK, {}), ANY_NUMBER),
        MatchKind.OPERATOR: (version.operators, event.operator or ""),
        MatchKind.OTHER_OPERATORS: (version.operators, OTHER_OPERATORS),
        MatchKind.NONE: ({}, ""),
    }
    zones, entry = listed[trace.match]
    zone = zones.get(entry)
    if zone is None or zone.code != event.zone:
        raise ExplanationMismatch(f"What matched does not lead to zone '{event.zone}' in {version.title}.")
    return zone


def _of_country(network: str) -> str:
    return f"{network.partition('-')[0]}-*"


def _zone_step(event: StoredEvent, trace: Trace, zone: TariffZone, version: TariffVersion) -> ExplanationStep:
    matched = (event.other_party or "").removeprefix("+")[: trace.match_length]
    called = f", numbers beginning with {matched}" if matched else ""
    by = {
        MatchKind.PREFIX: f"the number begins with {matched}",
        MatchKind.SHORT_CODE: f"the short code is {event.other_party}",
        MatchKind.NETWORK: f"the visited network is {event.visited_network}{called}",
        MatchKind.COUNTRY_NETWORKS: f"the visited network is one of {_of_country(event.visited_network or '')}{called}",
        MatchKind.HOME: "the home network was used",
        MatchKind.OPERATOR: f"the number was ported to the operator '{event.operator}'",
        MatchKind.OTHER_OPERATORS: f"the number was ported to the operator '{event.operator}', one of all others",
    }[trace.match]
    values: Values = {
        "zone": zone.code,
        "treatment": zone.treatment.value,
        "match": trace.match.name.lower(),
        "matched": matched,
    }
    title = f"Zone '{zone.code}' ({zone.name}): {by}."
    return ExplanationStep(StepKind.ZONE, title, rule_id=zone.id, version_id=version.id, values=values)


def _end_step(event: StoredEvent) -> ExplanationStep:
    if event.outcome is Outcome.RATED:
        raise ExplanationMismatch("The event is rated, but stored without its price list version or its trace.")
    if event.amount_micros or event.accrued_micros or event.debited_micros or event.takes:
        raise ExplanationMismatch(f"The event is {event.outcome.value}, but an amount or a bucket is stored with it.")
    told = _ENDINGS.get(event.reason) if event.reason else None
    if event.reason is Reason.FREE_NUMBER and event.number_class is not None:
        told = f"Not charged: the number is of the class {event.number_class}."
    values: Values = {"outcome": event.outcome.value, "reason": event.reason.value if event.reason else None}
    return ExplanationStep(StepKind.END, told or f"The event ended as {event.outcome.value}.", values=values)


def _band_step(event: StoredEvent, trace: Trace, version: TariffVersion) -> ExplanationStep:
    local = (event.start + timedelta(seconds=trace.utc_offset_s)).replace(tzinfo=None)
    weekday, minute = divmod(trace.week_minute, 24 * 60)
    if minute != local.hour * 60 + local.minute or band_at(trace.week_minute, version) != event.band:
        raise ExplanationMismatch(f"The start is not in band '{event.band}' of {version.title}.")
    sign, offset = "-" if trace.utc_offset_s < 0 else "+", abs(trace.utc_offset_s) // 60
    shown = f"{_DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M:%S} (UTC{sign}{offset // 60:02d}:{offset % 60:02d})"
    holiday = "" if weekday == local.weekday() else f", a holiday with the hours of a {_DAYS[weekday]}"
    band = "no band of its own" if event.band == "*" else f"band '{event.band}'"
    values: Values = {"band": event.band, "local": local.isoformat(), "utc_offset_s": trace.utc_offset_s}
    title = f"It began on {shown}{holiday}: {band}."
    return ExplanationStep(StepKind.BAND, title, version_id=version.id, values=values)


def _rate_of(event: StoredEvent, zone: TariffZone, version: TariffVersion) -> TariffRate:
    rates = version.rates.get((event.service, zone.id), {})
    rate = rates.get(event.band or "*") or rates.get("*")
    if rate is None or rate.id != event.rate_id:
        raise ExplanationMismatch(f"The stored rate is not that of {event.service} in zone '{zone.code}'.")
    return rate


def _units_step(event: StoredEvent, rate: TariffRate, version: TariffVersion) -> ExplanationStep:
    quantity, first, following = event.quantity, rate.first_increment, rate.next_increment
    charged = charged_units(quantity, rate)
    if charged != event.charged:
        raise ExplanationMismatch(
            f"{quantity} units are {charged} in whole increments, and {event.charged} are stored."
        )
    steps = (charged - first) // following
    arithmetic = f"{quantity} → {first} + {steps} × {following} = {charged}" if quantity else "0 → 0"
    values: Values = {"quantity": quantity, "first": first, "next": following, "charged": charged}
    title = f"Charged in whole increments: {counted(charged, event.service)}."
    return ExplanationStep(StepKind.UNITS, title, arithmetic, rate.id, version.id, values=values)


def _allowance_steps(event: StoredEvent, trace: Trace, bucket_names: Mapping[UUID, str]) -> Iterator[ExplanationStep]:
    if len(trace.left) != len(event.takes):
        raise ExplanationMismatch(f"{len(event.takes)} takes are stored, and {len(trace.left)} buckets were touched.")
    open_units, covered = event.charged, 0
    for (bucket_id, taken), left in zip(event.takes, trace.left, strict=True):
        if covered == trace.covered:
            break
        covered += taken
        name = bucket_names.get(bucket_id, str(bucket_id))
        arithmetic = f"{open_units} - {taken} = {open_units - taken}"
        values: Values = {"taken": taken, "left": left, "open": open_units - taken, "bucket": name}
        title = f"Allowance '{name}' covers {counted(taken, event.service)}, and holds {left} after it."
        yield ExplanationStep(StepKind.ALLOWANCE, title, arithmetic, bucket_id=bucket_id, values=values)
        open_units -= taken
    if covered != trace.covered or open_units < 0:
        raise ExplanationMismatch(f"Allowances gave {covered}, and {trace.covered} of {event.charged} are covered.")
