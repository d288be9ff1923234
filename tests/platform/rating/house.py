"""The price list of the golden cases, and short ways to write events, subscribers and buckets."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from mvne_platform.catalogue import (
    OfflineDebit,
    PaymentMode,
    PriceListDraft,
    PriceListHead,
    Service,
    Tariff,
    compile_drafts,
    read_price_list_csv,
)
from mvne_platform.kernel import Unit, start_of_day
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import PurseBucket, Subscriber, UsageDiscount

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "rating"
COPENHAGEN = "Europe/Copenhagen"
HOLIDAYS = {date(2026, 12, 25): 6, date(2026, 12, 26): 6}
LINE = UUID(int=1)
OCTOBER = date(2026, 10, 1)
MONDAY_NOON = datetime(2026, 10, 5, 10, tzinfo=UTC)


@cache
def golden_tariff(code: str) -> Tariff:
    return compile_drafts([_draft(folder) for folder in sorted((GOLDEN / code).iterdir())], COPENHAGEN, HOLIDAYS)


def house_tariff() -> Tariff:
    return golden_tariff("house")


def _draft(folder: Path) -> PriceListDraft:
    head = PriceListHead(folder.parent.name, "DKK", start_of_day(date.fromisoformat(folder.name), COPENHAGEN))
    reading = read_price_list_csv(head, {path.name: path.read_text("utf-8") for path in folder.glob("*.csv")})
    assert reading.faults == ()
    assert reading.draft is not None
    return reading.draft


def an_event(service: str = "voice_out", **fields: Any) -> UsageEvent:
    fields.setdefault("start", MONDAY_NOON)
    return UsageEvent(natural_key=(), identifiers=(), service=Service(service), **fields)


def a_subscriber(
    mode: str = "postpaid",
    *,
    policy: str = "full",
    limit: int | None = None,
    period: date = OCTOBER,
    line: UUID = LINE,
    group: UUID | None = None,
    discounts: tuple[UsageDiscount, ...] = (),
) -> Subscriber:
    return Subscriber(line, PaymentMode(mode), OfflineDebit(policy), limit, period, group, discounts)


def a_bucket(number: int, *, name: str = "minutes", **fields: Any) -> PurseBucket:
    unit = Unit(fields.get("unit", "second"))
    return PurseBucket(
        id=UUID(int=fields.get("id", number)),
        subscription_id=None if fields.get("shared") else UUID(int=fields.get("line", 1)),
        code=fields.get("code", name),
        unit=unit,
        currency=fields.get("currency", "DKK") if unit is Unit.MONEY else None,
        amount=fields["amount"],
        services=frozenset(fields.get("services", ())),
        zones=frozenset(fields.get("zones", ())),
        priority=fields.get("priority", 100),
        valid_from=fields.get("valid_from", datetime(2026, 1, 1, tzinfo=UTC)),
        valid_to=fields.get("valid_to"),
    )
