"""Part of a period, part of its price."""

from mvne_platform.billing.rules.calendar import Days
from mvne_platform.kernel import round_half_up


def prorate(amount_micros: int, period: Days, part: Days) -> int:
    """The share of a period's price that falls on the days of `part`, in micros.

    Each day weighs the same. The share is the difference of two cumulated shares, so the parts of a period, cut
    anywhere, sum to exactly its price. Raises ValueError when `part` leaves the period.
    """
    if part.start < period.start or part.end > period.end:
        raise ValueError(f"{part.start} to {part.end} is not within {period.start} to {period.end}")
    days = len(period)
    upto_end = round_half_up(amount_micros * (part.end - period.start).days, days)
    upto_start = round_half_up(amount_micros * (part.start - period.start).days, days)
    return upto_end - upto_start
