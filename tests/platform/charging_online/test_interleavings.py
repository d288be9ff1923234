"""Whatever is asked in whatever order: the answers, what is held and what is booked are those of a simple model."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mvne_platform import balances
from mvne_platform.catalogue import OfflineDebit, PaymentMode, tariff
from mvne_platform.charging import online, purses
from mvne_platform.charging.online import SessionRelease, SessionUpdate
from mvne_platform.charging.online.accounts import load
from mvne_platform.charging.online.commands import execute
from mvne_platform.charging.online.desk import Desk
from mvne_platform.charging.online.requests import Request
from mvne_platform.rating import Subscriber
from mvne_platform.runtime import Context
from tests.platform.charging.shop import ANNA, open_line, open_shop
from tests.platform.charging_online.desk import call, check_books, check_nothing_held, events, give_money, grant, sms
from tests.platform.charging_online.model import Model
from tests.plugins.database import Database, brand_context

Door = Callable[[Context, Request], online.Answer]


def alone(ctx: Context, request: Request) -> online.Answer:
    """Each request in its own right, with locks."""
    return online.carry_out(ctx, request).answer


def remembering() -> Door:
    """As the front end does it: from remembered purses, read once."""
    desk = Desk()

    def ask(ctx: Context, request: Request) -> online.Answer:
        account = desk.find(request, ctx.now)
        if account is None:
            needs = desk.needs([request], ctx.now)
            desk.remember(load(ctx, needs.wanted, needs.sessions))
            account = desk.find(request, ctx.now)
        assert account is not None
        one = desk.decide(request, account, ctx.now)
        assert execute(ctx, one)
        desk.conclude(account, one)
        return one.decision.answer

    return ask


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sms"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("start"), st.integers(0, 2), st.integers(1, 120)),
        st.tuples(st.just("update"), st.integers(0, 2), st.integers(0, 150)),
        st.tuples(st.just("release"), st.integers(0, 2), st.integers(0, 150)),
        st.tuples(st.just("settle"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture(params=["alone", "remembering"])
def door(request: pytest.FixtureRequest) -> Callable[[], Door]:
    return remembering if request.param == "remembering" else lambda: alone


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, money=st.integers(0, 3_000_000), seconds=st.integers(0, 150), messages=st.integers(0, 3))
def test_any_order_equals_the_model(
    shared_database: Database,
    door: Callable[[], Door],
    steps: list[tuple[str, int, int]],
    money: int,
    seconds: int,
    messages: int,
):
    with brand_context("testbrand") as ctx:
        open_shop(ctx)
        anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, anna, money + 1)
        for unit, quantity in (("second", seconds), ("message", messages)):
            if quantity:
                grant(ctx, anna, unit, quantity)
        model = Model(
            Subscriber(anna, PaymentMode.PREPAID, OfflineDebit.FULL, None, date(2026, 10, 1)),
            tariff(ctx, "standard"),
            ctx.now,
            [purses.as_purse_bucket(bucket) for bucket in balances.buckets(ctx, anna)],
        )
        done = list(_play(ctx, door(), model, steps))

        assert {bucket.id: bucket.available for bucket in balances.buckets(ctx, anna)} == model.left()
        check_books(ctx)
        online.settle_all(ctx)
        booked = {event.charge_id: event.amount_micros for event in events(ctx)}
        assert booked == {request: model.rated[request].amount_micros for request in done}
        check_books(ctx)
        check_nothing_held(ctx)


def _play(  # noqa: C901  # one branch for each thing a client may do
    ctx: Context, ask: Door, model: Model, steps: list[tuple[str, int, int]]
) -> Iterator[object]:
    """Ask both; yields the ids of what must be booked in the end."""
    sessions: dict[int, tuple[object, int]] = {}
    for what, number, units in steps:
        if what == "settle":
            online.settle_all(ctx)
        elif what == "sms":
            request = sms(count=number)
            answer = ask(ctx, request)
            assert (answer.result == "granted") == model.charge(request.id, number), answer
            if answer.result == "granted":
                assert answer.amount_micros == model.rated[request.id].amount_micros
                yield request.id
        elif what == "start" and number not in sessions:
            begin = call(requested=units)
            answer = ask(ctx, begin)
            assert _granted(answer) == model.grow(begin.id, 0, units)
            if answer.result == "granted":
                model.used[begin.id] = 0
                sessions[number] = (begin.id, 1)
        elif what == "update" and number in sessions:
            session, sequence = sessions[number]
            answer = ask(ctx, SessionUpdate(session, sequence, units, 60))
            assert _granted(answer) == model.grow(session, units, 60)
            sessions[number] = (session, sequence + 1)
        elif what == "release" and number in sessions:
            session, sequence = sessions.pop(number)
            answer = ask(ctx, SessionRelease(session, sequence, units))
            rated = model.end(session, units)
            assert (answer.amount_micros, answer.debited_micros) == (rated.amount_micros, rated.debited_micros)
            if answer.used:
                yield session
    for session, sequence in sessions.values():
        ask(ctx, SessionRelease(session, sequence, 0))
        if model.end(session, 0).quantity:
            yield session


def _granted(answer: online.Answer) -> int:
    return answer.grant.units if answer.grant else 0
