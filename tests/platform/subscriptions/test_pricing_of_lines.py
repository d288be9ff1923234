"""What a line's timeline says of its prices: lists by plan and day, customer groups, discounts, online policy."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from mvne_platform import catalogue, party, subscriptions
from mvne_platform.catalogue import (
    Assigned,
    FinalUnitAction,
    OfferingDiscount,
    OfferingKind,
    OnlinePolicy,
    PaymentMode,
    Service,
    editing,
)
from mvne_platform.catalogue.editing import PricedBy
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import GroupPeriod, Line, LineDiscount, PlanPeriod
from mvne_platform.subscriptions.lines import repriced
from tests.platform.catalogue.samples import LAUNCH, RETAIL
from tests.platform.subscriptions.lines import offering, pending_line

DAY = timedelta(days=1)
NUMBER = ("msisdn", "+4520000001")
IDS = (UUID(int=1), UUID(int=2))


def line_of(ctx: Context) -> Line:
    line = subscriptions.timeline(ctx, {NUMBER}).holder(*NUMBER, ctx.now)
    assert line is not None
    return line


def discount(ctx: Context, of: UUID, code: str, points: int, *services: str) -> None:
    row = OfferingDiscount(id=uuid4(), offering_id=of, code=code, basis_points=points, services=services, zones=["dk"])
    ctx.db.add(row)
    ctx.db.flush()


def test_groups_and_discounts_come_with_the_line(ctx: Context) -> None:
    start = ctx.now
    plan, extra = offering(ctx, "smart"), offering(ctx, "weekend", kind=OfferingKind.ADD_ON, price_list=None)
    discount(ctx, plan.id, "loyal", 500)
    discount(ctx, extra.id, "weekend", 5_000, "voice_out")
    line = pending_line(ctx, plan, add_ons=[extra])
    subscriptions.activate(ctx, line.id)
    party.define_customer_group(ctx, "staff", "Medarbejdere", 1)
    party.define_customer_group(ctx, "business", "Erhverv", 2)
    party.join_customer_group(ctx, line.customer_id, "business", start - DAY)
    party.join_customer_group(ctx, line.customer_id, "staff", start, start + DAY)
    found = line_of(ctx)
    assert found.groups == (GroupPeriod("staff", start, start + DAY), GroupPeriod("business", start - DAY, None))
    assert sorted(found.discounts, key=lambda one: one.code) == [
        LineDiscount("loyal", 500, (), ("dk",), start, None),
        LineDiscount("weekend", 5_000, ("voice_out",), ("dk",), start, None),
    ]


def test_the_online_policy_is_the_plans_or_the_usual_one(ctx: Context) -> None:
    stored = {"quotas": {"data": 5_000_000}, "validity_s": 60, "final_unit_action": "throttle"}
    line = pending_line(ctx, offering(ctx, "smart", online=stored))
    subscriptions.activate(ctx, line.id)
    policy = line_of(ctx).plans[0].online
    assert policy == OnlinePolicy((("data", 5_000_000),), 60, FinalUnitAction.THROTTLE)
    quotas = {Service.DATA: 5_000_000, Service.VOICE_OUT: 300, Service.ROAMING_DATA: 10 * 2**20, Service.SMS_OUT: 1}
    assert {service: policy.quota(service) for service in quotas} == quotas
    assert OnlinePolicy() == OnlinePolicy((), 600, FinalUnitAction.TERMINATE)


def test_a_list_assigned_to_the_plan_cuts_its_period(ctx: Context) -> None:
    catalogue.import_price_list(ctx, RETAIL)
    plan = offering(ctx, "smart", price_list="before")
    line = pending_line(ctx, plan)
    subscriptions.activate(ctx, line.id)
    editing.assign_price_list(ctx, "retail", PricedBy(plan="smart"), ctx.now + DAY, ctx.now + 3 * DAY)
    assert [(one.valid_from, one.valid_to, one.price_list) for one in line_of(ctx).plans] == [
        (ctx.now, ctx.now + DAY, "before"),
        (ctx.now + DAY, ctx.now + 3 * DAY, "retail"),
        (ctx.now + 3 * DAY, None, "before"),
    ]


def plan_period(begins: int, ends: int | None) -> PlanPeriod:
    till = LAUNCH + ends * DAY if ends is not None else None
    return PlanPeriod(LAUNCH + begins * DAY, till, *IDS, "own", PaymentMode.POSTPAID, "full")


@pytest.mark.parametrize(
    ("plan", "spans", "expected"),
    [
        ((0, None), [], [(0, None, "own")]),
        ((0, 9), [(0, 9, "a")], [(0, 9, "a")]),
        ((0, 9), [(-5, 20, "a")], [(0, 9, "a")]),
        ((0, 9), [(9, None, "a")], [(0, 9, "own")]),
        ((5, 9), [(0, 5, "a")], [(5, 9, "own")]),
        ((0, None), [(3, None, "a")], [(0, 3, "own"), (3, None, "a")]),
        ((0, 9), [(1, 2, "a"), (2, 3, "b"), (4, 5, "c")],
         [(0, 1, "own"), (1, 2, "a"), (2, 3, "b"), (3, 4, "own"), (4, 5, "c"), (5, 9, "own")]),
        # One that ends where it begins never held.
        ((0, 9), [(3, 3, "a")], [(0, 9, "own")]),
    ],
)  # fmt: skip
def test_a_period_is_cut_at_assignments(
    plan: tuple[int, int | None], spans: list[tuple[int, int | None, str]], expected: list[tuple[int, int | None, str]]
) -> None:
    assigned = [
        Assigned(code, LAUNCH + begins * DAY, LAUNCH + ends * DAY if ends is not None else None)
        for begins, ends, code in spans
    ]
    cut = [
        ((one.valid_from - LAUNCH) / DAY, one.valid_to and (one.valid_to - LAUNCH) / DAY, one.price_list)
        for one in repriced(plan_period(*plan), assigned)
    ]
    assert cut == expected
