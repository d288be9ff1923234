"""What became of a definition that was applied."""

from enum import StrEnum


class Change(StrEnum):
    """Whether applying a definition made something, changed it, or found it as asked."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
