"""Bill runs and the invoices they issue."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id, key_of, slice_of
from mvne_graphql.types.invoices import Invoice
from mvne_platform import billing


@strawberry.enum(description="Where a bill run stands.")
class BillRunState(Enum):
    """As in billing."""

    RUNNING = strawberry.enum_value("running", description="Accounts are being billed.")
    COMPLETED = strawberry.enum_value("completed", description="Every account has been billed.")


@strawberry.type(description="The billing of all accounts for one calendar month.")
class BillRun(Node):
    """One per month."""

    period_start: date = strawberry.field(description="The month's first day.")
    period_end: date = strawberry.field(description="The first day of the next month.")
    state: BillRunState = strawberry.field(description="Where it stands.")
    accounts_total: int = strawberry.field(description="How many accounts there are to bill.")
    accounts_done: int = strawberry.field(description="How many have been billed.")
    started_at: datetime = strawberry.field(description="When it began.")
    completed_at: datetime | None = strawberry.field(description="When the last account was billed.")
    key: strawberry.Private[UUID]

    @resolved("The invoices it issued, newest first.")
    def invoices(self, info: Info, first: First = None, after: After = None) -> Connection[Invoice]:
        """Read by keyset."""
        page, wanted = Page.of(first, after), billing.InvoiceFilter(run_id=self.key)
        rows = billing.issued_invoices(info.context.ctx, wanted, first=page.fetch, before=page.after_id)
        return connect(rows, page, Invoice.of)

    @classmethod
    def of(cls, row: billing.BillRun) -> Self:
        """The run."""
        return cls(
            id=global_id("BillRun", row.id),
            period_start=row.period_start,
            period_end=row.period_end,
            state=BillRunState(row.state),
            accounts_total=row.accounts_total,
            accounts_done=row.accounts_done,
            started_at=row.started_at,
            completed_at=row.completed_at,
            key=row.id,
        )


@strawberry.input(description="The month to bill.")
class RunBillingInput:
    """What `runBilling` needs."""

    period_end: date = strawberry.field(description="The first day of the month after the one to bill.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a bill run.")
class RunBillingPayload(Payload):
    """Accounts are billed in the background."""

    bill_run: BillRun | None = strawberry.field(default=None, description="The run.")


@strawberry.input(description="Which invoices are wanted; what is absent does not narrow it.")
class InvoiceFilterInput:
    """All that is given must hold."""

    account_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this billing account.")
    bill_run_id: strawberry.ID | None = strawberry.field(default=None, description="Only issued by this run.")
    number: str | None = strawberry.field(default=None, description="Only with this number.")

    def filter(self) -> billing.InvoiceFilter:
        """As billing wants it."""
        account, run = self.account_id, self.bill_run_id
        return billing.InvoiceFilter(
            account_id=key_of(account, "BillingAccount") if account else None,
            run_id=key_of(run, "BillRun") if run else None,
            number=self.number.upper() if self.number else None,
        )


def find_bill_run(context: RequestContext, key: UUID) -> BillRun:
    """For those who may read invoices."""
    return BillRun.of(billing.run(context.ctx, key))


@strawberry.type
class BillingQueries:
    """Root fields."""

    @resolved("The brand's bill runs, newest first.")
    def bill_runs(self, info: Info, first: First = None, after: After = None) -> Connection[BillRun]:
        """One a month."""
        page = Page.of(first, after)
        rows = billing.runs(info.context.ctx)
        return connect(slice_of(rows, page), page, BillRun.of, count=lambda: len(rows))

    @resolved("A bill run; null if there is none.")
    def bill_run(self, info: Info, id: Id) -> BillRun | None:  # noqa: A002  # Relay's word
        """By id."""
        found: BillRun | None = one(info.context, "BillRun", id, find_bill_run)
        return found

    @resolved("The brand's invoices, newest first.")
    def invoices(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        wanted: Annotated[
            InvoiceFilterInput | None, strawberry.argument(name="filter", description="Which invoices; all if absent.")
        ] = None,
    ) -> Connection[Invoice]:
        """Read by keyset."""
        page, narrowed = Page.of(first, after), wanted or InvoiceFilterInput()
        rows = billing.issued_invoices(info.context.ctx, narrowed.filter(), first=page.fetch, before=page.after_id)
        return connect(rows, page, Invoice.of)


@strawberry.type
class BillingMutations:
    """Root fields."""

    @mutation("Bills all accounts for a month that has ended by the brand's clock.", keyed=True)
    def run_billing(self, info: Info, given: Annotated[RunBillingInput, INPUT]) -> RunBillingPayload:
        """Again for the same month: completes it, or answers the completed run."""
        return RunBillingPayload(bill_run=BillRun.of(billing.run_month(info.context.ctx, given.period_end)))
