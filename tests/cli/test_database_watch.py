"""The database comes back when it is killed, and whoever uses it hears of a new address."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mvne_cli import database_watch
from mvne_cli.database_watch import DatabaseWatch
from mvne_cli.embedded import EmbeddedPostgres, EmbeddedPostgresError, Server

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedPostgres]:
    monkeypatch.setattr(database_watch, "LOOK_EVERY_SECONDS", 0.01)
    made = EmbeddedPostgres(tmp_path / "postgres", durable=False, settings=SMALL)
    yield made
    made.kill()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.dsn, connect_timeout=1):
            return True
    except psycopg.OperationalError:
        return False


@pytest.mark.fault
def test_a_killed_database_comes_back_by_itself(postgres: EmbeddedPostgres) -> None:
    said: list[str] = []
    server = postgres.ensure_running()
    watch = DatabaseWatch(postgres, server, tell=said.append)
    watch.start()
    postgres.kill()
    until(lambda: said)
    until(lambda: answers(server))
    watch.stop()
    assert said == ["the database ended; starting it again."]


@pytest.mark.fault
def test_a_port_taken_meanwhile_is_told_with_the_new_address(postgres: EmbeddedPostgres) -> None:
    moved: list[Server] = []
    server = postgres.ensure_running()
    postgres.kill()
    with socket.create_server(("127.0.0.1", server.port)):
        watch = DatabaseWatch(postgres, server, tell=lambda _: None, moved=moved.append)
        watch.start()
        until(lambda: moved)
        watch.stop()
    assert moved[0].port != server.port
    assert answers(moved[0])


def test_a_watch_that_was_stopped_starts_nothing(postgres: EmbeddedPostgres) -> None:
    said: list[str] = []
    server = postgres.ensure_running()
    watch = DatabaseWatch(postgres, server, tell=said.append)
    watch.start()
    watch.stop()
    postgres.kill()
    assert not answers(server)
    assert said == []


def test_what_keeps_it_down_is_told_and_it_is_tried_again(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_watch, "PAUSE_SECONDS", 0.01)
    server = postgres.ensure_running()
    postgres.kill()
    said: list[str] = []
    really = postgres.ensure_running

    def full_at_first() -> Server:
        if sum("DISK_FULL" in one for one in said) < 2:
            raise EmbeddedPostgresError("DISK_FULL", "No space is left.")
        return really()

    monkeypatch.setattr(postgres, "ensure_running", full_at_first)
    watch = DatabaseWatch(postgres, server, tell=said.append)
    watch.start()
    until(lambda: answers(server))
    watch.stop()
    assert said.count("DISK_FULL: No space is left. Trying again.") == 2
