"""What may be topped up."""

from mvne_platform.kernel import MICROS, Money, minor_unit_micros
from mvne_platform.receivables.errors import BadTopUp

MOST = 10_000


def check_top_up(money: Money, currency: str) -> None:
    """Raise BadTopUp unless `money` is a positive amount of `currency` in whole minor units, at most MOST units."""
    if money.currency != currency:
        raise BadTopUp(f"{money} is not of the brand's currency; give the amount in {currency}.", field=("amount",))
    if not 0 < money.micros <= MOST * MICROS:
        raise BadTopUp(
            f"{money} cannot be topped up; give more than 0 and at most {MOST} {currency}.", field=("amount",)
        )
    if money.micros % minor_unit_micros(currency):
        raise BadTopUp(f"{money} is finer than {currency} can be paid in; round it.", field=("amount",))
