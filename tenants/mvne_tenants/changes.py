"""What applying a manifest changes, item by item."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# An item's state as JSON values; what it is made of depends on the section.
State = Mapping[str, Any]


class ChangeKind(StrEnum):
    """What becomes of an item; a retired one is no longer offered and stays with those who have it."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What becomes of one item of a section. Of a brand that is new, only `after` can be told, or nothing."""

    section: str
    item: str
    kind: ChangeKind
    before: State | None = None
    after: State | None = None

    def to_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "section": self.section,
            "item": self.item,
            "kind": self.kind.value,
            "before": self.before,
            "after": self.after,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ItemChange":
        """The change that `to_json` wrote."""
        return cls(**values | {"kind": ChangeKind(values["kind"])})


def compare(section: str, before: Mapping[str, State], after: Mapping[str, State]) -> list[ItemChange]:
    """The changes between two states of a section, by item."""
    return [
        ItemChange(section, item, _kind(before.get(item), after.get(item)), before.get(item), after.get(item))
        for item in sorted(before.keys() | after.keys())
    ]


def _kind(before: State | None, after: State | None) -> ChangeKind:
    if before is None:
        return ChangeKind.CREATED
    if after is None:
        return ChangeKind.RETIRED
    return ChangeKind.UNCHANGED if before == after else ChangeKind.CHANGED


def merge(earlier: list[ItemChange], later: list[ItemChange]) -> list[ItemChange]:
    """The changes of an application over its runs: what an earlier one made stays made, whatever a later one finds."""
    merged = {(change.section, change.item): change for change in earlier}
    for change in later:
        known = merged.get((change.section, change.item))
        if known is None or known.kind is ChangeKind.UNCHANGED:
            merged[change.section, change.item] = change
    return list(merged.values())


def anything_changes(changes: list[ItemChange]) -> bool:
    """Whether there is anything but the unchanged."""
    return any(change.kind is not ChangeKind.UNCHANGED for change in changes)
