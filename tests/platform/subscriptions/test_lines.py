from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from mvne_platform import party, subscriptions
from mvne_platform.catalogue import OfferingKind, PaymentMode
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.subscriptions import (
    IdentifierHeld,
    IdentifierKind,
    Product,
    SubscriptionActivated,
    SubscriptionIdentifier,
    SubscriptionLapsed,
    SubscriptionRestored,
    SubscriptionState,
)
from tests.platform.subscriptions.lines import ANNA, offering, pending_line

HOUR = timedelta(hours=1)
ABSENT = UUID("01970000-0000-7000-8000-000000000000")


def spans(ctx: Context, subscription_id: UUID) -> list[tuple[str, int, int | None]]:
    """Products and identifiers with the hours of their begin and end, counted from the test's start."""
    ctx.db.expire_all()
    start = ctx.brand.now()
    rows: list[tuple[str, Product | SubscriptionIdentifier]] = [
        ("plan" if one.is_plan else "add-on", one) for one in subscriptions.products(ctx, subscription_id)
    ]
    rows += [(one.value, one) for one in subscriptions.identifiers(ctx, subscription_id)]
    return [
        (name, (row.valid_from - start) // HOUR, None if row.valid_to is None else (row.valid_to - start) // HOUR)
        for name, row in rows
    ]


def test_a_pending_line_holds_nothing_and_activation_opens_everything(ctx: Context) -> None:
    plan = offering(ctx, "smart", payment_mode=PaymentMode.HYBRID, spend_limit_micros=50_000_000)
    extra = offering(ctx, "extra", kind=OfferingKind.ADD_ON)
    line = pending_line(ctx, plan, [("msisdn", "+4520000001"), ("imsi", "238990000000001")], [extra])
    assert (line.state, line.payment_mode, line.spend_limit_micros) == (
        SubscriptionState.PENDING, PaymentMode.HYBRID, 50_000_000,
    )  # fmt: skip
    assert (line.created_at, line.activated_at) == (ctx.now, None)
    assert spans(ctx, line.id) == [
        ("plan", 0, 0), ("add-on", 0, 0), ("238990000000001", 0, 0), ("+4520000001", 0, 0),
    ]  # fmt: skip
    assert subscriptions.current_plan(ctx, line.id).offering_id == plan.id

    ctx.now += 2 * HOUR
    subscriptions.activate(ctx, line.id)
    assert spans(ctx, line.id) == [
        ("plan", 2, None), ("add-on", 2, None), ("238990000000001", 2, None), ("+4520000001", 2, None),
    ]  # fmt: skip
    assert (line.state, line.activated_at) == (SubscriptionState.ACTIVE, ctx.now)
    assert ctx.facts[-1] == SubscriptionActivated(line.id, line.customer_id)
    assert subscriptions.current_plan(ctx, line.id).offering_id == plan.id


def test_repeated_steps_change_nothing(ctx: Context) -> None:
    line = pending_line(ctx, offering(ctx, "smart"))
    for step, fact in (
        (subscriptions.activate, SubscriptionActivated),
        (subscriptions.lapse, SubscriptionLapsed),
        (subscriptions.restore, SubscriptionRestored),
    ):
        step(ctx, line.id)
        assert ctx.facts[-1] == fact(line.id, line.customer_id)
        before = (spans(ctx, line.id), len(ctx.facts), line.activated_at)
        ctx.now += HOUR
        step(ctx, line.id)
        assert (spans(ctx, line.id), len(ctx.facts), line.activated_at) == before


def test_a_cancelled_line_never_held_its_number(ctx: Context) -> None:
    plan = offering(ctx, "smart")
    line = pending_line(ctx, plan)
    facts = list(ctx.facts)
    ctx.now += HOUR
    subscriptions.cancel(ctx, line.id)
    subscriptions.cancel(ctx, line.id)
    assert (line.state, line.terminated_at, ctx.facts) == (SubscriptionState.TERMINATED, ctx.now, facts)
    assert spans(ctx, line.id) == [("plan", 0, 0), ("+4520000001", 0, 0)]
    with pytest.raises(subscriptions.WrongState, match="is terminated"):
        subscriptions.activate(ctx, line.id)
    successor = pending_line(ctx, plan)
    assert subscriptions.activate(ctx, successor.id).state is SubscriptionState.ACTIVE


def test_a_number_has_one_holder_at_a_time(ctx: Context) -> None:
    plan = offering(ctx, "smart")
    first, second = pending_line(ctx, plan), pending_line(ctx, plan)
    subscriptions.activate(ctx, first.id)
    facts = list(ctx.facts)
    with pytest.raises(IdentifierHeld) as refused:
        subscriptions.activate(ctx, second.id)
    assert refused.value.code == "IDENTIFIER_HELD"
    assert spans(ctx, second.id) == [("plan", 0, 0), ("+4520000001", 0, 0)]
    assert ctx.facts == facts
    with pytest.raises(IdentifierHeld):
        subscriptions.add_identifier(ctx, subscription_id=first.id, kind=IdentifierKind.MSISDN, value="+4520000001")
    assert spans(ctx, first.id) == [("plan", 0, None), ("+4520000001", 0, None)]


def test_an_account_at_a_pbx_joins_a_line_in_service(ctx: Context) -> None:
    line = pending_line(ctx, offering(ctx, "smart"))
    account = {"kind": IdentifierKind.ACCOUNT, "value": "pbx-17"}
    with pytest.raises(subscriptions.WrongState, match="needs a line in service"):
        subscriptions.add_identifier(ctx, subscription_id=line.id, **account)
    subscriptions.activate(ctx, line.id)
    with pytest.raises(subscriptions.WrongState):
        subscriptions.add_identifier(ctx, subscription_id=line.id, valid_from=ctx.now - HOUR, **account)
    assert [one.value for one in subscriptions.identifiers(ctx, line.id)] == ["+4520000001"]
    ctx.now += 2 * HOUR
    subscriptions.add_identifier(ctx, subscription_id=line.id, valid_from=ctx.now - HOUR, **account)
    assert spans(ctx, line.id) == [("plan", 0, None), ("pbx-17", 1, None), ("+4520000001", 0, None)]
    ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"subscription.read"}))
    with pytest.raises(PermissionMissing, match=r"subscription\.manage"):
        subscriptions.add_identifier(ctx, subscription_id=line.id, kind=IdentifierKind.ACCOUNT, value="pbx-18")


