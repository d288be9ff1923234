"""Earning and redeeming."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from mvne_platform import balances, loyalty, subscriptions
from mvne_platform.kernel import Change, DomainError, Unit
from mvne_platform.loyalty import AccrualTrigger, PointsReason
from mvne_platform.loyalty.models import AccrualRule, Member, PointsEntry, Redemption, Reward
from mvne_platform.runtime import Actor, ActorKind, Context, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import FactRow, TimerRow
from mvne_platform.subscriptions import SubscriptionState
from tests.platform.lines import make_line
from tests.platform.loyalty.programme import PROGRAMME
from tests.plugins.database import Database


def customer_of(ctx: Context, line: UUID) -> UUID:
    return subscriptions.load_subscription(ctx, line).customer_id


def top_up(ctx: Context, customer_id: UUID, kroner: int, cause: UUID | None = None) -> int:
    return loyalty.accrue(
        ctx,
        customer_id=customer_id,
        trigger=AccrualTrigger.TOP_UP,
        amount_micros=kroner * 1_000_000,
        cause_id=cause or uuid4(),
    )


def member_with(ctx: Context, points: int) -> tuple[Member, UUID]:
    """A member with so many points (an even number), and their line."""
    loyalty.set_programme(ctx, PROGRAMME)
    line = make_line(ctx)
    member = loyalty.enrol(ctx, customer_of(ctx, line))
    assert member is not None
    top_up(ctx, member.customer_id, points * 5)
    ctx.db.refresh(member)
    assert member.points == points
    return member, line


def facts(ctx: Context, *kinds: str) -> list[FactRow]:
    return list(ctx.db.scalars(select(FactRow).where(FactRow.kind.in_(kinds)).order_by(FactRow.id)))


def count(ctx: Context, table: type) -> int:
    return ctx.db.scalar(select(func.count()).select_from(table)) or 0


def test_a_brand_without_a_programme_has_no_members(ctx: Context) -> None:
    customer = customer_of(ctx, make_line(ctx))
    assert (loyalty.enrol(ctx, customer), top_up(ctx, customer, 100), loyalty.account(ctx, customer)) == (None, 0, None)


def test_a_customer_joins_once(ctx: Context) -> None:
    loyalty.set_programme(ctx, PROGRAMME)
    customer = customer_of(ctx, make_line(ctx))

    first, second = loyalty.enrol(ctx, customer), loyalty.enrol(ctx, customer)

    assert first is second is not None
    assert (first.points, first.enrolled_at) == (0, ctx.now)
    assert [fact.subject_id for fact in facts(ctx, "MemberEnrolled")] == [first.id]


def test_top_ups_and_bills_earn_by_their_rules_once_per_cause(ctx: Context) -> None:
    loyalty.set_programme(ctx, PROGRAMME)
    customer, payment = customer_of(ctx, make_line(ctx)), uuid4()

    assert top_up(ctx, customer, 129, payment) == 24  # twelve full tens
    assert top_up(ctx, customer, 129, payment) == 0
    assert (
        loyalty.accrue(
            ctx, customer_id=customer, trigger=AccrualTrigger.BILL, amount_micros=298_990_000, cause_id=uuid4()
        )
        == 29
    )
    assert top_up(ctx, customer, 9) == 0

    member = loyalty.account(ctx, customer)
    assert member is not None
    ctx.db.refresh(member)
    assert member.points == 53
    assert [(line.delta, line.total, line.code, line.reason) for line in loyalty.entries(ctx, member.id)] == [
        (29, 53, "bills", PointsReason.ACCRUAL),
        (24, 24, "top_ups", PointsReason.ACCRUAL),
    ]
    assert [fact.payload for fact in facts(ctx, "PointsEarned")] == [
        {"member_id": str(member.id), "points": 24, "rule_code": "top_ups"},
        {"member_id": str(member.id), "points": 29, "rule_code": "bills"},
    ]


def test_points_buy_an_allowance(ctx: Context) -> None:
    member, line = member_with(ctx, 150)

    redemption = loyalty.redeem(ctx, member_id=member.id, reward_code="hour", subscription_id=line)

    (bucket,) = [bucket for bucket in balances.buckets(ctx, line) if bucket.id == redemption.bucket_id]
    assert (bucket.unit, bucket.amount, bucket.services) == (Unit.SECOND, 3_600, ("voice_out",))
    # Thirty days later it is winter in Copenhagen.
    assert (bucket.valid_from, bucket.valid_to) == (ctx.now, datetime(2026, 10, 30, 23, tzinfo=UTC))
    assert [(entry.reason, entry.reason_id) for entry in balances.ledger(ctx, bucket.id)] == [
        (balances.Reason.REDEMPTION, redemption.id)
    ]
    assert member.points == 50
    assert [(entry.delta, entry.total, entry.code) for entry in loyalty.entries(ctx, member.id)] == [
        (-100, 50, "hour"),
        (150, 150, "top_ups"),
    ]
    assert [fact.subject_id for fact in facts(ctx, "RewardRedeemed")] == [redemption.id]


def test_too_few_points_buy_nothing(ctx: Context) -> None:
    member, line = member_with(ctx, 98)
    with pytest.raises(loyalty.PointsTooFew, match="'hour' costs 100 points, and there are 98; 2 more"):
        loyalty.redeem(ctx, member_id=member.id, reward_code="hour", subscription_id=line)
    assert (member.points, count(ctx, Redemption), balances.buckets(ctx, line)) == (98, 0, [])


def test_a_hidden_or_unknown_reward_is_not_there(ctx: Context) -> None:
    member, line = member_with(ctx, 200)
    loyalty.set_programme(ctx, replace(PROGRAMME, rewards=PROGRAMME.rewards[:1]))
    assert [reward.code for reward in loyalty.rewards(ctx)] == ["hour"]
    for code in ("gigabyte", "moon"):
        with pytest.raises(loyalty.UnknownReward, match=code):
            loyalty.redeem(ctx, member_id=member.id, reward_code=code, subscription_id=line)
    assert (member.points, count(ctx, Redemption)) == (200, 0)


def test_another_customers_line_is_not_there(ctx: Context) -> None:
    member, _ = member_with(ctx, 200)
    strange = make_line(ctx)
    with pytest.raises(subscriptions.UnknownSubscription):
        loyalty.redeem(ctx, member_id=member.id, reward_code="hour", subscription_id=strange)
    assert (member.points, balances.buckets(ctx, strange)) == (200, [])


def test_a_line_out_of_service_gets_no_reward(ctx: Context) -> None:
    member, line = member_with(ctx, 200)
    subscriptions.load_subscription(ctx, line).state = SubscriptionState.LAPSED
    with pytest.raises(loyalty.LineNotInService, match="lapsed"):
        loyalty.redeem(ctx, member_id=member.id, reward_code="hour", subscription_id=line)
    assert (member.points, balances.buckets(ctx, line)) == (200, [])


def test_redeeming_needs_its_permission(ctx: Context) -> None:
    member, line = member_with(ctx, 200)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"loyalty.read"}))
    with pytest.raises(PermissionMissing, match=r"loyalty\.redeem"):
        loyalty.redeem(ctx, member_id=member.id, reward_code="hour", subscription_id=line)
    assert (loyalty.member(ctx, member.id).points, count(ctx, Redemption)) == (200, 0)


def test_a_member_of_another_brand_is_not_there(ctx: Context, other_ctx: Context) -> None:
    member, line = member_with(ctx, 200)
    with pytest.raises(loyalty.UnknownMember):
        loyalty.member(other_ctx, member.id)
    with pytest.raises(loyalty.UnknownMember):
        loyalty.redeem(other_ctx, member_id=member.id, reward_code="hour", subscription_id=line)


def test_the_ledger_cannot_be_rewritten(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        member_with(ctx, 200)
    for statement in ("UPDATE points_entry SET delta = 1", "DELETE FROM points_entry", "DELETE FROM member"):
        with pytest.raises(Exception, match="permission denied"), brand_work("testbrand") as ctx:
            ctx.db.connection().exec_driver_sql(statement)


def test_points_redeemed_at_once_from_many_sides_are_spent_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        member, line = member_with(ctx, 250)
        member_id, customer_id = member.id, member.customer_id

    def redeem() -> str:
        with brand_work("testbrand") as ctx:
            loyalty.redeem(ctx, member_id=member_id, reward_code="hour", subscription_id=line)
        return "redeemed"

    def earn() -> str:
        with brand_work("testbrand") as ctx:
            top_up(ctx, customer_id, 10)
        return "earned"

    outcomes = at_once([redeem, redeem, earn, redeem, redeem, earn, redeem, redeem])

    assert sorted(outcomes) == ["POINTS_TOO_FEW"] * 4 + ["earned"] * 2 + ["redeemed"] * 2
    with brand_work("testbrand") as ctx:
        left = loyalty.member(ctx, member_id)
        assert (left.points, count(ctx, Redemption)) == (54, 2)
        assert ctx.db.scalar(select(func.sum(PointsEntry.delta))) == 54
        assert len(balances.buckets(ctx, line)) == 2


def test_a_cause_that_arrives_twice_at_once_earns_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        loyalty.set_programme(ctx, PROGRAMME)
        customer, cause = customer_of(ctx, make_line(ctx)), uuid4()

    def earn() -> str:
        with brand_work("testbrand") as ctx:
            return str(top_up(ctx, customer, 100, cause))

    assert sorted(at_once([earn] * 6)) == ["0"] * 5 + ["20"]
    with brand_work("testbrand") as ctx:
        assert (count(ctx, Member), ctx.db.scalar(select(Member.points))) == (1, 20)


def at_once(works: list[Callable[[], str]]) -> list[str]:
    """Run works on a thread each, begun together; a refusal counts as its code."""
    start = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        start.wait()
        try:
            return work()
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_the_programme_set_again_changes_nothing(ctx: Context) -> None:
    changes = [loyalty.set_programme(ctx, PROGRAMME) for _ in range(2)]
    fewer = replace(PROGRAMME, rules=PROGRAMME.rules[:2])
    changes += [loyalty.set_programme(ctx, fewer) for _ in range(2)]

    assert changes == [Change.CREATED, Change.UNCHANGED, Change.CHANGED, Change.UNCHANGED]
    assert [
        (rule.code, rule.per_micros) for rule in ctx.db.scalars(select(AccrualRule).order_by(AccrualRule.code))
    ] == [
        ("bills", 10_000_000),
        ("tenure", None),
        ("top_ups", 10_000_000),
    ]


def test_a_wrong_programme_is_refused_whole(ctx: Context) -> None:
    rewards = (replace(PROGRAMME.rewards[0], valid_days=0),)
    with pytest.raises(loyalty.ProgrammeInvalid, match="1 to 366 days") as refused:
        loyalty.set_programme(ctx, replace(PROGRAMME, rewards=rewards))
    assert refused.value.field == ("rewards", "0", "valid_days")
    assert (loyalty.programme(ctx), count(ctx, Reward)) == (None, 0)


def test_a_line_earns_at_its_milestones_while_it_stays_in_service(ctx: Context) -> None:
    loyalty.set_programme(ctx, PROGRAMME)
    line = make_line(ctx)
    since = datetime(2026, 10, 30, 23, 30, tzinfo=UTC)  # 31 October, half past midnight in Copenhagen
    loyalty.start_tenure(ctx, line, since)

    earned = [wait_for_next(ctx) for _ in range(6)]

    assert earned == [
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), 1, 50),  # November has 30 days
        (datetime(2027, 1, 30, 23, 30, tzinfo=UTC), 3, 100),
        (datetime(2027, 4, 29, 22, 30, tzinfo=UTC), 6, 150),  # summer time
        (datetime(2027, 10, 30, 22, 30, tzinfo=UTC), 12, 200),
        (datetime(2028, 10, 30, 23, 30, tzinfo=UTC), 24, 200),  # no milestone, but still looked at
        (datetime(2029, 10, 30, 23, 30, tzinfo=UTC), 36, 200),
    ]


def test_a_line_that_was_out_of_service_begins_anew_and_earns_each_month_once(ctx: Context) -> None:
    loyalty.set_programme(ctx, PROGRAMME)
    line = make_line(ctx)
    loyalty.start_tenure(ctx, line, ctx.now)
    assert wait_for_next(ctx)[1:] == (1, 50)

    ctx.now += timedelta(days=10)
    subscriptions.lapse(ctx, line)
    ctx.now += timedelta(days=3)
    subscriptions.restore(ctx, line)
    loyalty.start_tenure(ctx, line, ctx.now)

    # The first count is at month 3 and ends; the second reaches month 1 (given before), then month 3.
    outcomes = sorted(wait_for_next(ctx) for _ in range(3))
    assert [(month, points) for _, month, points in outcomes] == [(1, 50), (3, 50), (3, 100)]
    assert len(timers(ctx)) == 1


def test_a_line_out_of_service_at_its_milestone_earns_nothing(ctx: Context) -> None:
    loyalty.set_programme(ctx, PROGRAMME)
    line = make_line(ctx)
    loyalty.start_tenure(ctx, line, ctx.now)
    subscriptions.lapse(ctx, line)

    assert wait_for_next(ctx)[1:] == (1, 0)
    assert timers(ctx) == []


def timers(ctx: Context) -> list[TimerRow]:
    return list(ctx.db.scalars(select(TimerRow).where(TimerRow.job == "loyalty.reach_month").order_by(TimerRow.due_at)))


def wait_for_next(ctx: Context) -> tuple[datetime, int, int]:
    """Let the earliest timer run at its time; answers when, which month, and the member's points then."""
    timer = timers(ctx)[0]
    ctx.now = timer.due_at
    ctx.db.delete(timer)
    ctx.db.flush()
    loyalty.jobs.reach_month.run(ctx, **timer.arguments)
    return ctx.now, timer.arguments["month"], ctx.db.scalar(select(Member.points)) or 0
