"""What the platform asks of any payment provider."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from mvne_platform.kernel import Money


class Verdict(StrEnum):
    """How a payment stands with its provider."""

    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Demand:
    """Money to take. The provider knows the demand by `payment_id`, however often it is asked.

    `token` stands for a means of payment that the provider keeps; `reference` is what the payer reads.
    """

    payment_id: UUID
    money: Money
    token: str = field(repr=False)
    reference: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """The provider's answer; `reason` is its code for declining."""

    verdict: Verdict
    reason: str | None = None


class PaymentProvider(Protocol):
    """An adapter: asks for the money, and asks how it stands, with the same function."""

    def __call__(self, demand: Demand, /) -> Settlement:
        """Answer how the payment stands; raises OutsideUnavailable when no final answer came."""
