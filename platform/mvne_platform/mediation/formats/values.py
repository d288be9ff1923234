"""Turning the texts of a described format into values; each raises RecordFault with the field's name."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from mvne_platform.mediation.formats import fields
from mvne_platform.mediation.formats.description import (
    RFC_3339,
    UNIX,
    UNIX_MS,
    DurationField,
    NumberField,
    TextField,
    TimeField,
    VolumeField,
)
from mvne_platform.mediation.formats.numbers import international, to_e164, without_carrier
from mvne_platform.mediation.formats.port import RecordFault

_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-5][0-9])")
_AMOUNT = re.compile(r"[0-9]{1,18}(?:[.][0-9]{1,9})?")
_UNIX_SECONDS = re.compile(r"[0-9]{1,11}")
_NETWORK_DIGITS = re.compile(r"[0-9]{5,6}")
_SECONDS = {
    "second": Decimal(1),
    "tenth": Decimal("0.1"),
    "millisecond": Decimal("0.001"),
    "minute": Decimal(60),
    "clock": Decimal(1),
}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "KiB": 2**10,
    "MB": 10**6,
    "MiB": 2**20,
    "GB": 10**9,
    "GiB": 2**30,
}
_ROUNDINGS = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_UP}
_ANSWERED = {"": None, "true": True, "1": True, "false": False, "0": False}


def meant(field: TextField, written: str, name: str) -> str:
    """What a column's text stands for."""
    if not written and field.default is not None:
        return field.default
    if field.values is None or not written:
        return written
    if written not in field.values:
        raise RecordFault(f"bad_{name}", f"'{written[:60]}' for {name} is none of {', '.join(field.values)}.")
    return field.values[written]


def number(field: NumberField, written: str, name: str, country: str, short_codes: frozenset[str]) -> str | None:
    """A telephone number as E.164, or a code as dialled; None where nothing stands."""
    if not written:
        return None
    digits = without_carrier(written, field.carrier_codes)
    if field.form == "international":
        found = digits if digits in short_codes else international(digits)
    else:
        found = to_e164(digits, country, short_codes)
    if found is None:
        raise RecordFault(f"bad_{name}", f"{fields.quoted(written)} for {name} is no number.")
    return found


def instant(field: TimeField, written: str, name: str, zone: str) -> datetime:
    """The instant by the first pattern that fits, in UTC and whole seconds."""
    for pattern in field.patterns:
        found = _instant(pattern, written, name, zone)
        if found is not None:
            return fields.since_1970(found.replace(microsecond=0), name)
    raise RecordFault(f"bad_{name}", f"'{written[:60]}' for {name} is not written as {' or '.join(field.patterns)}.")


def seconds(field: DurationField, written: str, name: str, decimal: str, most: int) -> int:
    """A duration in whole seconds."""
    if field.unit == "clock":
        found = _CLOCK.fullmatch(written)
        if not found:
            raise RecordFault(f"bad_{name}", f"'{written[:60]}' for {name} is no duration such as 1:02:03.")
        total = Decimal(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]))
    else:
        total = amount(written, name, decimal) * _SECONDS[field.unit]
    return _whole(total, field.rounding, name, most)


def volume(field: VolumeField, written: list[str], name: str, decimal: str, most: int) -> int:
    """A volume in bytes: the columns added."""
    total = sum((amount(one, name, decimal) for one in written if one), Decimal(0)) * _BYTES[field.unit]
    return _whole(total, field.rounding, name, most)


def amount(written: str, name: str, decimal: str) -> Decimal:
    """A number, not negative, with the format's decimal mark."""
    # The other mark may stand between thousands: what it means is not guessed at.
    text = written if decimal == "." else "" if "." in written else written.replace(decimal, ".")
    if not _AMOUNT.fullmatch(text):
        raise RecordFault(f"bad_{name}", f"'{written[:60]}' for {name} is no number such as 12{decimal}5.")
    return Decimal(text)


def network(written: str, name: str) -> str:
    """A network as MCC-MNC; five or six digits are taken apart."""
    text = f"{written[:3]}-{written[3:]}" if _NETWORK_DIGITS.fullmatch(written) else written
    return fields.matching(text, name, fields.NETWORK, "a network such as 262-01 (MCC-MNC)")


def truth(written: str, name: str) -> bool | None:
    """True, false, or None where nothing stands."""
    if written not in _ANSWERED:
        raise RecordFault(f"bad_{name}", f"'{written[:60]}' for {name} is not true, false or empty.")
    return _ANSWERED[written]


def _whole(total: Decimal, rounding: str, name: str, most: int) -> int:
    whole = int(total.to_integral_value(_ROUNDINGS[rounding]))
    if whole > most:
        raise RecordFault(f"bad_{name}", f"{whole} for {name} is more than {most}.")
    return whole


def _instant(pattern: str, written: str, name: str, zone: str) -> datetime | None:
    if pattern == RFC_3339:
        try:
            return fields.instant(written, name)
        except RecordFault:
            return None
    if pattern in (UNIX, UNIX_MS):
        text = written[:-3] if pattern == UNIX_MS else written
        known = _UNIX_SECONDS.fullmatch(text) and written.isascii() and written.isdigit()
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text)) if known else None
    try:
        wall = datetime.strptime(written, pattern)  # noqa: DTZ007  # the zone is the format's, below
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        found = fields.instants(wall.replace(microsecond=0), ZoneInfo(zone))
    except (ValueError, OverflowError):
        return None
    if not found:
        raise RecordFault(
            f"bad_{name}", f"'{written[:60]}' did not exist in {zone}: clocks were moved forward over it."
        )
    return found[0]
