"""What happened to vouchers. Amounts are micros of the currency."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class VouchersIssued(Fact):
    """A batch of vouchers was made."""

    batch_id: UUID
    count: int
    amount_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class VoucherRedeemed(Fact):
    """A voucher's value went to a subscription's balance."""

    voucher_id: UUID
    subscription_id: UUID
    amount_micros: int
    currency: str
