"""What `mvne up` refuses, with the way out, and that a refusal leaves nothing behind."""

import errno
import fcntl
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mvne_cli import disk, stopping
from mvne_cli.commands import up
from mvne_cli.embedded import EmbeddedPostgresError
from mvne_cli.installation import Damaged, Installation
from mvne_cli.machine import Machine
from mvne_cli.main import main
from mvne_platform.kernel import InvalidInput


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """`mvne up` takes the signals of its process; give them back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def start(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "up", *arguments])


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_taken_port_is_named_with_another_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = start(tmp_path / "data", "--port", str(port))
    assert result.exit_code == 2
    assert said(result) == (
        f"PORT_TAKEN Something else listens on port {port}. End it, or choose another: PORT={port + 1} make run"
    )
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["up.lock"]


def test_a_full_disk_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "free_bytes", lambda _: 100 * disk.MEBIBYTE)
    result = start(tmp_path)
    assert result.exit_code == 2
    assert said(result) == (
        f"DISK_FULL 100 MB are free at {tmp_path}; at least 500 MB are needed to start. "
        "Free some and start again: nothing is lost."
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["up.lock"]


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError('could not extend file "base/16384/2619": No space left on device'),
    ],
)
def test_a_disk_that_fills_up_on_the_way_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def full(_machine: Machine, _port: int) -> None:
        raise failure

    monkeypatch.setattr(Machine, "start", full)
    result = start(tmp_path, "--port", str(free_port()))
    assert result.exit_code == 2
    assert "DISK_FULL No space is left at" in said(result)


def test_any_other_failure_is_not_taken_for_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_machine: Machine, _port: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Machine, "start", broken)
    assert isinstance(start(tmp_path, "--port", str(free_port())).exception, ZeroDivisionError)


def test_a_second_start_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "up.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = start(tmp_path)
    assert result.exit_code == 2
    assert said(result) == f"ALREADY_RUNNING The installation in {tmp_path} runs already; Ctrl-C there stops it."


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = start(tmp_path / "file" / "data")
    assert result.exit_code == 2
    assert said(result).startswith(f"DATA_FORBIDDEN {tmp_path}/file/data cannot be written (Not a directory).")


def test_what_postgres_refuses_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_machine: Machine, _port: int) -> None:
        raise EmbeddedPostgresError("POSTGRES_VERSION", "Written by another version.")

    monkeypatch.setattr(Machine, "start", refused)
    result = start(tmp_path, "--port", str(free_port()))
    assert result.exit_code == 2
    assert "POSTGRES_VERSION Written by another version." in said(result)


def test_what_a_demo_brand_lacks_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(_machine: Machine, _port: int) -> None:
        raise InvalidInput("brand.toml:2: no such currency")

    monkeypatch.setattr(Machine, "start", faulty)
    result = start(tmp_path, "--port", str(free_port()))
    assert result.exit_code == 2
    assert "INVALID brand.toml:2: no such currency" in said(result)


def test_a_stop_in_the_middle_is_told_apart_from_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_machine: Machine, _port: int) -> None:
        raise stopping.Stopped

    monkeypatch.setattr(Machine, "start", stopped)
    result = start(tmp_path, "--port", str(free_port()))
    assert result.exit_code == up.INTERRUPTED
    assert "the next start goes on from here" in said(result)


def test_signals_ask_to_stop() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        stop = stopping.stop_on_signals()
        assert not stop.is_set()
        signal.raise_signal(number)
        with pytest.raises(stopping.Stopped):
            stopping.check(stop)


def test_an_unread_installation_names_the_ways_out(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    kept = installation.kept()
    assert installation.file.stat().st_mode & 0o777 == 0o600
    assert kept.admin_password not in repr(kept)
    installation.file.write_text("{")
    with pytest.raises(Damaged, match=r"Put back a copy.*make reset"):
        installation.kept()


def test_simulators_whose_port_was_taken_get_another_and_keep_it(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    first = installation.kept()
    assert installation.choose_ports(8123) == {}
    with socket.create_server(("127.0.0.1", first.ports["partners"])):
        chosen = installation.choose_ports(8123)
    assert list(chosen) == ["partners"]
    kept = Installation(tmp_path).kept()
    assert kept.ports == {**first.ports, **chosen, "web": 8123}
    assert chosen["partners"] not in first.ports.values()
    assert (kept.secret_key, kept.simulator_token) == (first.secret_key, first.simulator_token)


def test_the_disk_is_watched_while_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([900, 150, 140, 900, 100])
    stop = threading.Event()
    told: list[str] = []

    def next_reading(_data: Path) -> int:
        reading = next(free, None)
        if reading is None:
            stop.set()
            return 0
        return reading * disk.MEBIBYTE

    monkeypatch.setattr("mvne_cli.machine.free_bytes", next_reading)
    monkeypatch.setattr("mvne_cli.machine.LOOK_AT_DISK_SECONDS", 0)
    monkeypatch.setattr("mvne_cli.machine.tell", told.append)
    Machine(Installation(tmp_path), stop).serve()
    assert told == [
        f"Only 150 MB are left for {tmp_path}: free some space.",
        f"Only 100 MB are left for {tmp_path}: free some space.",
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
