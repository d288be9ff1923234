"""Processes of a benchmark: started with an environment of their own, watched, ended with it whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mvne_cli import leash

PATIENCE_SECONDS = 30.0


class DidNotStart(Exception):
    """A process ended, or did not become ready in time; the message has the end of its log."""


@contextmanager
def running(
    name: str, arguments: list[str], *, environment: Mapping[str, str], logs: Path, ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """`python <arguments>` for as long as the block lasts; entered when `ready()`. Dies with this process."""
    log = logs / f"{name}.log"
    logs.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), sys.executable, *arguments],
            env={**_outer(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(name, process, log, ready)
        yield process
    finally:
        _end(process)


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
            raise DidNotStart("\n".join([f"'{name}' did not become ready. The end of its log:", *lines]))
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _outer() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MVNE_")}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
