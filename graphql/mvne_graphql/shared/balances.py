"""Buckets, and the groups that share them."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.types.balances import Bucket
from mvne_graphql.types.customers import SharingGroup
from mvne_platform import balances


@strawberry.input(description="A sharing group to be opened.")
class OpenSharingGroupInput:
    """What `openSharingGroup` needs."""

    owner_id: strawberry.ID = strawberry.field(description="The subscription that opens it, its first member.")
    name: str = strawberry.field(description="What its holder calls it, such as the family's name.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A subscription and the group it joins.")
class AddSharingMemberInput:
    """What `addSharingMember` needs."""

    group_id: strawberry.ID = strawberry.field(description="The group.")
    subscription_id: strawberry.ID = strawberry.field(description="Who joins; billed to the group's account.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A subscription and the group it leaves.")
class RemoveSharingMemberInput:
    """What `removeSharingMember` needs."""

    group_id: strawberry.ID = strawberry.field(description="The group.")
    subscription_id: strawberry.ID = strawberry.field(description="Who leaves; the owner leaves last.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a new sharing group.")
class OpenSharingGroupPayload(Payload):
    """As it is now."""

    sharing_group: SharingGroup | None = strawberry.field(default=None, description="The group.")


@strawberry.type(description="What became of a sharing group that grew.")
class AddSharingMemberPayload(Payload):
    """As it is now."""

    sharing_group: SharingGroup | None = strawberry.field(default=None, description="The group.")


@strawberry.type(description="What became of a sharing group that shrank.")
class RemoveSharingMemberPayload(Payload):
    """As it is now."""

    sharing_group: SharingGroup | None = strawberry.field(default=None, description="The group.")


def find_bucket(context: RequestContext, key: UUID) -> Bucket:
    """For those who may read balances."""
    return Bucket.of(balances.bucket(context.ctx, key))


def find_group(context: RequestContext, key: UUID) -> SharingGroup:
    """For those who may read balances."""
    return SharingGroup.of(balances.group(context.ctx, key))


@strawberry.type
class BalanceQueries:
    """Root fields; each answers null for what is not there."""

    @resolved("A bucket; null if there is none.")
    def bucket(self, info: Info, id: Id) -> Bucket | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Bucket | None = one(info.context, "Bucket", id, find_bucket)
        return found

    @resolved("A sharing group; null if there is none.")
    def sharing_group(self, info: Info, id: Id) -> SharingGroup | None:  # noqa: A002  # Relay's word
        """By id."""
        found: SharingGroup | None = one(info.context, "SharingGroup", id, find_group)
        return found


@strawberry.type
class SharingMutations:
    """Root fields."""

    @mutation("Opens a sharing group. What its owner's shared allowances still hold is the group's.", keyed=True)
    def open_sharing_group(self, info: Info, given: Annotated[OpenSharingGroupInput, INPUT]) -> OpenSharingGroupPayload:
        """The owner is its first member."""
        owner = key_of(given.owner_id, "Subscription", "owner_id")
        return OpenSharingGroupPayload(
            sharing_group=SharingGroup.of(balances.open_group(info.context.ctx, owner, given.name))
        )

    @mutation("Lets a subscription share from now on; its shared allowances become the group's.", keyed=True)
    def add_sharing_member(self, info: Info, given: Annotated[AddSharingMemberInput, INPUT]) -> AddSharingMemberPayload:
        """One billing account, one group at a time."""
        changed = balances.add_member(info.context.ctx, *_both(given))
        return AddSharingMemberPayload(sharing_group=SharingGroup.of(changed))

    @mutation("Lets a subscription share no longer; what it brought stays with the group.", keyed=True)
    def remove_sharing_member(
        self, info: Info, given: Annotated[RemoveSharingMemberInput, INPUT]
    ) -> RemoveSharingMemberPayload:
        """The last one closes it."""
        changed = balances.remove_member(info.context.ctx, *_both(given))
        return RemoveSharingMemberPayload(sharing_group=SharingGroup.of(changed))


def _both(given: AddSharingMemberInput | RemoveSharingMemberInput) -> tuple[UUID, UUID]:
    group = key_of(given.group_id, "SharingGroup", "group_id")
    return group, key_of(given.subscription_id, "Subscription", "subscription_id")