def test_lines_are_found_by_customer_and_by_what_they_are_or_were_known_by(ctx: Context) -> None:
    plan = offering(ctx, "smart")
    old, new = pending_line(ctx, plan), pending_line(ctx, plan)
    subscriptions.activate(ctx, old.id)
    end = ctx.now + HOUR
    [held] = subscriptions.identifiers(ctx, old.id)
    held.valid_to = end
    ctx.now = end
    subscriptions.activate(ctx, new.id)
    assert [one.id for one in subscriptions.find_by_identifier(ctx, "+4520000001")] == [new.id, old.id]
    assert subscriptions.find_by_identifier(ctx, "+4520000002") == []
    assert [one.id for one in subscriptions.of_customer(ctx, old.customer_id)] == [old.id]
    assert subscriptions.subscription(ctx, new.id).number == new.number


def test_who_is_absent_and_whose_permission_is_missing(ctx: Context, other_ctx: Context) -> None:
    line = pending_line(ctx, offering(ctx, "smart"))
    for read in (subscriptions.subscription, subscriptions.load_subscription, subscriptions.activate):
        with pytest.raises(subscriptions.UnknownSubscription):
            read(ctx, ABSENT)
        with pytest.raises(subscriptions.UnknownSubscription):
            read(other_ctx, line.id)
    with pytest.raises(subscriptions.UnknownSubscription):
        subscriptions.current_plan(ctx, ABSENT)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    for refused in (
        lambda: subscriptions.subscription(ctx, line.id),
        lambda: subscriptions.of_customer(ctx, line.customer_id),
        lambda: subscriptions.find_by_identifier(ctx, "+4520000001"),
    ):
        with pytest.raises(PermissionMissing, match=r"subscription\.read"):
            refused()


def test_the_id_can_be_the_one_the_stock_knows(ctx: Context) -> None:
    customer = party.create_customer(ctx, ANNA)
    account = party.open_account(ctx, customer.id)
    known = uuid7()
    made = subscriptions.create(
        ctx, customer_id=customer.id, account_id=account.id, plan=offering(ctx, "smart"), subscription_id=known
    )
    assert made.id == known
    assert ctx.db.scalars(select(SubscriptionIdentifier)).all() == []
