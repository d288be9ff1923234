"""What dated reference data says of a called number: the operator it was ported to, and what a code stands for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mvne_cli.rating_files.forms import PortedRecord, ShortCodeRecord
from mvne_platform.catalogue import NumberClass
from mvne_platform.mediation import UsageEvent

Dated = TypeVar("Dated", PortedRecord, ShortCodeRecord)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class CalledNumbers:
    """The folder's number data, by number and by code."""

    def __init__(self, ported: Iterable[PortedRecord], codes: Iterable[ShortCodeRecord]) -> None:
        self._ported: dict[str, list[PortedRecord]] = defaultdict(list)
        self._ranges: list[PortedRecord] = []
        for record in ported:
            if record.last is None:
                self._ported[record.number].append(record)
            else:
                self._ranges.append(record)
        self._codes: dict[str, list[ShortCodeRecord]] = defaultdict(list)
        for code in codes:
            self._codes[code.code].append(code)

    def known(self, event: UsageEvent) -> UsageEvent:
        """The event with the operator and class of its called number at its start."""
        number = event.other_party
        if not number:
            return event
        return replace(
            event, operator=self._operator(number, event.start), number_class=self._number_class(number, event.start)
        )

    def _operator(self, number: str, at: datetime) -> str | None:
        """The operator of the number itself, else that of the range it lies in."""
        found = _holding(self._ported.get(number, ()), at)
        if found is None and self._ranges:
            found = _holding([one for one in self._ranges if _is_in(number, one)], at)
        return found.operator if found else None

    def _number_class(self, number: str, at: datetime) -> NumberClass | None:
        """The class of the code as a whole, else that of the longest prefix that held."""
        prefixes = (f"{number[:length]}*" for length in range(len(number), 1, -1)) if number.startswith("+") else ()
        for code in (number, *prefixes):
            found = _holding(self._codes.get(code, ()), at)
            # A row that names nothing ends the one before it.
            if found and (found.number_class or found.name):
                return found.number_class
        return None


def _is_in(number: str, found: PortedRecord) -> bool:
    return len(found.number) == len(number) and found.number <= number <= (found.last or found.number)


def _holding(records: Sequence[Dated], at: datetime) -> Dated | None:
    """The latest record that had begun, if it had not ended: one without an end is ended by the next."""
    begun = [record for record in records if (record.valid_from or _ALWAYS) <= at]
    latest = max(begun, key=lambda record: record.valid_from or _ALWAYS, default=None)
    return latest if latest and (latest.valid_to is None or at < latest.valid_to) else None
