"""The quick way of a plain charge writes what the general way writes, byte for byte."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, pq

from mvne_platform.catalogue import PaymentMode, Service
from mvne_platform.charging import online
from mvne_platform.charging.online.accounts import load
from mvne_platform.charging.online.bookings import booking_json, event_row
from mvne_platform.charging.online.desk import Desk
from mvne_platform.charging.online.fronting import (
    CHARGE,
    CHARGE_TYPES,
    PLAIN,
    PLAIN_TYPES,
    parameters,
    plain_parameters,
)
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import Identifier
from mvne_platform.runtime import Context
from tests.platform.charging.shop import ANNA, BENT, open_line, open_shop
from tests.platform.charging_online.desk import check_books, give_money, grant, money, sms
from tests.plugins.database import Database, brand_context

NUMBERS = ["+4530000002", "+4530999999", "+12125550100", "+4590111111", "+4580111111", "+999", "112", "1234", None]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    services=st.lists(st.sampled_from([*Service]), min_size=1, max_size=6),
    numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=6),
    quantity=st.integers(0, 4),
    seconds=st.integers(0, 600),
    postpaid=st.booleans(),
    money=st.integers(1, 3_000_000),
)
def test_plain_charges_equal_general_ones(
    shared_database: Database,
    services: list[Service],
    numbers: list[str | None],
    quantity: int,
    seconds: int,
    money: int,
    *,
    postpaid: bool,
):
    with brand_context("testbrand") as ctx:
        open_shop(ctx)
        lines = [open_line(ctx, msisdn, _mode(postpaid=postpaid)) for msisdn in (ANNA, BENT)]
        for line in lines:
            give_money(ctx, line, money)
        desk = Desk()
        for service in services:
            for number in numbers:
                for who in (ANNA, BENT):
                    at = ctx.now - timedelta(seconds=seconds)
                    usage = online.Usage(Identifier("msisdn", who), service, number, None, at)
                    _compare(ctx, desk, online.ChargeRequest(uuid7(), usage, quantity))


def _mode(*, postpaid: bool) -> PaymentMode:
    return PaymentMode.POSTPAID if postpaid else PaymentMode.PREPAID


def _compare(ctx: Context, desk: Desk, request: online.ChargeRequest) -> bool:
    needs = desk.needs([request], ctx.now)
    desk.remember(load(ctx, needs.wanted, needs.sessions))
    account = desk.find(request, ctx.now)
    assert account is not None
    plain = desk.decide_plain(request, account, ctx.now)
    general = desk.decide(request, account, ctx.now)
    if plain is None:
        return False
    finished = general.decision.finished
    assert finished is not None
    assert plain.body == general.body
    assert plain.event == event_row(finished)
    assert plain.booking == booking_json(finished, general.decision.after, list(general.versions))
    assert plain.line == general.subscription_id.bytes
    assert plain.version == general.versions[general.subscription_id]
    assert [(plain.bucket, plain.amount)] == (
        [(b.bytes, units) for b, units in general.moves] or [(None, plain.amount)]
    )
    return True


def test_messages_of_a_line_with_money_only_are_plain(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 300_000)
    desk = Desk()

    assert _compare(ctx, desk, sms())
    assert not _compare(ctx, desk, sms(count=2))  # more than there is
    grant(ctx, anna, "message", 1)
    assert not _compare(ctx, desk, sms())


@pytest.mark.parametrize("terms", [{"spend_limit_micros": 10_000_000}, {"mode": PaymentMode.HYBRID}])
def test_limits_are_not_plain(ctx: Context, terms: dict[str, object]):
    open_shop(ctx)
    open_line(ctx, ANNA, **terms)

    assert not _compare(ctx, Desk(), sms())


def test_each_zone_has_its_own_price(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 3_000_000)
    desk = Desk()

    assert _compare(ctx, desk, sms())
    assert _compare(ctx, desk, sms(to="+12125550100"))


def test_the_visited_network_is_each_charges_own(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 3_000_000)
    desk = Desk()

    for network in ("262-01", None, "310-01"):
        request = sms()
        assert _compare(ctx, desk, replace(request, usage=replace(request.usage, visited_network=network)))


@pytest.mark.parametrize("plain", [True, False])
def test_one_id_for_two_lines_in_one_statement_is_one_charge(ctx: Context, *, plain: bool):
    open_shop(ctx)
    lines = [open_line(ctx, msisdn, PaymentMode.PREPAID) for msisdn in (ANNA, BENT)]
    for line in lines:
        give_money(ctx, line, 1_000_000)
    desk = Desk()
    first = sms(ANNA)
    requests = [first, replace(sms(BENT), id=first.id)]
    needs = desk.needs(requests, ctx.now)
    desk.remember(load(ctx, needs.wanted, needs.sessions))
    accounts = [(request, desk.find(request, ctx.now)) for request in requests]
    if plain:
        charges = [desk.decide_plain(request, account, ctx.now) for request, account in accounts if account]
        values = plain_parameters([one for one in charges if one], ctx.now, ctx.brand)
        written = _write(ctx, PLAIN, PLAIN_TYPES, values)
    else:
        decided = [desk.decide(request, account, ctx.now) for request, account in accounts if account]
        written = _write(ctx, CHARGE, CHARGE_TYPES, parameters(decided, ctx.now, ctx.brand))

    assert len(written) == 1
    held = [money(ctx, line)[1] for line in lines]
    assert held == [200_000 * (number in written) for number in (1, 2)]
    assert online.settle_all(ctx) == 1
    check_books(ctx)


def _write(ctx: Context, statement: bytes, types: tuple[int, ...], values: list[bytes | None]) -> set[int]:
    """Execute a call as the front end does; answers the numbers of what was written."""
    ctx.db.flush()
    connection = cast("Connection[Any]", ctx.db.connection().connection.driver_connection).pgconn
    formats = [pq.Format.BINARY] * len(values)
    result = connection.exec_params(statement, values, types, formats, pq.Format.BINARY)
    assert result.status == pq.ExecStatus.TUPLES_OK, result.error_message
    numbers = [int.from_bytes(result.get_value(row, 0) or b"", signed=True) for row in range(result.ntuples)]
    return {number for number in numbers if number > 0}
