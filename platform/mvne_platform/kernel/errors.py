"""Refusals: what a command answers when it will not do as asked."""

from enum import StrEnum
from typing import ClassVar


class Category(StrEnum):
    """What kind of refusal; each edge translates it once (user error, HTTP status, exit code)."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A named refusal. `code` is stable; the message names the cause and the way out.

    One that `leaves_trace` has written that it was given (a wrong code that was tried, say) and nothing else: edges
    commit before they answer it. All others are rolled back.
    """

    code: ClassVar[str] = "REFUSED"
    category: ClassVar[Category] = Category.CONFLICT
    leaves_trace: ClassVar[bool] = False

    def __init__(self, message: str, *, field: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(DomainError):
    """The caller sent something that can never work."""

    code = "INVALID"
    category = Category.INVALID


class NotFound(DomainError):
    """Absent, or another brand's: outside the two look the same."""

    code = "NOT_FOUND"
    category = Category.NOT_FOUND


class Forbidden(DomainError):
    """The actor lacks a permission."""

    code = "FORBIDDEN"
    category = Category.FORBIDDEN
