"""Who changed what."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from mvne_graphql.context import Info
from mvne_graphql.errors import BadInput
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Page, connect, split_id
from mvne_graphql.scalars import as_json
from mvne_platform.runtime import audit
from mvne_platform.runtime.models import AuditRow

# Where the things that have ids are kept.
TABLES = {
    "BillingAccount": "billing_account",
    "BillRun": "bill_run",
    "Customer": "customer",
    "IdentityVerification": "identity_verification",
    "Invoice": "invoice",
    "LoyaltyAccount": "member",
    "NetworkRequest": "network_request",
    "Offering": "offering",
    "Order": "product_order",
    "Payment": "payment",
    "PriceListAssignment": "price_list_assignment",
    "Rerating": "rerating_run",
    "SharingGroup": "sharing_group",
    "Subscription": "subscription",
    "TariffReplay": "replay_run",
    "UsageFailureBatch": "failure_batch",
    "UsageFile": "usage_file",
    "UsageSource": "usage_source",
}


@strawberry.enum(description="How a row was changed.")
class AuditOperation(Enum):
    """As in SQL."""

    INSERT = strawberry.enum_value("INSERT", description="It is new.")
    UPDATE = strawberry.enum_value("UPDATE", description="It became another.")
    DELETE = strawberry.enum_value("DELETE", description="It is gone.")


@strawberry.input(description="Which changes are wanted; what is absent does not narrow it.")
class AuditFilterInput:
    """All that is given must hold."""

    of: strawberry.ID | None = strawberry.field(
        default=None, description="Only of the thing with this id, instead of `table` and `rowId`."
    )
    table: str | None = strawberry.field(default=None, description="Only of this table.")
    row_id: str | None = strawberry.field(default=None, description="Only of this row, by its key as text.")
    actor: str | None = strawberry.field(default=None, description="Only by this actor, such as staff:<id>.")
    request_id: str | None = strawberry.field(default=None, description="Only in this request.")

    def filter(self) -> audit.AuditFilter:
        """As the runtime wants it; raises BadInput, UnreadableId."""
        table, row_id = _row_of(self.of) if self.of else (self.table, self.row_id)
        if self.of and (self.table or self.row_id):
            raise BadInput("Say which row either by `of` or by `table` and `rowId`.")
        return audit.AuditFilter(table=table, row_id=row_id, actor=self.actor, request_id=self.request_id)


@strawberry.type(description="A changed row: who, what, before and after. Written by the database itself.")
class AuditEntry:
    """Nobody can change it."""

    table: str = strawberry.field(description="The table.")
    row_id: str = strawberry.field(description="The row's key as text.")
    operation: AuditOperation = strawberry.field(description="How it was changed.")
    actor: str = strawberry.field(description="Who did it: staff:<id>, client:<id>, system or timer.")
    request_id: str = strawberry.field(description="In which request; the logs know it by this id.")
    at: datetime = strawberry.field(description="When, in real time.")
    before: JSON | None = strawberry.field(description="The row before, without secrets; null if it was new.")
    after: JSON | None = strawberry.field(description="The row after, without secrets; null if it is gone.")

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        """The change."""
        return cls(
            table=row.table_name,
            row_id=row.row_id,
            operation=AuditOperation(row.operation),
            actor=row.actor,
            request_id=row.request_id,
            at=row.at,
            before=as_json(row.before),
            after=as_json(row.after),
        )


@strawberry.type
class AuditQueries:
    """Root fields."""

    @resolved("Changes of the brand's data, the latest first.", cost=5)
    def audit(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        wanted: Annotated[
            AuditFilterInput | None, strawberry.argument(name="filter", description="Which changes; all if absent.")
        ] = None,
    ) -> Connection[AuditEntry]:
        """Read by keyset."""
        page, narrowed = Page.of(first, after), wanted or AuditFilterInput()
        rows = audit.entries(info.context.ctx, narrowed.filter(), first=page.fetch, before=page.after_number)
        return connect(rows, page, AuditEntry.of)


def _row_of(given: str) -> tuple[str, str]:
    kind, key = split_id(given)
    if kind not in TABLES:
        raise BadInput(f"Changes are kept of rows, and a {kind} is not one; there are: {', '.join(sorted(TABLES))}.")
    return TABLES[kind], str(key)
