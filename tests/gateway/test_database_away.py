"""While the database cannot be reached every answer says so and when to try again; then all goes on by itself."""

import socket

import psycopg
import pytest

from mvne_platform.runtime.db import app_engine
from mvne_platform.runtime.settings import settings
from tests.gateway.wire import CONSOLE, SHOP, Wire, client_token, staff_token
from tests.graphql.people import prepaid_line, vouchers
from tests.plugins.database import Database

NAME = "{ shop { name } }"


def _unplug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point this process at a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    _reconnect(monkeypatch, f"postgresql://mvne_app:x@127.0.0.1:{port}/gone")


def _reconnect(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    app_engine().dispose()
    monkeypatch.setenv("MVNE_DATABASE_URL", url)
    settings.cache_clear()
    app_engine.cache_clear()


def test_every_door_says_503_and_when_to_come_back(
    own_wire: Wire, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, client = staff_token("csr"), client_token()
    assert own_wire.data(NAME, token=client)
    assert own_wire.data("{ me { name } }", at=CONSOLE, token=staff)
    _unplug(monkeypatch)

    for answer in (
        own_wire.ask(NAME),
        own_wire.ask(NAME, token=client),
        own_wire.ask("{ me { name } }", at=CONSOLE, token=staff),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAVAILABLE"]
        assert "data" not in answer.json()
    for path in (f"{SHOP}/", f"{SHOP}/.well-known/jwks.json", "http://otherbrand.localhost/"):
        answer = own_wire.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE"), path
        assert int(answer.headers["retry-after"]) > 0
    assert own_wire.client.get(f"{SHOP}/healthz").status_code == 200
    ready = own_wire.client.get(f"{SHOP}/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")

    _reconnect(monkeypatch, database.app_dsn)
    assert own_wire.data(NAME, token=client) == {"shop": {"name": "Test Brand"}}
    assert own_wire.client.get(f"{SHOP}/readyz").status_code == 200


def test_connections_that_died_in_the_pool_are_replaced_unseen(own_wire: Wire, database: Database) -> None:
    token, line, (code,) = client_token(), prepaid_line(), vouchers()
    assert own_wire.data(NAME, token=token)
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'mvne_app'",
            [database.name],
        )
    text = "mutation ($input: RedeemVoucherInput!) { redeemVoucher(input: $input) { credited { amount } } }"
    given = {"input": {"subscriptionId": line.id, "code": code}}
    assert own_wire.data(text, given, token=token, key="after")["redeemVoucher"]["credited"]["amount"] == "50.00"
    assert line.money() == 50_000_000


def test_readiness_names_a_schema_that_is_behind(own_wire: Wire, database: Database) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute("UPDATE platform.alembic_version SET version_num = '0000'")
    answer = own_wire.client.get(f"{SHOP}/readyz")
    assert answer.status_code == 503
    assert "The schema `platform` is at revision 0000" in answer.json()["faults"][0]
