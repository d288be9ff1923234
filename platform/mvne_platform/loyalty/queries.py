"""Reads and locks of the loyalty programme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.loyalty import permissions
from mvne_platform.loyalty.errors import UnknownMember, UnknownReward
from mvne_platform.loyalty.models import (
    AccrualRule,
    AccrualTrigger,
    Member,
    PointsEntry,
    PointsReason,
    Programme,
    Redemption,
    Reward,
)
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import FactRow

PAGE = 25


@dataclass(frozen=True, slots=True)
class PointsLine:
    """A movement of points and what the member had after it; `code` names the rule or the reward."""

    entry_id: UUID
    delta: int
    total: int
    reason: PointsReason
    code: str
    occurred_at: datetime


def programme(ctx: Context) -> Programme | None:
    """The brand's programme, if it has one."""
    return ctx.db.scalar(select(Programme))


def account(ctx: Context, customer_id: UUID) -> Member | None:
    """A customer's membership, if there is one, for an actor."""
    ctx.require(permissions.READ)
    return member_of(ctx, customer_id)


def member(ctx: Context, member_id: UUID) -> Member:
    """One member for an actor; raises UnknownMember."""
    ctx.require(permissions.READ)
    found = ctx.db.get(Member, member_id)
    if found is None:
        raise unknown_member()
    return found


def entries(ctx: Context, member_id: UUID, *, first: int = PAGE, before: UUID | None = None) -> list[PointsLine]:
    """The movements of a member's points with running totals, newest first; `before` ends the page before."""
    ctx.require(permissions.READ)
    total = func.sum(PointsEntry.delta).over(order_by=PointsEntry.id).label("total")
    every = (
        select(PointsEntry, total, func.coalesce(AccrualRule.code, Reward.code, "").label("code"))
        .outerjoin(AccrualRule, AccrualRule.id == PointsEntry.rule_id)
        .outerjoin(Reward, Reward.id == PointsEntry.rule_id)
        .where(PointsEntry.member_id == member_id)
        .subquery()
    )
    page = select(every).order_by(every.c.id.desc()).limit(first)
    if before is not None:
        page = page.where(every.c.id < before)
    return [
        PointsLine(row.id, row.delta, int(row.total), PointsReason(row.reason), row.code, row.occurred_at)
        for row in ctx.db.execute(page)
    ]


def rewards(ctx: Context) -> list[Reward]:
    """What points buy now, the cheapest first."""
    ctx.require(permissions.READ)
    return list(ctx.db.scalars(select(Reward).where(Reward.hidden.is_(False)).order_by(Reward.points, Reward.code)))


def redemptions(ctx: Context, member_id: UUID) -> list[Redemption]:
    """What a member has redeemed, newest first."""
    ctx.require(permissions.READ)
    wanted = select(Redemption).where(Redemption.member_id == member_id)
    return list(ctx.db.scalars(wanted.order_by(Redemption.id.desc())))


def member_of(ctx: Context, customer_id: UUID) -> Member | None:
    """A customer's membership."""
    return ctx.db.scalar(select(Member).where(Member.customer_id == customer_id))


def member_for_update(ctx: Context, member_id: UUID) -> Member:
    """Lock one member, so that points are spent once; raises UnknownMember."""
    # Shared with the foreign keys of points that are being booked, which would wait for us and we for them.
    found = ctx.db.get(Member, member_id, with_for_update={"key_share": True})
    if found is None:
        raise unknown_member()
    return found


def reward_on_offer(ctx: Context, reward_code: str) -> Reward:
    """The reward of a code, unless it is hidden; raises UnknownReward."""
    found = ctx.db.scalar(select(Reward).where(Reward.code == reward_code, Reward.hidden.is_(False)))
    if found is None:
        raise UnknownReward(
            f"No reward '{reward_code}' is on offer; `rewards` lists those that are.", field=("reward",)
        )
    return found


def rules_of(ctx: Context, trigger: AccrualTrigger) -> Sequence[AccrualRule]:
    """The rules that a trigger sets off, by code."""
    return ctx.db.scalars(select(AccrualRule).where(AccrualRule.trigger == trigger).order_by(AccrualRule.code)).all()


def has_lapsed_since(ctx: Context, subscription_id: UUID, since: datetime) -> bool:
    """Whether a line was out of service at some time after `since`, by the brand's log of facts."""
    lapses = select(func.count()).where(
        FactRow.kind == "SubscriptionLapsed", FactRow.subject_id == subscription_id, FactRow.occurred_at >= since
    )
    return bool(ctx.db.scalar(lapses))


def unknown_member() -> UnknownMember:
    """The refusal for a member who is not the brand's."""
    return UnknownMember("The brand's programme has no such member.", field=("member_id",))
