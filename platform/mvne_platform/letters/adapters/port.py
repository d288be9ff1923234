"""What the platform asks of any carrier of letters."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A letter to carry. The carrier knows it by `letter_id`, however often it gets it."""

    letter_id: UUID
    sender: str
    sender_name: str
    recipient: str = field(repr=False)
    subject: str | None = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the carrier says: taken, or refused for good with the reason in `error`."""

    error: str | None = None


class Carrier(Protocol):
    """An adapter: carries a message, within its time limits."""

    def __call__(self, message: Message, /) -> Delivery:
        """Answer what became of it; raises OutsideUnavailable when no final answer came."""
