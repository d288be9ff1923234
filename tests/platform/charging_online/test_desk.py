"""What a front end remembers of accounts, and when it looks again or leaves a request to others."""

import gc
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import online
from mvne_platform.charging.online import ChargeRequest, SessionRelease, SessionStart, SessionUpdate, accounts, desk
from mvne_platform.charging.online.accounts import Account, load
from mvne_platform.charging.online.commands import execute
from mvne_platform.charging.online.desk import Desk
from mvne_platform.charging.online.errors import UnknownSession
from mvne_platform.charging.online.requests import Request
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import Identifier
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import IdentifierKind, Subscription, SubscriptionIdentifier, SubscriptionState
from tests.platform.charging.shop import ANNA, BENT, open_line, open_shop
from tests.platform.charging_online.desk import at_time, call, check_books, give_money, grant, money, sms

IMSI = "238010000000001"


class Clock:
    """Seconds of the machine that only the test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (accounts, desk):
        monkeypatch.setattr(module, "time", made)
    return made


def read(ctx: Context, front: Desk, *requests: Request) -> None:
    needs = front.needs(requests, ctx.now)
    front.remember(load(ctx, needs.wanted, needs.sessions))


def found(ctx: Context, front: Desk, request: Request) -> Account:
    """The account of a request, read if it must be."""
    if front.find(request, ctx.now) is None:
        read(ctx, front, request)
    account = front.find(request, ctx.now)
    assert account is not None
    return account


def ask(ctx: Context, front: Desk, request: Request) -> online.Answer:
    """As the front end does it: what was decided on a purse that has moved is read and decided again."""
    for _ in range(2):
        account = found(ctx, front, request)
        one = front.decide(request, account, ctx.now)
        if execute(ctx, one):
            front.conclude(account, one)
            return one.decision.answer
        front.forget(account)
    raise AssertionError("The purse has moved twice.")


@pytest.fixture
def anna(ctx: Context) -> UUID:
    open_shop(ctx)
    line = open_line(ctx, ANNA, PaymentMode.PREPAID, imsi=IMSI)
    give_money(ctx, line, 5_000_000)
    return line


def test_an_open_session_notices_that_its_line_was_suspended(ctx: Context, anna: UUID) -> None:
    front = Desk()
    begin = call(requested=60)
    ask(ctx, front, begin)
    ctx.db.get_one(Subscription, anna).state = SubscriptionState.SUSPENDED
    ctx.db.flush()

    answer = ask(ctx, front, SessionUpdate(begin.id, 1, 60, 60))

    assert (answer.result, answer.reason, answer.used) == ("refused", "not_in_service", 60)
    assert money(ctx, anna) == (5_000_000, 400_000)
    check_books(ctx)


def test_nothing_is_remembered_for_long_though_the_brands_clock_stands_still(
    ctx: Context, anna: UUID, clock: Clock
) -> None:
    front = Desk()
    begin = call(requested=60)
    ask(ctx, front, begin)
    requests = [sms(), SessionUpdate(begin.id, 1, 60)]

    clock.seconds += 599
    assert all(front.find(request, ctx.now) for request in requests)
    clock.seconds += 1
    assert not any(front.find(request, ctx.now) for request in requests)


def test_a_number_that_went_to_another_line_is_charged_to_that_one(ctx: Context, anna: UUID) -> None:
    front = Desk()
    by_imsi = replace(sms().usage, identifier=Identifier("imsi", IMSI))
    ask(ctx, front, sms())
    bent = open_line(ctx, BENT, PaymentMode.PREPAID)
    give_money(ctx, bent, 5_000_000)
    moved = {"now": ctx.now, "value": ANNA}
    ctx.db.execute(text("UPDATE subscription_identifier SET valid_to = :now WHERE value = :value"), moved)
    ctx.db.add(
        SubscriptionIdentifier(
            id=uuid7(), subscription_id=bent, kind=IdentifierKind.MSISDN, value=ANNA, valid_from=ctx.now
        )
    )
    ctx.db.flush()

    later = at_time(ctx, ctx.now + timedelta(seconds=20))
    ask(later, front, ChargeRequest(uuid7(), by_imsi, 1))
    answer = ask(later, front, sms())

    assert answer.subscription_id == bent
    assert (money(ctx, anna)[1], money(ctx, bent)[1]) == (400_000, 200_000)


def test_a_session_of_before_its_line_left_a_group_goes_another_way(ctx: Context) -> None:
    open_shop(ctx)
    owner = open_line(ctx, BENT, PaymentMode.PREPAID)
    member = open_line(ctx, ANNA, PaymentMode.PREPAID, beside=owner)
    give_money(ctx, member, 5_000_000)
    group = balances.open_group(ctx, owner, "Holm")
    balances.add_member(ctx, group.id, member)
    shared = grant(ctx, owner, "second", 600, shared=True)
    soon, later = (at_time(ctx, ctx.now + timedelta(minutes=minutes)) for minutes in (1, 2))
    front = Desk()
    begin = call(requested=60)
    ask(soon, front, begin)
    assert shared() == (600, 60)
    balances.remove_member(later, group.id, member)

    update = SessionUpdate(begin.id, 1, 60, 60)
    read(later, front, sms(), update)
    message = ask(later, front, sms())
    account = found(later, front, sms())
    with pytest.raises(UnknownSession):
        front.decide(update, account, later.now)
    end = online.report(later, SessionRelease(begin.id, 1, 60)).answer

    assert (message.debited_micros, end.charged, end.amount_micros) == (200_000, 60, 0)
    online.settle_all(later)
    assert shared() == (540, 0)
    assert money(ctx, member) == (4_800_000, 0)


@pytest.mark.parametrize("joins", [True, False])
def test_who_joins_or_leaves_a_group_is_read_again(ctx: Context, joins: bool) -> None:  # noqa: FBT001  # a parameter
    open_shop(ctx)
    owner = open_line(ctx, BENT, PaymentMode.PREPAID)
    member = open_line(ctx, ANNA, PaymentMode.PREPAID, beside=owner)
    group = balances.open_group(ctx, owner, "Holm").id
    soon = at_time(ctx, ctx.now + timedelta(minutes=1))
    if not joins:
        balances.add_member(ctx, group, member)
    front = Desk()
    give_money(ctx, member, 1_000_000)
    request = sms()
    account = found(soon, front, request)
    (balances.add_member if joins else balances.remove_member)(soon, group, member)

    assert not execute(soon, front.decide(request, account, soon.now))
    assert money(ctx, member) == (1_000_000, 0)


def test_sessions_that_ended_elsewhere_are_forgotten(ctx: Context, anna: UUID) -> None:
    front = Desk()
    begin = call(requested=60)
    ask(ctx, front, begin)
    online.report(ctx, SessionRelease(begin.id, 1, 0))

    read(ctx, front, sms())

    assert front.needs([sms()], ctx.now).sessions == frozenset()
    assert front.find(SessionUpdate(begin.id, 2, 1), ctx.now) is None


def test_the_sessions_of_a_line_are_read_together(ctx: Context, anna: UUID) -> None:
    front = Desk()
    begins: list[SessionStart] = [call(requested=60), call(requested=60)]
    for begin in begins:
        ask(ctx, front, begin)
    give_money(ctx, anna, 1_000_000)
    update = SessionUpdate(begins[0].id, 1, 1)

    assert front.needs([update], ctx.now).sessions == {begin.id for begin in begins}


def test_what_is_used_is_read_again_before_it_is_too_old(ctx: Context, anna: UUID, clock: Clock) -> None:
    front = Desk()
    bent = open_line(ctx, BENT, PaymentMode.PREPAID)
    give_money(ctx, bent, 1_000_000)
    ask(ctx, front, sms())
    found(ctx, front, sms(BENT))

    clock.seconds += 584
    assert front.ageing(ctx.now, 10).wanted == frozenset()
    clock.seconds += 2
    assert [one.identifier for one in front.ageing(ctx.now, 10).wanted] == [("msisdn", ANNA)]
    assert front.ageing(ctx.now, 10).wanted == frozenset()


def test_an_account_that_is_read_again_and_again_is_kept_once(ctx: Context, anna: UUID) -> None:
    front = Desk()
    for _ in range(5):
        read(ctx, front, sms())
        give_money(ctx, anna, 1_000_000)

    gc.collect()
    assert sum(isinstance(one, Account) for one in gc.get_objects()) == 1
