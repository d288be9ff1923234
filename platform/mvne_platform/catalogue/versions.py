"""Which versions a price list has once its parents' are counted in. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

MOST_GENERATIONS = 5
"""A list, its parent, and so on: at most so many in one line."""


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """A version as it was imported."""

    id: UUID
    number: int
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class ListHead:
    """A price list without its rates; `versions` oldest first."""

    code: str
    currency: str
    parent: str | None
    versions: Sequence[OwnVersion]
    purpose: str = "retail"


@dataclass(frozen=True, slots=True)
class EffectiveVersion:
    """A version together with the parent's that holds beside it, from `valid_from` on.

    A list without a parent has its own versions. Otherwise the id follows from the ids of both, so that it is the same
    in every process and at any time. `own_id` is the imported version; `over` is None before the parent begins.
    """

    id: UUID
    own_id: UUID
    price_list: str
    number: int
    valid_from: datetime
    over: "EffectiveVersion | None" = None

    @property
    def lineage(self) -> list[UUID]:
        """The imported versions that make it up, the oldest ancestor's first."""
        return [*(self.over.lineage if self.over else ()), self.own_id]

    @property
    def title(self) -> str:
        """How messages name it."""
        plain = f"version {self.number} of price list '{self.price_list}'"
        return f"{plain} (over {self.over.title})" if self.over else plain


def effective_versions(code: str, lists: Mapping[str, ListHead]) -> list[EffectiveVersion]:
    """The versions of a list, oldest first: one for each change of its own or its parents' from its first on.

    `lists` holds the list and its ancestors.
    """
    head = lists[code]
    inherited = effective_versions(head.parent, lists) if head.parent else []
    if not head.versions:
        return []
    first = head.versions[0].valid_from
    instants = {own.valid_from for own in head.versions} | {one.valid_from for one in inherited}
    return [_at(instant, head, inherited) for instant in sorted(instants) if instant >= first]


def _at(instant: datetime, head: ListHead, inherited: Sequence[EffectiveVersion]) -> EffectiveVersion:
    own = [version for version in head.versions if version.valid_from <= instant][-1]
    over = next((version for version in reversed(inherited) if version.valid_from <= instant), None)
    effective_id = uuid5(own.id, str(over.id)) if over else own.id
    return EffectiveVersion(effective_id, own.id, head.code, own.number, instant, over)


def possible_versions(code: str, lists: Mapping[str, ListHead]) -> Iterator[EffectiveVersion]:
    """Every version that a list has or can have had: each of its own, over each of its parent's.

    When a version of the parent is published late, for an instant before versions of the list that were there already,
    those are over the new one from then on; usage stays rated by what they were before.
    """
    head = lists[code]
    for own in head.versions:
        yield EffectiveVersion(own.id, own.id, code, own.number, own.valid_from)
        for over in possible_versions(head.parent, lists) if head.parent else ():
            begins = max(own.valid_from, over.valid_from)
            yield EffectiveVersion(uuid5(own.id, str(over.id)), own.id, code, own.number, begins, over)


def ancestors(code: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """A list, its parent and so on, as far as they are known; ends where a cycle begins again."""
    seen: set[str] = set()
    while code is not None and code in parents and code not in seen:
        seen.add(code)
        yield code
        code = parents[code]
