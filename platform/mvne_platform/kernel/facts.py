"""The base of every fact: something that happened, in the past tense, never changed."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, get_type_hints
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fact:
    """Subclass as `@dataclass(frozen=True, slots=True)`; carry ids and small values only, no personal data.

    The first field is the id of the fact's subject. Fields are UUID, str, int, bool, date, datetime, StrEnum or None.
    """

    kinds: ClassVar[dict[str, type["Fact"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        Fact.kinds[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the fact is stored and subscribed to."""
        return type(self).__name__

    @property
    def subject_id(self) -> UUID:
        """The id of what the fact is about."""
        subject: UUID = getattr(self, fields(self)[0].name)
        return subject

    def to_payload(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {f.name: _to_json(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def from_payload(kind: str, payload: dict[str, Any]) -> "Fact":
        """The fact of `kind` as it was emitted; KeyError for a kind nobody defines any more."""
        cls = Fact.kinds[kind]
        hints = _hints_of(kind)
        return cls(**{f.name: _from_json(payload.get(f.name), hints[f.name]) for f in fields(cls)})


@cache
def _hints_of(kind: str) -> dict[str, Any]:
    return get_type_hints(Fact.kinds[kind])


def _to_json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _from_json(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    for candidate in getattr(hint, "__args__", (hint,)):
        if candidate is UUID:
            return UUID(value)
        if candidate in (date, datetime):
            return candidate.fromisoformat(value)
        if isinstance(candidate, type) and issubclass(candidate, StrEnum):
            return candidate(value)
    return value
