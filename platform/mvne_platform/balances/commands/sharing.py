"""Sharing groups: who opens one, joins it, leaves it."""

from uuid import UUID

from mvne_platform import subscriptions
from mvne_platform.balances import permissions, queries, rules
from mvne_platform.balances.commands.allowances import move
from mvne_platform.balances.commands.booking import NewBucket
from mvne_platform.balances.errors import AlreadySharing, GroupClosed, GroupFull, NotSharing, OtherAccount, OwnerStays
from mvne_platform.balances.events import SharingBegan, SharingEnded
from mvne_platform.balances.models import Reason, SharingGroup, SharingMember
from mvne_platform.balances.queries import BucketState, Sharing
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Subscription


def open_group(ctx: Context, owner_id: UUID, name: str) -> SharingGroup:
    """Open a sharing group with its owner as the first member, who brings what shared allowances still hold.

    Raises UnknownSubscription, WrongState (a line that is over), AlreadySharing, BadGroupName.
    """
    ctx.require(permissions.SHARE)
    title = rules.check_group_name(name)
    owner = subscriptions.load_paying(ctx, owner_id)
    group = SharingGroup(
        id=rules.new_group_id(), account_id=owner.account_id, owner_id=owner.id, name=title, created_at=ctx.now
    )
    queries.lock_by_id(ctx, [owner.id])
    _check_alone(ctx, owner.id, "owner_id")
    ctx.db.add(group)
    ctx.db.flush()
    _join(ctx, group, owner)
    return group


def add_member(ctx: Context, group_id: UUID, subscription_id: UUID) -> SharingGroup:
    """Let a subscription of the same billing account share from now on; it brings its shared allowances.

    Raises UnknownGroup, UnknownSubscription, WrongState, GroupClosed, GroupFull, OtherAccount, AlreadySharing.
    """
    ctx.require(permissions.SHARE)
    line = subscriptions.load_paying(ctx, subscription_id)
    queries.lock_by_id(ctx, [line.id, group_id])
    group = _open_one(ctx, group_id)
    if line.account_id != group.account_id:
        raise OtherAccount(
            "The line is billed to another account than the group; only lines of one account can share.",
            field=("subscription_id",),
        )
    _check_alone(ctx, line.id)
    if len(queries.load_members(ctx, group_id)) >= rules.MOST_MEMBERS:
        raise GroupFull(f"A sharing group has at most {rules.MOST_MEMBERS} members; remove one first.")
    _join(ctx, group, line)
    return group


def remove_member(ctx: Context, group_id: UUID, subscription_id: UUID) -> SharingGroup:
    """Let a subscription share no longer, from now on; what it brought stays with the group. The last one closes it.

    Raises UnknownGroup, NotSharing, OwnerStays.
    """
    ctx.require(permissions.SHARE)
    queries.lock_by_id(ctx, [subscription_id, group_id])
    group = queries.load_group(ctx, group_id)
    members = queries.load_members(ctx, group_id)
    if subscription_id not in {one.subscription_id for one in members}:
        raise NotSharing("The line is not in this sharing group.", field=("subscription_id",))
    if subscription_id == group.owner_id and len(members) > 1:
        raise OwnerStays("The group's owner leaves it last; remove the others first.", field=("subscription_id",))
    queries.membership(ctx, group_id, subscription_id).valid_to = ctx.now
    if len(members) == 1:
        group.closed_at = ctx.now
    ctx.db.flush()
    ctx.emit(SharingEnded(subscription_id, group_id))
    return group


def _open_one(ctx: Context, group_id: UUID) -> SharingGroup:
    group = queries.load_group(ctx, group_id)
    ctx.db.refresh(group)
    if group.closed_at is not None:
        raise GroupClosed("The sharing group is closed; open a new one.", field=("group_id",))
    return group


def _check_alone(ctx: Context, subscription_id: UUID, field: str = "subscription_id") -> None:
    """The caller has locked the subscription's purse: what is read here stays so."""
    spans: tuple[Sharing, ...] = queries.sharing_of(ctx, [subscription_id]).get(subscription_id, ())
    if any(one.valid_to is None or one.valid_to > ctx.now for one in spans):
        raise AlreadySharing("The line is in a sharing group already; remove it from that one first.", field=(field,))


def _join(ctx: Context, group: SharingGroup, line: Subscription) -> None:
    ctx.db.add(SharingMember(group_id=group.id, subscription_id=line.id, valid_from=ctx.now))
    ctx.db.flush()
    brought = queries.shared_allowances(ctx, line.id)
    move(ctx, [(state.id, _brought(ctx, state, group.id)) for state in brought], Reason.SHARING)
    ctx.emit(SharingBegan(line.id, group.id))


def _brought(ctx: Context, state: BucketState, group_id: UUID) -> NewBucket:
    # Valid from now: what the line used before it joined is its own, however late the record comes.
    return NewBucket(
        id=rules.granted_bucket_id(group_id, state.code, f"{Reason.SHARING}/{state.id}", ctx.now),
        subscription_id=None,
        group_id=group_id,
        code=state.code,
        unit=state.unit,
        quantity=state.available,
        services=state.services,
        zones=state.zones,
        priority=state.priority,
        valid_from=ctx.now,
        valid_to=state.valid_to,
        product_id=state.product_id,
        rollover_limit=state.rollover_limit,
        rollovers_left=state.rollovers_left,
        shared=True,
        reason_id=state.id,
    )
