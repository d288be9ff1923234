"""Sharing groups: who is in, whose allowances are whose, and what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances, subscriptions
from mvne_platform.balances import Grant, Reason, errors
from mvne_platform.balances.events import SharingBegan, SharingEnded
from mvne_platform.kernel import DomainError, Money, Unit, uuid7
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.subscriptions import SubscriptionState
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line

DAY = timedelta(days=1)
DATA = Grant("data", Unit.BYTE, 10_000, ("data",), shared=True)


def family(ctx: Context, size: int = 2) -> list[UUID]:
    """Lines of one billing account."""
    owner = make_line(ctx)
    return [owner, *(make_line(ctx, beside=owner) for _ in range(size - 1))]


def content(ctx: Context) -> tuple[list[object], list[object]]:
    """Memberships and buckets, to see that a refusal has changed neither."""
    members = ctx.db.execute(
        text("SELECT group_id, subscription_id, valid_from, valid_to FROM sharing_member ORDER BY id")
    )
    held = ctx.db.execute(text("SELECT id, amount, purse_id FROM bucket ORDER BY id"))
    return [tuple(row) for row in members], [tuple(row) for row in held]


def codes(ctx: Context, line: UUID) -> list[tuple[str, int]]:
    return [(bucket.code, bucket.amount) for bucket in balances.buckets(ctx, line)]


def test_what_is_granted_to_a_member_later_is_the_groups(ctx: Context) -> None:
    owner, member = family(ctx)
    group = balances.open_group(ctx, owner, " Holm ")
    assert (group.name, group.owner_id) == ("Holm", owner)
    balances.add_member(ctx, group.id, member)
    bucket = balances.grant_allowance(ctx, member, DATA, Reason.GRANT, uuid7())
    own = balances.grant_allowance(ctx, member, replace(DATA, code="own", shared=False), Reason.GRANT, uuid7())
    assert (bucket.group_id, bucket.subscription_id, bucket.purse_id) == (group.id, None, group.id)
    assert (own.group_id, own.subscription_id, own.purse_id) == (None, member, member)
    assert codes(ctx, owner) == [("data", 10_000)]
    assert sorted(codes(ctx, member)) == [("data", 10_000), ("own", 10_000)]
    assert [bucket.id] == [state.id for state in balances.group_buckets(ctx, group.id)]


def test_a_line_alone_keeps_its_shared_allowance_and_brings_it_when_it_joins(ctx: Context) -> None:
    owner, member = family(ctx)
    mine = balances.grant_allowance(ctx, member, replace(DATA, valid_to=ctx.now + DAY), Reason.GRANT, uuid7())
    balances.top_up(ctx, member, Money.of(10, "DKK"), Reason.TOP_UP, uuid7())
    balances.post_usage(ctx, {mine.id: 1_000}, uuid7())
    hold(ctx, mine.id, 500)
    group = balances.open_group(ctx, owner, "Holm").id
    balances.add_member(ctx, group, member)
    assert codes(ctx, owner) == [("data", 8_500)]
    left, brought = balances.bucket(ctx, mine.id), balances.group_buckets(ctx, group)[0]
    assert (left.amount, left.reserved, left.granted) == (500, 500, 1_500)
    assert (brought.granted, brought.valid_from, brought.valid_to) == (8_500, ctx.now, mine.valid_to)
    assert [(e.delta, e.reason, e.reason_id) for e in balances.ledger(ctx, brought.id)] == [
        (8_500, Reason.SHARING, mine.id)
    ]
    assert (balances.ledger(ctx, mine.id)[0].delta, balances.ledger(ctx, mine.id)[0].reason_id) == (-8_500, brought.id)
    assert balances.money(ctx, member) == 10_000_000


def test_who_leaves_uses_the_groups_no_more_and_what_was_brought_stays(ctx: Context) -> None:
    owner, member = family(ctx)
    group = balances.open_group(ctx, owner, "Holm").id
    balances.add_member(ctx, group, member)
    balances.grant_allowance(ctx, member, DATA, Reason.GRANT, uuid7())
    start, ctx.now = ctx.now, ctx.now + DAY
    balances.remove_member(ctx, group, member)
    assert (codes(ctx, owner), codes(ctx, member)) == ([("data", 10_000)], [])
    assert codes_at(ctx, member, start) == [("data", 10_000)]
    again = balances.grant_allowance(ctx, member, replace(DATA, code="next"), Reason.GRANT, uuid7())
    assert again.subscription_id == member


def codes_at(ctx: Context, line: UUID, at: datetime) -> list[tuple[str, int]]:
    return [(bucket.code, bucket.amount) for bucket in balances.buckets(ctx, line, at)]


def test_joining_and_leaving_are_told(ctx: Context) -> None:
    owner, member = family(ctx)
    group = balances.open_group(ctx, owner, "Holm").id
    balances.add_member(ctx, group, member)
    assert [one.subscription_id for one in balances.members(ctx, group)] == [owner, member]
    balances.remove_member(ctx, group, member)
    assert [one.subscription_id for one in balances.members(ctx, group)] == [owner]
    assert ctx.facts == [SharingBegan(owner, group), SharingBegan(member, group), SharingEnded(member, group)]


def test_the_last_to_leave_closes_the_group(ctx: Context) -> None:
    owner, member = family(ctx)
    group = balances.open_group(ctx, owner, "Holm")
    balances.remove_member(ctx, group.id, owner)
    assert group.closed_at == ctx.now
    before = content(ctx)
    with pytest.raises(errors.GroupClosed):
        balances.add_member(ctx, group.id, member)
    assert content(ctx) == before
    assert balances.groups(ctx, group.account_id) == []
    assert balances.open_group(ctx, owner, "Holm again").id != group.id


def test_a_line_can_go_from_group_to_group(ctx: Context) -> None:
    owner, member, other = family(ctx, 3)
    first, second = (balances.open_group(ctx, line, "Holm").id for line in (owner, other))
    balances.add_member(ctx, first, member)
    ctx.now += DAY
    balances.remove_member(ctx, first, member)
    balances.add_member(ctx, second, member)
    assert [one.group_id for one in balances.sharing_of(ctx, [member])[member]] == [first, second]
    found = balances.group_of(ctx, member)
    assert found is not None
    assert found.id == second


def test_what_would_break_a_group_is_refused_and_changes_nothing(ctx: Context) -> None:
    owner, member, loner = family(ctx, 3)
    stranger = make_line(ctx)
    over = make_line(ctx, beside=owner, state=SubscriptionState.TERMINATED)
    group = balances.open_group(ctx, owner, "Holm").id
    balances.add_member(ctx, group, member)
    elsewhere = balances.open_group(ctx, loner, "Alone").id
    balances.grant_allowance(ctx, owner, DATA, Reason.GRANT, uuid7())
    before = content(ctx)
    attempts = {
        "OTHER_ACCOUNT": lambda: balances.add_member(ctx, group, stranger),
        "ALREADY_SHARING": lambda: balances.add_member(ctx, elsewhere, member),
        "OWNER_STAYS": lambda: balances.remove_member(ctx, group, owner),
        "NOT_SHARING": lambda: balances.remove_member(ctx, group, loner),
        "BAD_GROUP_NAME": lambda: balances.open_group(ctx, stranger, " "),
        "UNKNOWN_SHARING_GROUP": lambda: balances.add_member(ctx, balances.new_group_id(), stranger),
        subscriptions.UnknownSubscription.code: lambda: balances.add_member(ctx, group, uuid7()),
        subscriptions.WrongState.code: lambda: balances.add_member(ctx, group, over),
    }
    for code, attempt in attempts.items():
        with pytest.raises(DomainError) as refusal:
            attempt()
        assert refusal.value.code == code
    assert content(ctx) == before


def test_sharing_needs_its_permission(ctx: Context) -> None:
    owner, member = family(ctx)
    group = balances.open_group(ctx, owner, "Holm").id
    before = content(ctx)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"balance.read"}))
    for attempt in (
        lambda: balances.open_group(ctx, member, "Mine"),
        lambda: balances.add_member(ctx, group, member),
        lambda: balances.remove_member(ctx, group, owner),
    ):
        with pytest.raises(PermissionMissing, match=r"balance\.share"):
            attempt()
    assert content(ctx) == before
