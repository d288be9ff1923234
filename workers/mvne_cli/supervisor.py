"""Keeps the processes of one machine running, and ends them with itself."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
LOG_LIMIT_BYTES = 10 * 1024 * 1024
STOP_PATIENCE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 10.0


@dataclass(slots=True)
class Program:
    """A process that is to run: what, with which environment, and how often it has ended."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    retry_at: float = 0.0

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts programs, restarts those that end, stops all of them in reverse order.

    A program dies with the supervisor, even when that is killed: the kernel sends it SIGTERM (prctl(2), PDEATHSIG).
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._programs: list[Program] = []
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Program:
        """Start a program; its output goes to `<logs>/<name>.log`."""
        program = Program(name, [sys.executable, *arguments], environment)
        self._launch(program)
        self._programs.append(program)
        if not self._watching.is_alive():
            self._watching.start()
        return program

    def log_of(self, program: Program) -> Path:
        """Where the program writes."""
        return self._logs / f"{program.name}.log"

    def stop(self) -> None:
        """End every program: politely, after ten seconds for good."""
        self._stopping.set()
        for program in reversed(self._programs):
            if program.running and program.process:
                program.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE_SECONDS
        for program in reversed(self._programs):
            if program.process:
                self._wait(program.process, deadline - time.monotonic())

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
        try:
            process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _launch(self, program: Program) -> None:
        log = self.log_of(program)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            program.process = subprocess.Popen(
                program.arguments,
                env=_outer_environment() | dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        program.started = time.monotonic()

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for program in self._programs:
                self._tend(program)

    def _tend(self, program: Program) -> None:
        now = time.monotonic()
        if program.running:
            if now - program.started > 30:
                program.failures = 0
            return
        if not program.retry_at:
            program.failures += 1
            program.retry_at = now + min(LONGEST_PAUSE_SECONDS, 0.2 * 2 ** (program.failures - 1))
        elif now >= program.retry_at and not self._stopping.is_set():
            program.retry_at = 0.0
            self._launch(program)


def _outer_environment() -> dict[str, str]:
    """What a program inherits: everything but our settings, so that it has those it was given and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MVNE_")}


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
