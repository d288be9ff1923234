"""In which order an account's past is rated again. Pure.

Lines that share allowances belong together; the others do not feel each other. While all of them pay afterwards their
usage is rated in the order of time, as if no record had ever been late. While any of them pays in advance the order of
arrival counts: what was debited then is not debited again because of the order in which records came.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from mvne_platform.balances import Sharing
from mvne_platform.catalogue import PaymentMode
from mvne_platform.subscriptions import Line


@dataclass(frozen=True, slots=True)
class Spell:
    """Stored events of one time, in the order in which they are rated again."""

    by_arrival: bool
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class History:
    """The spells of lines that belong together, the earliest first."""

    spells: Sequence[Spell]

    @property
    def rows(self) -> list[Any]:
        """All of its events."""
        return [row for spell in self.spells for row in spell.rows]

    @property
    def answered(self) -> Iterable[Any]:
        """What was charged online; of who pays in advance all that was rated beside it.

        Sessions held units and money while the others came, and gave back what they did not use: what was there for an
        event then cannot be told from what is stored.
        """
        online = any(row.charge_id is not None for row in self.rows)
        for spell in self.spells:
            yield from (row for row in spell.rows if row.charge_id is not None or (online and spell.by_arrival))

    @property
    def first_arrived(self) -> UUID | None:
        """What brought the first of the events whose order of arrival counts; None when no event's does."""
        return min((row.arrived for row in self._by_arrival()), default=None)

    def is_by_arrival(self, valid_from: datetime, valid_to: datetime | None) -> bool:
        """Whether any such event may have taken from what was valid then."""
        return any(valid_from <= row.start and (valid_to is None or row.start < valid_to) for row in self._by_arrival())

    def _by_arrival(self) -> Iterable[Any]:
        return (row for spell in self.spells if spell.by_arrival for row in spell.rows)


def together(subscription_ids: Collection[UUID], sharing: Mapping[UUID, Collection[Sharing]]) -> list[set[UUID]]:
    """The lines in parts that never shared anything with each other."""
    parts: list[set[UUID]] = []
    groups: list[set[UUID]] = []
    for line in sorted(subscription_ids):
        own_lines, own_groups = {line}, {one.group_id for one in sharing.get(line, ())}
        for at in reversed(range(len(parts))):
            if groups[at] & own_groups:
                own_lines |= parts.pop(at)
                own_groups |= groups.pop(at)
        parts.append(own_lines)
        groups.append(own_groups)
    return parts


def history(lines: Collection[Line], rows: Iterable[Any]) -> History:
    """The events of lines that belong together, which come by key, as they are to be rated again."""
    spells = groupby(rows, key=lambda row: _pays_in_advance(lines, row.start))
    return History([Spell(by_arrival, _in_order(of_spell, by_arrival=by_arrival)) for by_arrival, of_spell in spells])


def with_older(past: History, older: Iterable[Any]) -> History:
    """The same with older events that arrived among its own: they moved the same balances in between."""
    spells = list(past.spells)
    at = next(place for place, spell in enumerate(spells) if spell.by_arrival)
    spells[at] = Spell(by_arrival=True, rows=_in_order([*spells[at].rows, *older], by_arrival=True))
    return History(spells)


def _pays_in_advance(lines: Iterable[Line], at: datetime) -> bool:
    plans = (line.plan_at(at) for line in lines)
    return any(plan is not None and plan.payment_mode is not PaymentMode.POSTPAID for plan in plans)


def _in_order(rows: Iterable[Any], *, by_arrival: bool) -> list[Any]:
    """By arrival, and within what came together by key, as it was rated then."""
    return sorted(rows, key=lambda row: (row.arrived, row.key, row.subscription_id)) if by_arrival else list(rows)
