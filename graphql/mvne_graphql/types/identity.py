"""Checks of who customers are."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import Node, global_id
from mvne_graphql.scalars import CountryCode
from mvne_graphql.types.customers import Customer
from mvne_graphql.types.orders import Order
from mvne_platform import orders, party
from mvne_platform.orders import permissions as order_permissions


@strawberry.enum(description="Where the check of a customer's identity stands.")
class VerificationState(Enum):
    """As in party."""

    PENDING = strawberry.enum_value("pending", description="The provider has not answered yet.")
    MANUAL = strawberry.enum_value("manual", description="The provider leaves it open; a person decides.")
    APPROVED = strawberry.enum_value("approved", description="The customer is who they say.")
    DECLINED = strawberry.enum_value("declined", description="Not accepted.")


@strawberry.type(description="One check of who a customer is. The document's number is never shown.")
class IdentityVerification(Node):
    """With its evidence."""

    state: VerificationState = strawberry.field(description="Where it stands.")
    document_country: CountryCode = strawberry.field(description="The country that issued the document.")
    reason: str | None = strawberry.field(description="Why it was decided so, or left open.")
    reference: str | None = strawberry.field(description="The provider's evidence, by its own name.")
    decided_by: str | None = strawberry.field(description="Who decided, if it was a person of the brand.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    key: strawberry.Private[UUID]
    customer_key: strawberry.Private[UUID]

    @resolved("Whose identity it is.")
    def customer(self, info: Info) -> Customer:
        """For those who may read customers."""
        return Customer.of(party.customer(info.context.ctx, self.customer_key))

    @resolved("The order that waits, or waited, for it.")
    def order(self, info: Info) -> Order | None:
        """For those who may read orders."""
        ctx = info.context.ctx
        ctx.require(order_permissions.READ)
        found = orders.order_of_verification(ctx, self.key)
        return Order.of(found) if found else None

    @classmethod
    def of(cls, row: party.IdentityVerification) -> Self:
        """The verification."""
        evidence = row.evidence or {}
        return cls(
            id=global_id("IdentityVerification", row.id),
            state=VerificationState(row.state),
            document_country=CountryCode(row.document_country),
            reason=evidence.get("reason"),
            reference=evidence.get("reference"),
            decided_by=evidence.get("decided_by"),
            requested_at=row.requested_at,
            decided_at=row.decided_at,
            key=row.id,
            customer_key=row.customer_id,
        )
