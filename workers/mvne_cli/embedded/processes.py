"""Which running processes belong to a cluster folder.

A process id alone proves nothing: it can be a zombie that nobody reaps, or have been given to another program since.
So a postmaster counts only if it is alive and its command line names this very folder, and a process counts as one
of the cluster's if its working folder, which PostgreSQL never leaves, is the cluster.
"""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mvne_cli.embedded.account import Account

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The main process of a running server."""

    pid: int
    port: int
    started_ticks: int


def running_postmaster(cluster: Path) -> Postmaster | None:
    """The postmaster that serves `cluster` now; None if its pid file is missing, unfinished or stale."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None
    ticks = started_ticks(pid)
    if ticks is None or not _command_names(pid, cluster):
        return None
    return Postmaster(pid, port, ticks)


def started_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot (proc(5), field 22); None if gone or a zombie."""
    try:
        status = (_PROC / str(pid) / "stat").read_text(encoding="utf-8")
    except OSError:
        return None
    state, *fields = status.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def is_same(postmaster: Postmaster) -> bool:
    """Whether this very process still lives."""
    return started_ticks(postmaster.pid) == postmaster.started_ticks


def send(postmaster: Postmaster, number: signal.Signals) -> None:
    """Signal the postmaster, unless it is gone already."""
    if is_same(postmaster):
        try:
            os.kill(postmaster.pid, number)
        except ProcessLookupError:
            return


def processes_of(cluster: Path, account: Account) -> list[int]:
    """The live processes, backends included, that work in `cluster`."""
    pids = {pid for pid, folder in _working_folders() if folder == str(cluster)}
    if account.switch:
        # Root without CAP_SYS_PTRACE (the usual container) may not look at the server; its own account may.
        found = account.run(["find", _PROC, "-maxdepth", "2", "-name", "cwd", "-printf", r"%h\t%l\n"]).stdout
        rows = (line.partition("\t") for line in found.splitlines())
        pids |= {int(Path(entry).name) for entry, _, folder in rows if folder == str(cluster) and _is_pid(entry)}
    return sorted(pid for pid in pids if started_ticks(pid) is not None and _is_server_program(pid))


def end_orphans(cluster: Path, account: Account, *, patience_seconds: float = 1.0) -> None:
    """Wait until the children of a dead postmaster are gone, and kill those that do not notice its death."""
    deadline = time.monotonic() + patience_seconds
    while orphans := processes_of(cluster, account):
        if time.monotonic() > deadline:
            _kill(orphans)
        time.sleep(0.05)


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _working_folders() -> Iterable[tuple[int, str]]:
    for entry in _PROC.iterdir():
        if not _is_pid(entry):
            continue
        try:
            yield int(entry.name), str((entry / "cwd").readlink())
        except OSError:
            continue


def _is_pid(entry: Path | str) -> bool:
    return Path(entry).name.isdigit()


def _command(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _is_server_program(pid: int) -> bool:
    """A backend calls itself `postgres: …`; a shell that merely stands in the folder does not."""
    command = _command(pid)
    return bool(command) and (command[0].startswith("postgres: ") or Path(command[0]).name == "postgres")


def _command_names(pid: int, cluster: Path) -> bool:
    command = _command(pid)
    return bool(command) and Path(command[0]).name == "postgres" and command[1:3] == ["-D", str(cluster)]
