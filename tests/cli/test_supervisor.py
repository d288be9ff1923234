"""The supervisor, with real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mvne_cli import leftovers, supervisor
from mvne_cli.embedded.processes import started_ticks
from mvne_cli.supervisor import Program, Supervisor

FOREVER = ["-c", "import time\nprint('up', flush=True)\nwhile True: time.sleep(1)"]
STUBBORN = [
    "-c",
    "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('up', flush=True)\nwhile True: time.sleep(1)",
]
TOLD = "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(print('told', flush=True)))\n"
POLITE = ["-c", f"{TOLD}print('up', flush=True)\nwhile True: time.sleep(1)"]


class Watched:
    """A supervisor and what it said."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.record = folder / "processes.json"
        self.supervisor = Supervisor(folder / "logs", self.record, self.said.append)

    def start(self, name: str, arguments: list[str], **environment: str) -> Program:
        program = self.supervisor.start(name, arguments, environment)
        until(lambda: self.log(program) != "")
        return program

    def log(self, program: Program) -> str:
        return self.supervisor.log_of(program).read_text()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.supervisor.stop(patience_seconds=0)


def until(condition: Callable[[], object]) -> None:
    """Wait for what has to come; a test that hangs here has failed."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def pid_of(program: Program) -> int:
    assert program.process is not None
    return program.process.pid


def test_a_killed_program_comes_back_and_somebody_hears_of_it(watched: Watched) -> None:
    program = watched.start("web", FOREVER)
    first = pid_of(program)
    os.kill(first, signal.SIGKILL)
    until(lambda: program.running and pid_of(program) != first)
    until(lambda: watched.log(program) == "up\nup\n")
    assert watched.said == ["web ended (SIGKILL); starting it again."]


def test_a_program_that_ends_again_and_again_is_reported_with_its_log(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_SECONDS", 0.001)
    program = watched.start("worker", ["-c", "print('no settings'); raise SystemExit(3)"])
    until(lambda: program.failures >= 4)
    assert watched.said[0] == "worker ended (status 3); starting it again."
    log = watched.supervisor.log_of(program)
    assert watched.said[3] == f"worker ended (status 3) for the 4th time in a row. Its log says why: {log}"


def test_stopping_is_polite_and_final(watched: Watched) -> None:
    program = watched.start("web", POLITE)
    watched.supervisor.stop()
    assert not program.running
    assert watched.log(program) == "up\ntold\n"
    assert watched.said == []
    assert not watched.record.exists()


def test_who_does_not_listen_is_killed(watched: Watched) -> None:
    program = watched.start("worker", STUBBORN)
    watched.supervisor.stop(patience_seconds=0.1)
    assert program.process is not None
    assert program.process.returncode == -signal.SIGKILL


def test_another_environment_is_given_by_a_restart(watched: Watched) -> None:
    show = ["-c", "import os, time\nprint(os.environ['PLACE'], flush=True)\nwhile True: time.sleep(1)"]
    program = watched.start("web", show, PLACE="here")
    other = watched.start("simulator", show, PLACE="elsewhere")
    watched.supervisor.restart({"web": {"PLACE": "there"}})
    until(lambda: watched.log(program) == "here\nthere\n")
    assert watched.log(other) == "elsewhere\n"


def test_programs_inherit_no_settings_but_their_own(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVNE_ADMIN_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("LANG", "C")
    show = ["-c", "import os; print(sorted(n for n in os.environ if n.startswith('MVNE')), os.environ['LANG'])"]
    program = watched.start("web", show, MVNE_DATA="here")
    until(lambda: "\n" in watched.log(program))
    assert watched.log(program).splitlines()[0] == "['MVNE_DATA'] C"


def test_a_long_log_is_put_aside_at_the_next_start(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_LIMIT_BYTES", 100)
    log = watched.supervisor.log_of(Program("web", [], {}))
    log.write_text("x" * 101)
    program = watched.start("web", FOREVER)
    until(lambda: watched.log(program) == "up\n")
    assert log.with_suffix(".log.1").read_text() == "x" * 101


# A supervisor in a process of its own, with one program that the kernel may have to end.
PARENT = """
import sys, time
from pathlib import Path
from mvne_cli.supervisor import Supervisor
folder = Path(sys.argv[1])
made = Supervisor(folder / "logs", folder / "processes.json")
program = made.start("web", sys.argv[2:], {})
print(program.process.pid, flush=True)
time.sleep(60)
"""


def killed_parent(folder: Path, arguments: list[str]) -> int:
    """The pid of a program whose supervisor was killed once the program ran."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), *arguments], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    until((folder / "logs" / "web.log").read_text)
    parent.kill()
    parent.communicate()
    return pid


def test_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    pid = killed_parent(tmp_path, POLITE)
    until(lambda: started_ticks(pid) is None)
    assert (tmp_path / "logs" / "web.log").read_text() == "up\ntold\n"
    assert leftovers.end(tmp_path / "processes.json") == []


def test_the_next_start_ends_what_outlived_a_killed_supervisor(tmp_path: Path) -> None:
    pid = killed_parent(tmp_path, STUBBORN)
    assert started_ticks(pid) is not None
    assert leftovers.end(tmp_path / "processes.json", patience_seconds=0.1) == ["web"]
    assert started_ticks(pid) is None
    assert not (tmp_path / "processes.json").exists()


def test_a_stranger_with_a_remembered_pid_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    with subprocess.Popen([sys.executable, *FOREVER], stdout=subprocess.DEVNULL) as stranger:
        leftovers.remember(record, {"web": stranger.pid})
        ticks = started_ticks(stranger.pid)
        record.write_text(record.read_text().replace(str(ticks), str((ticks or 0) - 1)))
        assert leftovers.end(record) == []
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"boot": "other", "processes": {"web": [1, 1]}}'])
def test_a_record_that_says_nothing_ends_nobody(tmp_path: Path, content: str) -> None:
    record = tmp_path / "processes.json"
    record.write_text(content)
    assert leftovers.end(record) == []
