"""Use cases of members: joining, earning, redeeming."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from mvne_platform import balances, subscriptions
from mvne_platform.kernel import days_later, uuid7
from mvne_platform.loyalty import permissions, queries, rules
from mvne_platform.loyalty.errors import LineNotInService, PointsTooFew
from mvne_platform.loyalty.events import MemberEnrolled, PointsEarned, RewardRedeemed
from mvne_platform.loyalty.models import (
    AccrualRule,
    AccrualTrigger,
    Member,
    PointsEntry,
    PointsReason,
    Redemption,
    Reward,
)
from mvne_platform.runtime import Context


def enrol(ctx: Context, customer_id: UUID) -> Member | None:
    """Make a customer a member, once; None when the brand has no programme. The platform does this itself."""
    known = queries.member_of(ctx, customer_id)
    programme = queries.programme(ctx)
    if known is not None or programme is None:
        return known
    joining = insert(Member).values(
        id=uuid7(), programme_id=programme.id, customer_id=customer_id, points=0, enrolled_at=ctx.now
    )
    made = ctx.db.scalar(joining.on_conflict_do_nothing(index_elements=["customer_id"]).returning(Member.id))
    if made is not None:
        ctx.emit(MemberEnrolled(made, customer_id))
    return queries.member_of(ctx, customer_id)


def accrue(
    ctx: Context,
    *,
    customer_id: UUID,
    trigger: AccrualTrigger,
    cause_id: UUID,
    amount_micros: int = 0,
    month: int | None = None,
) -> int:
    """Give a customer what the rules give for a top-up or bill (`amount_micros` with tax) or a month of service.

    Each rule gives for each cause once. A customer who is no member yet becomes one. Answers the points given now.
    The platform does this itself.
    """
    member = enrol(ctx, customer_id)
    if member is None:
        return 0
    given = 0
    for rule in queries.rules_of(ctx, trigger):
        points = _points(rule, amount_micros, month)
        if points and _book(ctx, member.id, points, rule, cause_id):
            ctx.emit(PointsEarned(member.id, points, rule.code))
            given += points
    return given


def redeem(ctx: Context, *, member_id: UUID, reward_code: str, subscription_id: UUID) -> Redemption:
    """Exchange a member's points for a reward on one of their lines in service.

    The member is locked: redeemed at once from two sides, points are spent once and never below zero.
    Raises UnknownMember, UnknownReward, PointsTooFew, UnknownSubscription, LineNotInService.
    """
    ctx.require(permissions.REDEEM)
    member = queries.member_for_update(ctx, member_id)
    reward = queries.reward_on_offer(ctx, reward_code)
    line = _line_of(ctx, member, subscription_id)
    _check_points(member, reward)

    redemption_id = uuid7()
    grant = _grant_of(ctx, reward)
    bucket = balances.grant_allowance(ctx, line.id, grant, balances.Reason.REDEMPTION, redemption_id)
    member.points -= reward.points
    redemption = Redemption(
        id=redemption_id,
        member_id=member.id,
        reward_id=reward.id,
        subscription_id=line.id,
        bucket_id=bucket.id,
        points=reward.points,
        redeemed_at=ctx.now,
    )
    ctx.db.add_all(
        [
            redemption,
            PointsEntry(
                member_id=member.id,
                delta=-reward.points,
                reason=PointsReason.REDEMPTION,
                rule_id=reward.id,
                cause_id=redemption_id,
                occurred_at=ctx.now,
            ),
        ]
    )
    ctx.db.flush()
    ctx.emit(RewardRedeemed(redemption_id, member.id))
    return redemption


def _check_points(member: Member, reward: Reward) -> None:
    if member.points < reward.points:
        raise PointsTooFew(
            f"'{reward.code}' costs {reward.points} points, and there are {member.points}; "
            f"{reward.points - member.points} more are needed."
        )


def _points(rule: AccrualRule, amount_micros: int, month: int | None) -> int:
    if rule.trigger is AccrualTrigger.TENURE:
        return rule.points if {"month": month} in (rule.months or []) else 0
    return rules.points_for_money(amount_micros, rule.points, rule.per_micros)


def _book(ctx: Context, member_id: UUID, points: int, rule: AccrualRule, cause_id: UUID) -> bool:
    entry = insert(PointsEntry).values(
        id=uuid7(),
        member_id=member_id,
        delta=points,
        reason=PointsReason.ACCRUAL,
        rule_id=rule.id,
        cause_id=cause_id,
        occurred_at=ctx.now,
    )
    once = entry.on_conflict_do_nothing(index_elements=["rule_id", "cause_id"]).returning(PointsEntry.id)
    if ctx.db.scalar(once) is None:
        return False
    ctx.db.execute(update(Member).where(Member.id == member_id).values(points=Member.points + points))
    return True


def _line_of(ctx: Context, member: Member, subscription_id: UUID) -> subscriptions.Subscription:
    line = subscriptions.load_subscription(ctx, subscription_id)
    if line.customer_id != member.customer_id:
        raise subscriptions.UnknownSubscription(
            "The member has no such subscription; choose one of their own.", field=("subscription_id",)
        )
    if line.state is not subscriptions.SubscriptionState.ACTIVE:
        raise LineNotInService(
            f"The line {line.number} is {line.state}; a reward needs a line in service.", field=("subscription_id",)
        )
    return line


def _grant_of(ctx: Context, reward: Reward) -> balances.Grant:
    return balances.Grant(
        code=f"reward:{reward.code}",
        unit=reward.unit,
        quantity=reward.quantity,
        services=tuple(reward.services),
        zones=tuple(reward.zones),
        priority=rules.REWARD_PRIORITY,
        valid_from=ctx.now,
        valid_to=days_later(ctx.now, reward.valid_days, ctx.brand.time_zone),
    )
