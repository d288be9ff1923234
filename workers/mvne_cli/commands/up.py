"""`mvne up`: the whole platform on this machine, in the foreground."""

import errno
import fcntl
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mvne_cli import demo, disk, leftovers
from mvne_cli.embedded import EmbeddedPostgresError
from mvne_cli.installation import DEFAULT_PORT, Damaged, Installation
from mvne_cli.machine import Machine
from mvne_cli.output import WRONG, console, refuse
from mvne_cli.patience import is_database_away
from mvne_cli.stopping import Stopped, stop_on_signals
from mvne_platform.kernel import DomainError

INTERRUPTED = 130


@click.command()
@click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Of sites and APIs; or the variable PORT.",
)
@click.option(
    "--demo/--no-demo", "with_demo", default=True, show_default=True, help="Demo brands and their first month."
)
@click.option(
    "--exit",
    "leave",
    is_flag=True,
    help="Stop again when everything is ready; exit code 1 when the month does not reconcile.",
)
@click.pass_obj
def up(data: Path, port: int, *, with_demo: bool, leave: bool) -> None:
    """Run everything on this machine: database, simulators, web, worker, scheduler, charging.

    The first start lives the demo brands' first month; later ones take seconds. Whatever ends is started again.
    Ctrl-C stops all that was started. Logs are in `logs/` of the data folder.
    """
    installation = Installation(data)
    stop = stop_on_signals()
    try:
        with _alone(installation):
            reconciled = _run(installation, port, stop, with_demo=with_demo, leave=leave)
    except Stopped:
        console.print("Stopped in the middle; the next start goes on from here.")
        sys.exit(INTERRUPTED)
    except EmbeddedPostgresError as error:
        refuse(error.code, str(error))
    except DomainError as error:
        refuse(error.code, error.message)
    except Damaged as error:
        refuse("INSTALLATION_DAMAGED", str(error))
    except Exception as error:
        _explain(error, installation)
        raise
    if leave and not reconciled:
        sys.exit(WRONG)


def _run(installation: Installation, port: int, stop: threading.Event, *, with_demo: bool, leave: bool) -> bool:
    """Whether the demo's month reconciles; True without demo."""
    started = time.monotonic()
    _refuse_full_disk(installation.data)
    if left := leftovers.end(installation.data / "processes.json"):
        console.print(f"Ended what the last start had left running: {', '.join(left)}.", style="dim")
    _refuse_taken_port(port)
    with Machine(installation, stop) as machine:
        machine.start(port)
        reconciled = not with_demo or demo.live(installation, port, stop)
        console.print(f"[green]Ready[/green] after {time.monotonic() - started:.0f} s.", highlight=False)
        if not leave:
            console.print("Ctrl-C stops everything.")
            machine.serve()
    return reconciled


def _explain(error: Exception, installation: Installation) -> None:
    """Words for failures that come from the machine; others are ours, and shown whole."""
    if disk.is_full(error, installation.data):
        refuse("DISK_FULL", f"No space is left at {installation.data}. Free some and start again: nothing is lost.")
    if is_database_away(error):
        log = installation.postgres.log
        said = str(error).strip().splitlines()[0]
        refuse("DATABASE_AWAY", f"The database went away: {said} Its log: {log}. Start again to go on.", status=WRONG)


def _refuse_full_disk(data: Path) -> None:
    free = disk.free_bytes(data)
    if free < disk.LEAST_TO_START_BYTES:
        least = disk.LEAST_TO_START_BYTES // disk.MEBIBYTE
        refuse(
            "DISK_FULL",
            f"{free // disk.MEBIBYTE} MB are free at {data}; at least {least} MB are needed to start. "
            "Free some and start again: nothing is lost.",
        )


def _refuse_taken_port(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno == errno.EACCES:
            refuse(
                "PORT_FORBIDDEN",
                f"This account may not listen on port {port}. Choose one above 1023: PORT={port + 8000} make run",
            )
        refuse(
            "PORT_TAKEN", f"Something else listens on port {port}. End it, or choose another: PORT={port + 1} make run"
        )


@contextmanager
def _alone(installation: Installation) -> Iterator[None]:
    """One `mvne up` per data folder."""
    try:
        installation.data.mkdir(parents=True, exist_ok=True)
        handle = (installation.data / "up.lock").open("a")
    except OSError as error:
        if disk.is_full(error, installation.data):
            raise
        refuse(
            "DATA_FORBIDDEN",
            f"{error.filename} cannot be written ({error.strerror}). "
            "Start as the account it belongs to, or choose another folder: mvne --data <folder> up",
        )
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse("ALREADY_RUNNING", f"The installation in {installation.data} runs already; Ctrl-C there stops it.")
        yield
