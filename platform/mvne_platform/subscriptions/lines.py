"""Reads the timeline: who held identifiers when, on which plans, in which groups, with which discounts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, any_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from mvne_platform import catalogue, party
from mvne_platform.catalogue import Assigned, Offering, OfferingDiscount, online_policy
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Product, Subscription, SubscriptionIdentifier
from mvne_platform.subscriptions.timeline import (
    GroupPeriod,
    Identifier,
    Line,
    LineDiscount,
    PlanPeriod,
    Tenure,
    Timeline,
)


def timeline(ctx: Context, values: Iterable[tuple[str, str]]) -> Timeline:
    """Who held these (kind, value) pairs when, and on which plans: five queries for however many there are."""
    holds = ctx.db.execute(_holds_of({(str(kind), value) for kind, value in values})).all()
    lines = _lines(ctx, holds)
    tenures: dict[Identifier, list[Tenure]] = {}
    for hold in holds:
        tenure = Tenure(hold.valid_from, hold.valid_to, lines[hold.subscription_id])
        tenures.setdefault((hold.kind, hold.value), []).append(tenure)
    return Timeline({identifier: tuple(held) for identifier, held in tenures.items()})


def lines_of_account(ctx: Context, account_id: UUID) -> dict[UUID, Line]:
    """Every line of a billing account, terminated ones too, by subscription."""
    line = Subscription
    wanted = select(line.id.label("subscription_id"), line.customer_id, line.account_id, line.spend_limit_micros)
    return _lines(ctx, ctx.db.execute(wanted.where(line.account_id == account_id)).all())


def _lines(ctx: Context, holds: Iterable[Any]) -> dict[UUID, Line]:
    """The lines of holds, each read once."""
    held = {hold.subscription_id: hold for hold in holds}
    plans = _plans_of(ctx, held)
    discounts = _discounts_of(ctx, held)
    groups = _groups_of(ctx, {hold.customer_id for hold in held.values()})
    return {
        subscription_id: Line(
            subscription_id,
            hold.customer_id,
            hold.account_id,
            hold.spend_limit_micros,
            plans.get(subscription_id, ()),
            groups.get(hold.customer_id, ()),
            discounts.get(subscription_id, ()),
        )
        for subscription_id, hold in held.items()
    }


def _holds_of(wanted: Collection[Identifier]) -> Select[Any]:
    """Each hold of these identifiers with its line, by time. The pairs are two parameters, however many."""
    pairs = func.unnest(
        cast([kind for kind, _ in wanted], ARRAY(Text)), cast([value for _, value in wanted], ARRAY(Text))
    )
    asked = pairs.table_valued("kind", "value").render_derived(name="asked")
    held, line = SubscriptionIdentifier, Subscription
    return (
        select(
            asked.c.kind,
            asked.c.value,
            held.valid_from,
            held.valid_to,
            held.subscription_id,
            line.customer_id,
            line.account_id,
            line.spend_limit_micros,
        )
        .select_from(asked)
        .join(held, (held.kind == asked.c.kind) & (held.value == asked.c.value))
        .join(line, line.id == held.subscription_id)
        .where(_holds_an_instant(held))
        .order_by(held.valid_from, held.id)
    )


def _plans_of(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, tuple[PlanPeriod, ...]]:
    """Each subscription's plans, by time."""
    wanted = (
        select(
            Product.subscription_id,
            Product.valid_from,
            Product.valid_to,
            Product.id,
            Product.offering_id,
            Offering.code,
            Offering.price_list,
            Offering.payment_mode,
            Offering.offline_debit,
            Offering.online,
        )
        .join(Offering, Offering.id == Product.offering_id)
        .where(_of(subscription_ids), Product.is_plan, _holds_an_instant(Product))
        .order_by(Product.valid_from, Product.id)
    )
    assigned = catalogue.plan_price_lists(ctx)
    found: dict[UUID, tuple[PlanPeriod, ...]] = {}
    for row in ctx.db.execute(wanted):
        plan = PlanPeriod(
            row.valid_from,
            row.valid_to,
            row.id,
            row.offering_id,
            row.price_list,
            row.payment_mode,
            row.offline_debit,
            online_policy(row.online),
        )
        periods = repriced(plan, assigned.get(row.code, ()))
        found[row.subscription_id] = (*found.get(row.subscription_id, ()), *periods)
    return found


def repriced(plan: PlanPeriod, assigned: Sequence[Assigned]) -> Iterator[PlanPeriod]:
    """The plan's period, cut where another price list is assigned to the plan; `assigned` stand in their order."""
    at = plan.valid_from
    for span in assigned:
        ends = min(filter(None, (span.valid_to, plan.valid_to)), default=None)
        begins = max(span.valid_from, at)
        if (ends is not None and ends <= begins) or (plan.valid_to is not None and plan.valid_to <= begins):
            continue
        if at < begins:
            yield replace(plan, valid_from=at, valid_to=begins)
        yield replace(plan, valid_from=begins, valid_to=ends, price_list=span.price_list)
        if ends is None:
            return
        at = ends
    if plan.valid_to is None or at < plan.valid_to:
        yield replace(plan, valid_from=at)


def _discounts_of(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, tuple[LineDiscount, ...]]:
    """The usage discounts of each subscription's plans and add-ons, by time."""
    wanted = (
        select(
            Product.subscription_id,
            OfferingDiscount.code,
            OfferingDiscount.basis_points,
            OfferingDiscount.services,
            OfferingDiscount.zones,
            Product.valid_from,
            Product.valid_to,
        )
        .join(OfferingDiscount, OfferingDiscount.offering_id == Product.offering_id)
        .where(_of(subscription_ids), _holds_an_instant(Product))
        .order_by(Product.valid_from, Product.id, OfferingDiscount.code)
    )
    found: dict[UUID, list[LineDiscount]] = {}
    for row in ctx.db.execute(wanted):
        span = (row.valid_from, row.valid_to)
        one = LineDiscount(row.code, row.basis_points, tuple(row.services), tuple(row.zones), *span)
        found.setdefault(row.subscription_id, []).append(one)
    return {subscription_id: tuple(discounts) for subscription_id, discounts in found.items()}


def _groups_of(ctx: Context, customer_ids: Collection[UUID]) -> Mapping[UUID, tuple[GroupPeriod, ...]]:
    return {
        customer_id: tuple(GroupPeriod(one.code, one.valid_from, one.valid_to) for one in memberships)
        for customer_id, memberships in party.memberships_of(ctx, customer_ids).items()
    }


def _of(subscription_ids: Collection[UUID]) -> ColumnElement[bool]:
    return Product.subscription_id == any_(cast(list(subscription_ids), ARRAY(Uuid)))


def _holds_an_instant(spanned: type[SubscriptionIdentifier | Product]) -> ColumnElement[bool]:
    """Whether the span is not empty: a pending subscription's spans are."""
    return or_(spanned.valid_to.is_(None), spanned.valid_to > spanned.valid_from)
