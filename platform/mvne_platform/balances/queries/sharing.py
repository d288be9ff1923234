"""Who shares with whom, and since when."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from mvne_platform.balances import permissions
from mvne_platform.balances.errors import UnknownGroup
from mvne_platform.balances.models import SharingGroup, SharingMember
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Sharing:
    """A subscription in a sharing group during [valid_from, valid_to)."""

    subscription_id: UUID
    group_id: UUID
    valid_from: datetime
    valid_to: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Whether the subscription was a member at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def sharing_of(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, tuple[Sharing, ...]]:
    """All memberships of subscriptions, oldest first; a subscription that never shared is missing."""
    rows = _sharing().where(SharingMember.subscription_id == any_(cast(list(subscription_ids), ARRAY(Uuid))))
    spans: dict[UUID, list[Sharing]] = defaultdict(list)
    for row in ctx.db.execute(rows):
        spans[row.subscription_id].append(Sharing(*row))
    return {key: tuple(found) for key, found in spans.items()}


def group(ctx: Context, group_id: UUID) -> SharingGroup:
    """One sharing group; raises UnknownGroup."""
    ctx.require(permissions.READ)
    return load_group(ctx, group_id)


def load_group(ctx: Context, group_id: UUID) -> SharingGroup:
    """One sharing group for a command, which asks for its own permission; raises UnknownGroup."""
    found = ctx.db.get(SharingGroup, group_id)
    if found is None:
        raise UnknownGroup("The brand has no such sharing group.", field=("group_id",))
    return found


def groups(ctx: Context, account_id: UUID) -> list[SharingGroup]:
    """The open sharing groups of a billing account, the oldest first."""
    ctx.require(permissions.READ)
    wanted = select(SharingGroup).where(SharingGroup.account_id == account_id, SharingGroup.closed_at.is_(None))
    return list(ctx.db.scalars(wanted.order_by(SharingGroup.created_at, SharingGroup.id)))


def group_of(ctx: Context, subscription_id: UUID) -> SharingGroup | None:
    """The sharing group a subscription is in now."""
    ctx.require(permissions.READ)
    spans = sharing_of(ctx, [subscription_id]).get(subscription_id, ())
    return next((ctx.db.get_one(SharingGroup, one.group_id) for one in spans if one.holds_at(ctx.now)), None)


def members(ctx: Context, group_id: UUID) -> list[Sharing]:
    """Who is in a group now, the longest member first."""
    ctx.require(permissions.READ)
    return load_members(ctx, group_id)


def load_members(ctx: Context, group_id: UUID) -> list[Sharing]:
    """As `members`, for a command."""
    now = SharingMember.valid_from <= ctx.now, or_(SharingMember.valid_to.is_(None), SharingMember.valid_to > ctx.now)
    return [Sharing(*row) for row in ctx.db.execute(_sharing().where(SharingMember.group_id == group_id, *now))]


def _sharing() -> Select[UUID, UUID, datetime, datetime | None]:
    return select(
        SharingMember.subscription_id, SharingMember.group_id, SharingMember.valid_from, SharingMember.valid_to
    ).order_by(SharingMember.valid_from, SharingMember.id)


def membership(ctx: Context, group_id: UUID, subscription_id: UUID) -> SharingMember:
    """The row of a present membership, of whose purse the lock is held."""
    wanted = SharingMember.group_id == group_id, SharingMember.subscription_id == subscription_id
    return ctx.db.scalars(select(SharingMember).where(*wanted, SharingMember.valid_to.is_(None))).one()
