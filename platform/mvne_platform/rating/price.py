"""Step 9: what the pieces cost, with fee, minimum, maximum and discounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from mvne_platform.catalogue import TariffRate
from mvne_platform.kernel import round_half_up
from mvne_platform.rating.rated import Outcome, Reason, Stopped
from mvne_platform.rating.subscriber import Cover, UsageDiscount
from mvne_platform.rating.trace import Piece

WHOLE_BP = 10_000
# A billion of the currency for one event is a wrong price or a wrong record, whatever cap would hide it.
MOST_MICROS = 10**15
OUT_OF_RANGE = "The usage comes to more than a billion of the currency, the most one event may cost."


@dataclass(frozen=True, slots=True)
class Price:
    """What the uncovered units cost, in micros: `capped` is fee and usage within minimum and maximum."""

    fee_micros: int = 0
    usage_micros: int = 0
    capped_micros: int = 0
    discount_bp: int = 0
    amount_micros: int = 0


def price_of(pieces: Sequence[Piece], rate: TariffRate, discount_bp: int) -> Price:
    """Connection fee + sum of units × price ÷ interval, half-up to the micro once, then raised or capped, then reduced.

    An event that allowances cover whole has no pieces and costs nothing: no fee, no minimum. One covered in part pays
    the whole fee.
    """
    if not pieces:
        return Price()
    usage = round_half_up(sum(piece.units * piece.price_micros for piece in pieces), rate.per)
    if usage > MOST_MICROS:
        raise Stopped(Outcome.FAILED, Reason.AMOUNT_OUT_OF_RANGE, OUT_OF_RANGE)
    capped = max(rate.connection_fee_micros + usage, rate.minimum_micros or 0)
    if rate.maximum_micros is not None:
        capped = min(capped, rate.maximum_micros)
    reduction = round_half_up(capped * discount_bp, WHOLE_BP)
    return Price(rate.connection_fee_micros, usage, capped, discount_bp, capped - reduction)


def discount_of(discounts: Sequence[UsageDiscount], cover: Cover) -> int:
    """Basis points off: those of all discounts that are good for the use together, at most the whole."""
    return min(WHOLE_BP, sum(discount.basis_points for discount in discounts if discount.reduces(cover)))
