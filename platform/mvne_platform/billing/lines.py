"""What an account is billed for: its waiting charges and its unbilled usage, as drafts of invoice lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mvne_platform import catalogue, party
from mvne_platform.billing import statements
from mvne_platform.billing.models import ChargeKind
from mvne_platform.billing.rules import Days
from mvne_platform.billing.terms import USAGE_TAX_CLASS
from mvne_platform.billing.wording import Wording
from mvne_platform.runtime import Context

_ORDER = (ChargeKind.ONE_TIME, ChargeKind.RECURRING, ChargeKind.USAGE)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line before it is rounded; `exact_micros` is priced as the brand prices, with tax or without."""

    subscription_id: UUID
    subscription_number: str
    kind: ChargeKind
    description: str
    days: Days
    exact_micros: int
    tax_class: str
    service: str | None = None
    zone: str | None = None
    events: int = 0
    quantity: int = 1
    charge_id: UUID | None = None

    @property
    def position(self) -> tuple[object, ...]:
        """Lines stand by subscription, then what was ordered, what recurs, what was used."""
        return (
            self.subscription_number,
            _ORDER.index(self.kind),
            self.days.start,
            self.service or "",
            self.description,
        )


def drafts(ctx: Context, account: party.BillingAccount, billed: Days, words: Wording) -> list[LineDraft]:
    """Everything to bill on `account` for the span `billed`, in the order of an invoice."""
    begins = billed.instants(ctx.brand.time_zone).end
    found = [*_charges(ctx, account.id, billed, begins), *_usage(ctx, account.id, billed, words)]
    return sorted(found, key=lambda draft: draft.position)


def _charges(ctx: Context, account_id: UUID, billed: Days, begins: datetime) -> list[LineDraft]:
    wanted = {"account_id": account_id, "bill_end": billed.end, "begins": begins}
    return [
        LineDraft(
            subscription_id=row.subscription_id,
            subscription_number=row.number,
            kind=ChargeKind(row.kind),
            description=row.description,
            days=Days(row.period_start, row.period_end),
            exact_micros=row.amount_micros,
            tax_class=row.tax_class,
            charge_id=row.id,
        )
        for row in ctx.db.execute(statements.CHARGES, wanted)
    ]


def _usage(ctx: Context, account_id: UUID, billed: Days, words: Wording) -> list[LineDraft]:
    wanted = {"account_id": account_id, "bill_start": billed.start, "bill_end": billed.end}
    return [
        LineDraft(
            subscription_id=row.subscription_id,
            subscription_number=row.number,
            kind=ChargeKind.USAGE,
            description=words.usage(row.service, _zone_name(ctx, row)),
            days=billed,
            exact_micros=row.accrued_micros,
            tax_class=USAGE_TAX_CLASS,
            service=row.service,
            zone=row.zone,
            events=row.events,
            quantity=row.charged,
        )
        for row in ctx.db.execute(statements.USAGE, wanted)
    ]


def _zone_name(ctx: Context, row: Any) -> str:
    """What people call the zone; a version that inherits, which is compiled and not stored, has its parents' too."""
    zone, name = row.zone or "", row.zone_name or ""
    if name or not zone:
        return str(name)
    version = catalogue.tariff_version(ctx, row.version_id)
    names = {one.code: one.name for one in version.zones} if version else {}
    return names.get(zone, str(zone))
