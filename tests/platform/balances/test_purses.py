"""Purses: made with what they belong to, locked in one order, and never moved unnoticed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from mvne_platform import balances
from mvne_platform.balances import SPEND, CounterKey, Grant, PurseHead, Reason
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription
from tests.platform.balances.stock import hold, version
from tests.platform.lines import make_line

TEN = Money.of(10, "DKK")
DAY = timedelta(days=1)


def test_a_line_has_a_purse_from_the_start(ctx: Context) -> None:
    line = make_line(ctx)
    assert balances.lock_purses(ctx, [line, uuid7()]) == {line: PurseHead(line, None, 0, None)}
    assert balances.purses(ctx, [line]) == balances.lock_purses(ctx, [line])


def _top_up(ctx: Context, line: UUID) -> None:
    balances.top_up(ctx, line, TEN, Reason.TOP_UP, uuid7())


def _grant(ctx: Context, line: UUID) -> None:
    balances.grant_allowance(ctx, line, Grant("voice", Unit.SECOND, 60), Reason.GRANT, uuid7())


def _reserve(ctx: Context, line: UUID) -> None:
    hold(ctx, balances.open_money(ctx, line).id, 1)


@pytest.mark.parametrize("movement", [_top_up, _grant, _reserve])
def test_every_movement_raises_the_version_of_its_purse_and_of_no_other(
    ctx: Context, movement: Callable[[Context, UUID], None]
) -> None:
    line, other = make_line(ctx), make_line(ctx)
    balances.open_money(ctx, line)
    before = version(ctx, line)
    movement(ctx, line)
    assert version(ctx, line) == before + 1
    assert version(ctx, other) == 0


def test_reading_and_a_repeated_occasion_raise_nothing(ctx: Context) -> None:
    line, payment = make_line(ctx), uuid7()
    balances.top_up(ctx, line, TEN, Reason.TOP_UP, payment)
    before = version(ctx, line)
    balances.top_up(ctx, line, TEN, Reason.TOP_UP, payment)
    balances.lock_purses(ctx, [line])
    balances.buckets(ctx, line)
    assert version(ctx, line) == before


def test_one_statement_over_many_buckets_of_a_purse_raises_it_once(ctx: Context) -> None:
    lines = [make_line(ctx) for _ in range(3)]
    balances.open_money_of_many(ctx, lines)
    _grant(ctx, lines[0])
    before = [version(ctx, line) for line in lines]
    ctx.db.execute(text("UPDATE bucket SET priority = priority + 1 WHERE purse_id = ANY(:ids)"), {"ids": lines})
    assert [version(ctx, line) for line in lines] == [number + 1 for number in before]


def test_a_closed_period_is_noticed_by_all_who_have_read_the_accounts_purses(ctx: Context) -> None:
    owner = make_line(ctx)
    member, stranger = make_line(ctx, beside=owner), make_line(ctx)
    group = balances.open_group(ctx, owner, "Family").id
    purses = (owner, member, group, stranger)
    before = [version(ctx, purse) for purse in purses]
    balances.touch_purses(ctx, ctx.db.get_one(Subscription, owner).account_id)
    assert [version(ctx, purse) - was for purse, was in zip(purses, before, strict=True)] == [1, 1, 1, 0]


def test_how_far_a_purse_was_rated_only_goes_forward(ctx: Context) -> None:
    line = make_line(ctx)
    early, late = sorted((uuid7(), uuid7()))
    for key in (late, early):
        balances.advance_purses(ctx, {line: key})
        assert balances.purses(ctx, [line])[line].rated_until == late


def test_groups_are_locked_with_their_members_and_sort_after_them(ctx: Context) -> None:
    owner = make_line(ctx)
    group = balances.open_group(ctx, owner, "Family").id
    heads = balances.lock_purses(ctx, [owner])
    assert {key: head.group_id for key, head in heads.items()} == {owner: group, group: group}
    assert max(group, owner, uuid7()) == group


def test_a_group_that_was_left_is_locked_for_what_happened_in_it(ctx: Context) -> None:
    owner, start = make_line(ctx), ctx.now
    member = make_line(ctx, beside=owner)
    group = balances.open_group(ctx, owner, "Family").id
    balances.add_member(ctx, group, member)
    ctx.now = start + DAY
    balances.remove_member(ctx, group, member)
    assert set(balances.lock_purses(ctx, [member])) == {member}
    assert set(balances.lock_purses(ctx, [member], since=start)) == {member, group}
    assert [one.holds_at(start) for one in balances.sharing_of(ctx, [member])[member]] == [True]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET delta = 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "DELETE FROM bucket",
        "DELETE FROM purse",
        "DELETE FROM usage_notice",
        "UPDATE usage_notice SET percent = 1",
        "ALTER TABLE bucket DISABLE TRIGGER ALL",
    ],
)
def test_the_application_cannot_rewrite_what_was_booked(ctx: Context, statement: str) -> None:
    line = make_line(ctx)
    balances.top_up(ctx, line, TEN, Reason.TOP_UP, uuid7())
    with pytest.raises(ProgrammingError) as refusal, ctx.db.begin_nested():
        ctx.db.execute(text(statement))
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)
    assert balances.money(ctx, line) == 10_000_000


def test_what_limits_and_tiers_look_at_raises_the_version_as_it_is_counted(ctx: Context) -> None:
    limited, free = make_line(ctx, spend_limit_micros=1_000_000), make_line(ctx)
    before = [version(ctx, line) for line in (limited, free)]

    balances.move_counters(ctx, {CounterKey(line, SPEND, ctx.now): 5 for line in (limited, free)})
    spent = [version(ctx, line) for line in (limited, free)]
    balances.move_counters(ctx, {CounterKey(line, "tier:voice", ctx.now): 5 for line in (limited, free)})

    assert spent == [before[0] + 1, before[1]]
    assert [version(ctx, line) for line in (limited, free)] == [before[0] + 2, before[1] + 1]


def test_counters_are_read_with_what_is_reserved_in_them(ctx: Context) -> None:
    key = CounterKey(make_line(ctx), SPEND, ctx.now)
    balances.move_counters(ctx, {key: 5})
    ctx.db.execute(text("UPDATE counter SET reserved = 7"))

    assert balances.counters(ctx, [key]) == {key: 12}
