"""A brand with plans, customers and usage to bill, built through the domains' front doors where they have one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from mvne_platform import billing, party, subscriptions, tax
from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.models import Offering, OfferingAllowance, OfferingPrice
from mvne_platform.charging.models import RatedEvent, RatedStatus
from mvne_platform.kernel import MICROS, Unit
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import FactRow, JobRow, TimerRow

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
_NUMBERS = count(1)


def copenhagen(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2026) -> datetime:
    """A wall-clock time in Copenhagen, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(UTC)


@dataclass(slots=True)
class Shop:
    """What a test sells, to whom, and what they use. Amounts are in whole or decimal kroner."""

    ctx: Context

    def price_with_tax(self, *, included: bool) -> None:
        """Let the brand's prices include tax or not."""
        self.ctx.brand = replace(self.ctx.brand, profile={**self.ctx.brand.profile, "prices_include_tax": included})

    def tax(self, percent: int = 25, since: date = date(2020, 1, 1), tax_class: str = "standard") -> None:
        """A tax rate of the brand's country."""
        draft = tax.RateDraft(self.ctx.brand.country, tax_class, since, percent * 10_000, "moms")
        tax.set_rates(self.ctx, [draft])

    def plan(
        self,
        code: str,
        mode: PaymentMode = PaymentMode.POSTPAID,
        *,
        monthly: float = 149,
        once: float = 0,
        days: int | None = None,
        seconds: int = 0,
        add_on: bool = False,
        tax_class: str = "standard",
    ) -> Offering:
        """An offering; `days` is a prepaid period, `seconds` of calls are included in each period."""
        offering = Offering(
            code=code,
            version=1,
            kind=OfferingKind.ADD_ON if add_on else OfferingKind.PLAN,
            payment_mode=mode,
            name={"da": f"{code} på dansk", "en": code},
            description={},
            characteristics=[],
            price_list=None,
            position=1,
            valid_from=self.ctx.now,
        )
        self.ctx.db.add(offering)
        self.ctx.db.flush()
        for kind, amount in ((PriceKind.RECURRING, monthly), (PriceKind.ONE_TIME, once)):
            if amount:
                self.ctx.db.add(
                    OfferingPrice(
                        offering_id=offering.id,
                        kind=kind,
                        amount_micros=round(amount * MICROS),
                        currency=self.ctx.brand.currency,
                        tax_class=tax_class,
                        period_days=days if kind is PriceKind.RECURRING else None,
                    )
                )
        if seconds:
            self.ctx.db.add(
                OfferingAllowance(
                    offering_id=offering.id,
                    code="calls",
                    unit=Unit.SECOND,
                    quantity=seconds,
                    services=["voice_out"],
                    zones=[],
                    priority=10,
                )
            )
        self.ctx.db.flush()
        return offering

    def customer(self, language: str = "da") -> party.Customer:
        """A customer with a billing address."""
        address = party.NewAddress(
            lines=("Bryggervej 7, 2. tv.",), postal_code="8240", city="Risskov", country="DK", role="billing"
        )
        return party.create_customer(
            self.ctx,
            party.NewCustomer(
                given_name="Anna",
                family_name="Sørensen",
                email="anna@example.com",
                language=language,
                addresses=(address,),
            ),
        )

    def account(self, language: str = "da") -> party.BillingAccount:
        """The billing account of a new customer."""
        return party.open_account(self.ctx, self.customer(language).id)

    def line(
        self,
        plan: Offering,
        account: party.BillingAccount | None = None,
        *,
        add_ons: Iterable[Offering] = (),
    ) -> subscriptions.Subscription:
        """A line that has just been activated and for which service has started."""
        held = account or self.account()
        pending = subscriptions.create(
            self.ctx,
            customer_id=held.customer_id,
            account_id=held.id,
            plan=plan,
            add_ons=add_ons,
            identifiers=[("msisdn", f"+4520{next(_NUMBERS):06d}")],
        )
        line = subscriptions.activate(self.ctx, pending.id)
        billing.start_service(self.ctx, line.id)
        return line

    def used(
        self,
        line: subscriptions.Subscription,
        micros: int,
        *,
        service: str = "voice_out",
        zone: str = "dk",
        at: datetime | None = None,
        bill_period: date = OCTOBER,
        charged: int = 60,
        status: RatedStatus = RatedStatus.RATED,
    ) -> None:
        """A rated event that accrued `micros`."""
        start = at or copenhagen(10, 5, 12)
        number = next(_NUMBERS)
        self.ctx.db.execute(text("SELECT ensure_rated_event_partition(:day)"), {"day": start.date()})
        self.ctx.db.add(
            RatedEvent(
                subscription_id=line.id,
                key=UUID(int=(int(start.timestamp()) << 88) | number),
                start=start,
                service=service,
                other_party="+4530000000",
                visited_network=None,
                quantity=charged,
                charged=charged,
                status=status,
                reason=None,
                price_list_version_id=None,
                rate_id=None,
                zone=zone,
                band=None,
                currency=self.ctx.brand.currency,
                amount_micros=micros,
                accrued_micros=micros,
                debited_micros=0,
                itemised=True,
                bill_period=bill_period,
                file_id=UUID(int=1),
                file_row=number,
            )
        )
        self.ctx.db.flush()

    def bill(self, period_end: date = NOVEMBER) -> list[billing.Invoice]:
        """Close a month as its timer would, six hours into the next; answers the invoices in the order of accounts."""
        self.ctx.now = copenhagen(period_end.month, period_end.day, 6, year=period_end.year)
        billing.run_month(self.ctx, period_end)
        issued = [billing.bill_account(self.ctx, **job) for job in self.take_jobs("billing.bill_account")]
        while promised := self._take("billing.expire_allowances"):
            for arguments in promised:
                billing.jobs.expire_allowances.run(self.ctx, **arguments)
        return [invoice for invoice in issued if invoice is not None]

    def take_jobs(self, name: str) -> list[dict[str, UUID]]:
        """Remove the promised jobs of a name; answers their arguments, which are ids."""
        return [{key: UUID(value) for key, value in arguments.items()} for arguments in self._take(name)]

    def _take(self, name: str) -> list[dict[str, str]]:
        rows = self.ctx.db.query(JobRow).filter_by(name=name).order_by(JobRow.id).all()
        for row in rows:
            self.ctx.db.delete(row)
        self.ctx.db.flush()
        return [row.arguments for row in rows]

    def timers(self, name: str) -> list[tuple[datetime, dict[str, object]]]:
        """The waiting timers of a job, earliest first."""
        rows = self.ctx.db.query(TimerRow).filter_by(job=name).order_by(TimerRow.due_at, TimerRow.id)
        return [(row.due_at, row.arguments) for row in rows]

    def facts(self, *kinds: str) -> list[FactRow]:
        """The facts of these kinds, in order."""
        return self.ctx.db.query(FactRow).filter(FactRow.kind.in_(kinds)).order_by(FactRow.id).all()
