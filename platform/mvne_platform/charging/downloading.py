"""A subscription's usage as CSV, for spreadsheets and programs."""

import csv
import re
from typing import TextIO
from uuid import UUID
from zoneinfo import ZoneInfo

from mvne_platform import subscriptions
from mvne_platform.charging.errors import TooMuchUsage
from mvne_platform.charging.queries import UsageFilter, UsageRecord, usage
from mvne_platform.kernel import Money
from mvne_platform.runtime import Context

COLUMNS = (
    "start", "service", "other_party", "visited_network", "zone", "quantity", "charged", "unit", "status", "reason",
    "cost", "to_be_billed", "from_balance", "currency",
)  # fmt: skip
MOST_EVENTS = 200_000
_AT_ONCE = 1_000
# What a spreadsheet would compute (OWASP, CSV injection); a telephone number is only a number.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"\+?[0-9*#x]+")


def write_usage(ctx: Context, subscription_id: UUID, wanted: UsageFilter, target: TextIO) -> str:
    """Write a subscription's usage as CSV, latest first; answers the subscription's number.

    Starts are in the brand's time zone with their offset, quantities in `unit`, amounts decimal in `currency`. What a
    list of usage may not show is not in it, and numbers are as the reader may see them. Events are read in pages, so
    that memory stays small. Raises UnknownSubscription, TooMuchUsage.
    """
    number = subscriptions.subscription(ctx, subscription_id).number
    zone = ZoneInfo(ctx.brand.time_zone)
    written = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    written.writerow(COLUMNS)
    count, before = 0, None
    while page := usage(ctx, subscription_id, wanted=wanted, first=_AT_ONCE, before=before):
        count, before = count + len(page), page[-1].key
        if count > MOST_EVENTS:
            raise TooMuchUsage(f"That is more than {MOST_EVENTS} events; ask for a shorter period, or page by the API.")
        written.writerows(_line(record, zone) for record in page)
    return number


def _line(record: UsageRecord, zone: ZoneInfo) -> tuple[object, ...]:
    amounts = (record.amount_micros, record.accrued_micros, record.debited_micros)
    return (
        record.start.astimezone(zone).isoformat(timespec="seconds"),
        record.service,
        plain(record.other_party),
        plain(record.visited_network),
        plain(record.zone),
        record.quantity,
        record.charged,
        record.unit.value,
        record.status.value,
        record.reason,
        *(f"{Money(micros, record.currency).amount:f}" for micros in amounts),
        record.currency,
    )


def plain(text: str | None) -> str | None:
    """A text that no spreadsheet takes for a formula: one that would be is marked as text with an apostrophe."""
    if text and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
