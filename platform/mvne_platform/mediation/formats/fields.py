"""Reading single fields of a record; each raises RecordFault with the column's name."""

import re
from datetime import UTC, datetime

from mvne_platform.mediation.formats.port import RecordFault
from mvne_platform.mediation.usage import Identifier

# ITU-T E.164: a plus, a country code, at most 15 digits. Short codes stand as dialled.
E164 = re.compile(r"\+[1-9][0-9]{5,14}")
SHORT_CODE = re.compile(r"[0-9*#]{1,15}")
IMSI = re.compile(r"[0-9]{14,15}")
NETWORK = re.compile(r"[0-9]{3}-[0-9]{2,3}")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]{1,18}")


def text(value: str, column: str, longest: int) -> str:
    """A value that must be there."""
    if not value:
        raise RecordFault("missing_value", f"The column '{column}' is empty.")
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
