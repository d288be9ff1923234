"""What became of payments. Amounts are micros of the currency."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class PaymentCaptured(Fact):
    """The provider has the money, and the subscription's balance has it too."""

    payment_id: UUID
    subscription_id: UUID
    amount_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentDeclined(Fact):
    """The provider refused; no money moved. `reason` is the provider's code."""

    payment_id: UUID
    subscription_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentUnsettled(Fact):
    """The provider gave no final answer for so long that asking has stopped; the money may or may not be taken."""

    payment_id: UUID
    subscription_id: UUID
