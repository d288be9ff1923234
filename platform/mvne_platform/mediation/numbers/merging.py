"""Dated entries into dated entries: what is new, what ends, and what cannot be. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from mvne_platform.mediation.formats import Fault, RecordFault
from mvne_platform.mediation.numbers.files import Answer, Coded, Ported

Key = tuple[object, ...]
Draft = Ported | Coded


@dataclass(slots=True)
class Entry:
    """An entry as it is stored (`id`) or will be; `valid_to` is where it ends after the merge."""

    draft: Draft
    valid_to: datetime | None
    id: UUID | None = None
    ended: bool = False


@dataclass(slots=True)
class Merged:
    """What a batch of lines comes to."""

    entries: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    @property
    def added(self) -> list[Entry]:
        """Entries that are not stored yet."""
        return [entry for entry in self.entries if entry.id is None]

    @property
    def ended(self) -> list[Entry]:
        """Stored entries that now end."""
        return [entry for entry in self.entries if entry.id is not None and entry.ended]


def merge(stored: Iterable[Entry], answers: Sequence[Answer]) -> Merged:
    """Take the lines in their order: an entry without an end is ended by the next one of the same number or code.

    `stored` are all entries that hold at the same time as any of the lines, for the same numbers.
    """
    merged = Merged(list(stored))
    places: dict[Key, list[Entry]] = defaultdict(list)
    for entry in merged.entries:
        places[_place(entry.draft)].append(entry)
    for answer in answers:
        fault = answer.outcome if isinstance(answer.outcome, Fault) else _fault(merged, places, answer.outcome)
        if fault:
            merged.faults.append((answer.line, fault))
    return merged


def _fault(merged: Merged, places: dict[Key, list[Entry]], draft: Draft) -> Fault | None:
    try:
        _take(merged, places, draft)
    except RecordFault as fault:
        return Fault(fault.reason, fault.detail)
    return None


def _take(merged: Merged, places: dict[Key, list[Entry]], draft: Draft) -> None:
    if any(_same(entry, draft) for entry in places[_place(draft)]):
        merged.unchanged += 1
        return
    others = [entry for entry in places[_place(draft)] if _meet(entry, draft)]
    open_one = next((entry for entry in others if _can_end(entry, draft)), None)
    if _ends_only(draft) and open_one is None:
        raise RecordFault("nothing_to_end", "This row ends an entry, and none is open at that time.")
    in_the_way = [entry for entry in others if entry is not open_one]
    if in_the_way:
        raise RecordFault(
            "overlaps", f"At that time {_shown(in_the_way[0])} holds; end it first, or correct the dates."
        )
    if open_one is not None:
        open_one.valid_to = draft.valid_from
        open_one.ended = True
    if not _ends_only(draft):
        entry = Entry(draft, draft.valid_to)
        merged.entries.append(entry)
        places[_place(draft)].append(entry)


def _place(draft: Draft) -> Key:
    """Entries that can be in each other's way share it; ranges all do."""
    if isinstance(draft, Coded):
        return (draft.code, draft.prefix)
    return (draft.first,) if draft.first == draft.last else ()


def _meet(entry: Entry, draft: Draft) -> bool:
    old = entry.draft
    if isinstance(old, Ported) and isinstance(draft, Ported) and (old.last < draft.first or draft.last < old.first):
        return False
    begins_before = draft.valid_to is None or old.valid_from < draft.valid_to
    return begins_before and (entry.valid_to is None or draft.valid_from < entry.valid_to)


def _can_end(entry: Entry, draft: Draft) -> bool:
    return (
        entry.valid_to is None and entry.draft.valid_from < draft.valid_from and _extent(entry.draft) == _extent(draft)
    )


def _extent(draft: Draft) -> Key:
    return (draft.first, draft.last) if isinstance(draft, Ported) else (draft.code, draft.prefix)


def _same(entry: Entry, draft: Draft) -> bool:
    """Whether the line says what is known. One without an end says nothing of when another line ended its entry."""
    old = entry.draft
    if _extent(old) != _extent(draft):
        return False
    if _ends_only(draft):
        return entry.valid_to == draft.valid_from
    same_end = draft.valid_to is None or entry.valid_to == draft.valid_to
    return same_end and (old.valid_from, _meaning(old)) == (draft.valid_from, _meaning(draft))


def _meaning(draft: Draft) -> Key:
    return (draft.operator,) if isinstance(draft, Ported) else (draft.number_class, draft.name)


def _ends_only(draft: Draft) -> bool:
    return draft.operator is None if isinstance(draft, Ported) else draft.name is None


def _shown(entry: Entry) -> str:
    old = entry.draft
    if isinstance(old, Coded):
        what = f"'{old.code}{'*' if old.prefix else ''}' ({old.name})"
    else:
        what = f"+{old.first}" if old.first == old.last else f"+{old.first} to +{old.last}"
        what += f" (operator {old.operator})"
    return f"{what} from {old.valid_from:%Y-%m-%d}"
