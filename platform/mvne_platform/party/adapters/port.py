"""What the platform asks of any identity verification provider."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Verdict(StrEnum):
    """How the provider judges; REVIEW waits for a person there, UNUSABLE means it cannot judge what it was sent."""

    PENDING = "pending"
    REVIEW = "review"
    APPROVED = "approved"
    DECLINED = "declined"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be verified. The provider knows the question by `verification_id`, however often it is asked."""

    verification_id: UUID
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    document_number: str = field(repr=False)
    document_country: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The provider's answer; `reference` names its evidence, `reason` says why it declined or cannot judge."""

    verdict: Verdict
    reference: str | None = None
    reason: str | None = None


class IdentityProvider(Protocol):
    """An adapter: asks the provider, and asks again, with the same function."""

    def __call__(self, person: Person, /) -> Finding:
        """Answer how the verification stands; raises OutsideUnavailable when no final answer came."""
