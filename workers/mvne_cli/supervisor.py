"""Keeps the processes of one machine running, and ends them with itself."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mvne_cli import leash, leftovers

LOG_LIMIT_BYTES = 10 * 1024 * 1024
STOP_PATIENCE_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
# After so many ends in a row people are told to look into the log.
SUSPICIOUS_FAILURES = 4


@dataclass(slots=True)
class Program:
    """A process that is to run: what, with which environment, and how often in a row it has ended."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    retry_at: float | None = None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts programs, restarts those that end, stops all of them in reverse order.

    A program dies with the supervisor, even when that is killed (see `leash`). `record` is a file that names the
    running processes for the next start; `tell` hears of every restart.
    """

    def __init__(self, logs: Path, record: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        self._logs = logs
        self._record = record
        self._tell = tell
        self._programs: list[Program] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Program:
        """Start `python <arguments>`; its output goes to `<logs>/<name>.log`. Raises OSError when it cannot.

        Call it from a thread that lives as long as the supervisor: the kernel takes its end for the parent's.
        """
        program = Program(name, [sys.executable, *arguments], environment)
        with self._lock:
            self._launch(program)
            self._programs.append(program)
        if not self._watching.is_alive():
            self._watching.start()
        return program

    def restart(self, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Give the named programs another environment: each is ended and comes back with it."""
        with self._lock:
            for program in self._programs:
                if program.name in environments:
                    program.environment = environments[program.name]
                    _signal(program, signal.SIGTERM)

    def log_of(self, program: Program) -> Path:
        """Where the program writes."""
        return self._logs / f"{program.name}.log"

    def stop(self, patience_seconds: float = STOP_PATIENCE_SECONDS) -> None:
        """End every program: politely, and after some seconds for good. Nothing is restarted any more."""
        self._stopping.set()
        with self._lock:
            for program in reversed(self._programs):
                _signal(program, signal.SIGTERM)
            deadline = time.monotonic() + patience_seconds
            for program in reversed(self._programs):
                _wait(program, deadline - time.monotonic())
        # Last, because what this thread has started dies with it.
        if self._watching.is_alive():
            self._watching.join()
        self._record.unlink(missing_ok=True)

    def _launch(self, program: Program) -> None:
        log = self.log_of(program)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            program.process = subprocess.Popen(
                [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *program.arguments],
                env=_outer_environment() | dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, not for them
            )
        program.started = time.monotonic()
        program.retry_at = None
        self._remember(program)

    def _remember(self, latest: Program) -> None:
        programs = {id(program): program for program in (*self._programs, latest)}.values()
        leftovers.remember(self._record, {p.name: p.process.pid for p in programs if p.process is not None})

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            with self._lock:
                for program in self._programs:
                    self._tend(program)

    def _tend(self, program: Program) -> None:
        now = time.monotonic()
        if program.running:
            if now - program.started > STEADY_SECONDS:
                program.failures = 0
        elif program.retry_at is None:
            program.failures += 1
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (program.failures - 1))
            program.retry_at = now + pause
            self._tell(self._obituary(program))
        elif now >= program.retry_at and not self._stopping.is_set():
            self._try_again(program)

    def _try_again(self, program: Program) -> None:
        try:
            self._launch(program)
        except OSError as error:  # a full disk, no process to spare: later, then
            program.retry_at = time.monotonic() + LONGEST_PAUSE_SECONDS
            self._tell(f"{program.name} cannot be started: {error.strerror}. Trying again.")

    def _obituary(self, program: Program) -> str:
        ended = f"{program.name} ended ({_how(program)})"
        if program.failures < SUSPICIOUS_FAILURES:
            return f"{ended}; starting it again."
        return f"{ended} for the {program.failures}th time in a row. Its log says why: {self.log_of(program)}"


def _signal(program: Program, number: signal.Signals) -> None:
    if program.process is not None and program.running:
        program.process.send_signal(number)


def _wait(program: Program, seconds: float) -> None:
    if program.process is None:
        return
    try:
        program.process.wait(max(0.1, seconds))
    except subprocess.TimeoutExpired:
        program.process.kill()
        program.process.wait()


def _how(program: Program) -> str:
    status = program.process.returncode if program.process else 0
    return signal.Signals(-status).name if status < 0 else f"status {status}"


def _outer_environment() -> dict[str, str]:
    """What a program inherits: everything but our settings, so that it has those it was given and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MVNE_")}
