"""Orders, and the decisions they wait for."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.payloads import INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of
from mvne_graphql.types.identity import IdentityVerification, VerificationState
from mvne_graphql.types.orders import Order, OrderState
from mvne_platform import orders, party


@strawberry.input(description="Which orders are wanted; what is absent does not narrow it.")
class OrderFilterInput:
    """All that is given must hold."""

    states: list[OrderState] = strawberry.field(default_factory=list, description="Only in one of these states.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this customer.")
    number: str | None = strawberry.field(default=None, description="Only with this number.")

    def filter(self) -> orders.OrderFilter:
        """As orders wants it."""
        return orders.OrderFilter(
            states=frozenset(orders.OrderState(str(state.value)) for state in self.states),
            customer_id=key_of(self.customer_id, "Customer", "customer_id") if self.customer_id else None,
            number=self.number,
        )


@strawberry.input(description="An order to be withdrawn.")
class CancelOrderInput:
    """What `cancelOrder` needs."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    reason: str = strawberry.field(description="Why; the customer may read it.")


@strawberry.type(description="What became of an order.")
class CancelOrderPayload(Payload):
    """Number and SIM are free again."""

    order: Order | None = strawberry.field(default=None, description="The order.")


@strawberry.input(description="A decision about who a customer is.")
class DecideIdentityInput:
    """What `decideIdentity` needs."""

    order_id: strawberry.ID = strawberry.field(description="The order that waits for it.")
    approved: bool = strawberry.field(description="Whether the customer is who they say.")
    reason: str = strawberry.field(description="Why; kept as evidence.")


@strawberry.type(description="What became of a decision.")
class DecideIdentityPayload(Payload):
    """The order goes on, or is rejected, in the background."""

    order: Order | None = strawberry.field(default=None, description="The order.")


def find_verification(context: RequestContext, key: UUID) -> IdentityVerification:
    """For those who may decide it."""
    return IdentityVerification.of(party.verification(context.ctx, key))


@strawberry.type
class OrderDeskQueries:
    """Root fields."""

    @resolved("The brand's orders, newest first.")
    def orders(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        wanted: Annotated[
            OrderFilterInput | None, strawberry.argument(name="filter", description="Which orders; all if absent.")
        ] = None,
    ) -> Connection[Order]:
        """Read by keyset."""
        page, narrowed = Page.of(first, after), wanted or OrderFilterInput()
        rows = orders.orders(info.context.ctx, narrowed.filter(), first=page.fetch, after=page.after_id)
        return connect(rows, page, Order.of)

    @resolved("Checks of who customers are, newest first: those in state MANUAL wait for a person.")
    def identity_verifications(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        states: Annotated[
            list[VerificationState] | None, strawberry.argument(description="Only these; all if absent.")
        ] = None,
    ) -> Connection[IdentityVerification]:
        """Read by keyset."""
        page = Page.of(first, after)
        wanted = [party.VerificationState(str(state.value)) for state in states or ()]
        rows = party.verifications(info.context.ctx, wanted, first=page.fetch, before=page.after_id)
        return connect(rows, page, IdentityVerification.of)


@strawberry.type
class OrderDeskMutations:
    """Root fields."""

    @mutation("Withdraws an order before the network is asked; number and SIM are free again.")
    def cancel_order(self, info: Info, given: Annotated[CancelOrderInput, INPUT]) -> CancelOrderPayload:
        """Refused once the network has been asked."""
        key = key_of(given.order_id, "Order", "order_id")
        return CancelOrderPayload(order=Order.of(orders.cancel_order(info.context.ctx, key, given.reason)))

    @mutation("Decides by hand what the identity provider leaves open.", keyed=True)
    def decide_identity(self, info: Info, given: Annotated[DecideIdentityInput, INPUT]) -> DecideIdentityPayload:
        """The order that waits for it goes on or is rejected."""
        ctx = info.context.ctx
        order = orders.order(ctx, key_of(given.order_id, "Order", "order_id"))
        if order.verification_id is None:
            raise orders.WrongOrderState("This order waits for no identity verification.", field=("order_id",))
        party.decide_verification(ctx, order.verification_id, approved=given.approved, reason=given.reason)
        return DecideIdentityPayload(order=Order.of(order))
