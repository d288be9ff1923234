"""Points for continuous service: a line's months, by the brand's calendar, from its activation or return to service."""

from datetime import datetime
from uuid import UUID

from mvne_platform import subscriptions
from mvne_platform.kernel import months_later
from mvne_platform.loyalty import queries, rules
from mvne_platform.loyalty.commands import accrue
from mvne_platform.loyalty.models import AccrualTrigger
from mvne_platform.runtime import Context, Job


def start_tenure(ctx: Context, subscription_id: UUID, since: datetime) -> None:
    """Begin to count a line's months of service from `since`. The platform does this itself."""
    _wait(ctx, subscription_id, since, 0)


def reach_month(ctx: Context, subscription_id: UUID, since: datetime, month: int) -> int:
    """Give the points for `month` months of service since `since`, and wait for the next; answers the points.

    Nothing more is given, or waited for, when the line has been out of service since: its return begins a new count.
    Each month of a line is rewarded once, even if it is reached again.
    """
    line = subscriptions.load_subscription(ctx, subscription_id)
    in_service = line.state is subscriptions.SubscriptionState.ACTIVE
    if not in_service or queries.has_lapsed_since(ctx, subscription_id, since):
        return 0
    _wait(ctx, subscription_id, since, month)
    return accrue(
        ctx,
        customer_id=line.customer_id,
        trigger=AccrualTrigger.TENURE,
        cause_id=rules.tenure_cause(subscription_id, month),
        month=month,
    )


def _wait(ctx: Context, subscription_id: UUID, since: datetime, month: int) -> None:
    milestones = {
        named["month"] for rule in queries.rules_of(ctx, AccrualTrigger.TENURE) for named in rule.months or []
    }
    following = rules.next_milestone(month, milestones)
    ctx.at(
        months_later(since, following, ctx.brand.time_zone),
        REACH_MONTH,
        subscription_id=str(subscription_id),
        since=since.isoformat(),
        month=following,
    )


def _run(ctx: Context, subscription_id: str, since: str, month: int) -> None:
    reach_month(ctx, UUID(subscription_id), datetime.fromisoformat(since), month)


REACH_MONTH = Job("loyalty.reach_month", "events", _run)
