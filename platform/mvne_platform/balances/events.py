"""What happened to a balance."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.balances.models import Reason
from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class BalanceToppedUp(Fact):
    """Money came in; `amount_micros` of `currency`, for the occasion `reason_id`."""

    subscription_id: UUID
    amount_micros: int
    currency: str
    reason: Reason
    reason_id: UUID
