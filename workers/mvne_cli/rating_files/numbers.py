"""What dated reference data says of a called number: the operator it was ported to, and what a code stands for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mvne_cli.rating_files.forms import PortedRecord, ShortCodeRecord
from mvne_platform.catalogue import NumberClass
from mvne_platform.mediation import UsageEvent

Dated = TypeVar("Dated", PortedRecord, ShortCodeRecord)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


def with_number_data(event: UsageEvent, ported: Sequence[PortedRecord], codes: Sequence[ShortCodeRecord]) -> UsageEvent:
    """The event with the operator and class of its called number at its start."""
    number = event.other_party
    if not number:
        return event
    operator = _operator(number, event.start, ported)
    return replace(event, operator=operator, number_class=_number_class(number, event.start, codes))


def _operator(number: str, at: datetime, ported: Sequence[PortedRecord]) -> str | None:
    """The operator of the number itself, else that of the range it lies in."""
    single = _holding((one for one in ported if one.last is None and one.number == number), at)
    ranges = (one for one in ported if one.last and len(one.number) == len(number) and one.number <= number <= one.last)
    found = single or _holding(ranges, at)
    return found.operator if found else None


def _number_class(number: str, at: datetime, codes: Sequence[ShortCodeRecord]) -> NumberClass | None:
    """The class of the code as a whole, else that of the longest prefix that held."""
    begun = {one.code for one in codes if one.is_prefix and number.startswith(one.code[:-1])}
    for code in (number, *sorted(begun, key=len, reverse=True)):
        found = _holding((one for one in codes if one.code == code), at)
        # A row that names nothing ends the one before it.
        if found and (found.number_class or found.name):
            return found.number_class
    return None


def _holding(records: Iterable[Dated], at: datetime) -> Dated | None:
    """The latest record that had begun, if it had not ended: one without an end is ended by the next."""
    begun = [record for record in records if (record.valid_from or _ALWAYS) <= at]
    latest = max(begun, key=lambda record: record.valid_from or _ALWAYS, default=None)
    return latest if latest and (latest.valid_to is None or at < latest.valid_to) else None
