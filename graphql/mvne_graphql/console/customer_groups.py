"""Customer groups and who is in them."""

from datetime import datetime
from typing import Annotated

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.types.price_lists import CustomerGroup
from mvne_platform import party


@strawberry.input(description="A customer group, new or to be renamed.")
class DefineCustomerGroupInput:
    """What `defineCustomerGroup` needs."""

    code: str = strawberry.field(description="The group's name for programs.")
    name: str = strawberry.field(description="The group's name for people.")
    rank: int = strawberry.field(
        default=100, description="Of a customer's groups, the one with the lowest rank counts first."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input
class _Member:
    """Whom, which group, and when."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    group: str = strawberry.field(description="The group's code.")
    at: datetime | None = strawberry.field(default=None, description="When; now if absent.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A customer who joins a group.")
class JoinCustomerGroupInput(_Member):
    """What `joinCustomerGroup` needs."""


@strawberry.input(description="A customer who leaves a group.")
class LeaveCustomerGroupInput(_Member):
    """What `leaveCustomerGroup` needs."""


@strawberry.type(description="What became of customer groups.")
class DefineCustomerGroupPayload(Payload):
    """All of them, for there are few."""

    customer_groups: list[CustomerGroup] | None = strawberry.field(
        default=None, description="The brand's customer groups."
    )


@strawberry.type
class _Membership(Payload):
    """By group."""

    groups: list[str] | None = strawberry.field(default=None, description="The groups the customer is in at that time.")


@strawberry.type(description="What became of a membership that begins.")
class JoinCustomerGroupPayload(_Membership):
    """With the groups there are then."""


@strawberry.type(description="What became of a membership that ends.")
class LeaveCustomerGroupPayload(_Membership):
    """With the groups there are then."""


@strawberry.type
class CustomerGroupMutations:
    """Root fields."""

    @mutation("Makes a customer group, or renames one.")
    def define_customer_group(
        self, info: Info, given: Annotated[DefineCustomerGroupInput, INPUT]
    ) -> DefineCustomerGroupPayload:
        """Price lists can be for it."""
        party.define_customer_group(info.context.ctx, given.code, given.name, given.rank)
        return DefineCustomerGroupPayload(
            customer_groups=[CustomerGroup.of(group) for group in party.customer_groups(info.context.ctx)]
        )

    @mutation("Puts a customer into a group.")
    def join_customer_group(
        self, info: Info, given: Annotated[JoinCustomerGroupInput, INPUT]
    ) -> JoinCustomerGroupPayload:
        """From an instant on."""
        key = key_of(given.customer_id, "Customer", "customer_id")
        party.join_customer_group(info.context.ctx, key, given.group, given.at)
        return JoinCustomerGroupPayload(groups=_groups(info, given))

    @mutation("Takes a customer out of a group.")
    def leave_customer_group(
        self, info: Info, given: Annotated[LeaveCustomerGroupInput, INPUT]
    ) -> LeaveCustomerGroupPayload:
        """From an instant on."""
        key = key_of(given.customer_id, "Customer", "customer_id")
        party.leave_customer_group(info.context.ctx, key, given.group, given.at)
        return LeaveCustomerGroupPayload(groups=_groups(info, given))


def _groups(info: Info, given: _Member) -> list[str]:
    """The groups of the customer at that time."""
    ctx = info.context.ctx
    key = key_of(given.customer_id, "Customer", "customer_id")
    at = given.at or ctx.now
    held = party.memberships_of(ctx, [key]).get(key, [])
    return [one.code for one in held if one.valid_from <= at and (one.valid_to is None or at < one.valid_to)]
