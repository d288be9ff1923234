"""Reading single fields of a record; each raises RecordFault with the column's name."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mvne_platform.mediation.formats.port import RecordFault
from mvne_platform.mediation.usage import Identifier

# ITU-T E.164: a plus, a country code, at most 15 digits. Short codes stand as dialled.
E164 = re.compile(r"\+[1-9][0-9]{5,14}")
SHORT_CODE = re.compile(r"[0-9*#]{1,15}")
IMSI = re.compile(r"[0-9]{14,15}")
# ITU-T E.118: 19 digits, with or without a check digit, sometimes written without the leading 8.
ICCID = re.compile(r"[0-9]{18,20}")
ACCOUNT = re.compile(r"[\w.@+-]{1,80}")
NETWORK = re.compile(r"[0-9]{3}-[0-9]{2,3}")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]{1,18}")


# Bills shorten called numbers by three digits (see mediation.rules), and so does a sentence about one that cannot be
# read: written with spaces or letters in it, it would not be found there.
_LEAST_DIGITS, _HIDDEN = 7, 3


def quoted(written: str) -> str:
    """What was written where a number should be, for a sentence; of a long one the last digits are hidden."""
    shown = written[:60]
    places = [place for place, sign in enumerate(shown) if sign.isdigit()]
    if len(places) < _LEAST_DIGITS:
        return f"'{shown}'"
    hidden = set(places[-_HIDDEN:])
    return "'" + "".join("x" if place in hidden else sign for place, sign in enumerate(shown)) + "'"


def text(value: str, column: str, longest: int) -> str:
    """A value that must be there."""
    if not value:
        raise RecordFault("missing_value", f"The column '{column}' is empty.")
    return at_most(value, column, longest)


def at_most(value: str, column: str, longest: int) -> str:
    """A value that may be empty."""
    if len(value) > longest:
        raise RecordFault("value_too_long", f"The column '{column}' is longer than {longest} characters.")
    return value


def matching(value: str, column: str, pattern: re.Pattern[str], what: str) -> str:
    """A value of a given form; `what` names the form."""
    if not pattern.fullmatch(value):
        raise RecordFault(f"bad_{column}", f"'{value[:60]}' in the column '{column}' is not {what}.")
    return value


def number(value: str, column: str, most: int) -> int:
    """A whole number from 0 to `most`, in decimal digits."""
    if not value:
        raise RecordFault("missing_value", f"The column '{column}' is empty.")
    if not _DIGITS.fullmatch(value) or int(value) > most:
        raise RecordFault(
            f"bad_{column}", f"'{value[:60]}' in the column '{column}' is not a whole number up to {most}."
        )
    return int(value)


def instant(value: str, column: str) -> datetime:
    """An instant with its offset (RFC 3339), as UTC; fractions of a second are dropped."""
    matching(value, column, _RFC_3339, "a time such as 2026-10-01T12:00:00Z (RFC 3339)")
    try:
        return since_1970(datetime.fromisoformat(value.upper()).astimezone(UTC).replace(microsecond=0), column)
    except (ValueError, OverflowError) as error:
        raise RecordFault(f"bad_{column}", f"'{value}' in the column '{column}' is no date and time.") from error


def since_1970(start: datetime, column: str) -> datetime:
    """The same instant; event keys begin with the Unix epoch."""
    if start < _EPOCH:
        raise RecordFault(f"bad_{column}", f"'{start:%Y-%m-%d}' in the column '{column}' is before 1970.")
    return start


def identifier(kind: str, value: str, column: str, pattern: re.Pattern[str], what: str) -> tuple[Identifier, ...]:
    """None or one identifier: an empty column names nobody."""
    return (Identifier(kind, matching(value, column, pattern, what)),) if value else ()


def instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """When a clock on the wall showed `wall`: once, twice (clocks moved back) or never (moved forward), in UTC."""
    both = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return [instant for instant in both if instant.astimezone(zone).replace(tzinfo=None) == wall]
