"""The whole of it: a fresh folder, a (small) month, the handbook's first hour, kills, Ctrl-C.

One test, because every step needs the one before it, and a demo is lived only once.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mvne_cli.embedded import EmbeddedPostgres, processes

ROOT = Path(__file__).resolve().parents[2]
MVNE = Path(sys.executable).with_name("mvne")
SMALL = {"MVNE_DEMO_SUBSCRIBERS": "4", "MVNE_DEMO_DAYS": "2", "MVNE_DEMO_EVENTS": "3"}
PROGRAMS = ("network", "partners", "messages", "web", "worker", "scheduler")

# The page's examples use curl; a bare machine may have none, and tests bring what they need.
CURL = """#!{python}
import sys, urllib.error, urllib.request
headers, body, address, arguments = {{}}, None, None, iter(sys.argv[1:])
for argument in arguments:
    if argument == "-H":
        name, _, value = next(arguments).partition(": ")
        headers[name] = value
    elif argument == "-d":
        given = next(arguments)
        body = sys.stdin.buffer.read() if given == "@-" else given.encode()
    elif argument != "-s":
        address = argument
host = address.split("/")[2]
request = urllib.request.Request(address.replace(host.split(":")[0], "127.0.0.1"), body, {{**headers, "Host": host}})
try:
    sys.stdout.buffer.write(urllib.request.urlopen(request).read())
except urllib.error.HTTPError as refused:
    sys.stdout.buffer.write(refused.read())
"""


class Newcomer:
    """Somebody with a checkout and an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.log = folder / "up.log"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        tools = folder / "tools"
        tools.mkdir()
        (tools / "curl").write_text(CURL.format(python=sys.executable))
        (tools / "curl").chmod(0o755)
        outside = {name: value for name, value in os.environ.items() if not name.startswith("MVNE_")}
        path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {**outside, **SMALL, "MVNE_DATA": str(self.data), "PORT": str(self.port), "PATH": path}

    @property
    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    @property
    def demo(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return content

    @contextmanager
    def up(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        with self.log.open("wb") as output:
            running = subprocess.Popen(
                [MVNE, "up", *arguments], env=self.environment, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
            )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)

    def mvne(self, *arguments: str) -> Any:
        finished = subprocess.run(
            [MVNE, *arguments, "--json"], env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert finished.returncode in (0, 1), finished.stdout + finished.stderr
        return json.loads(finished.stdout)

    def pid_of(self, program: str) -> int:
        if program == "postgres":
            return int((self.data / "postgres/cluster/postmaster.pid").read_text().splitlines()[0])
        pid: int = json.loads((self.data / "processes.json").read_text())["processes"][program][0]
        return pid


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    made = Newcomer(tmp_path)
    yield made
    EmbeddedPostgres(made.data / "postgres").stop(adopted=True)


def until(condition: Callable[[], object], running: "subprocess.Popen[bytes]", newcomer: Newcomer) -> None:
    """Wait for what has to come; a test that hangs here has failed."""
    deadline = time.monotonic() + 120
    while not condition():
        assert running.poll() is None, newcomer.said
        assert time.monotonic() < deadline, newcomer.said
        time.sleep(0.1)


def blocks(page: str) -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.mark.fault
def test_a_newcomers_first_hour(newcomer: Newcomer) -> None:
    the_first_start_lives_the_month_and_it_reconciles(newcomer)
    with newcomer.up() as running:
        until(lambda: "Ctrl-C stops everything." in newcomer.said, running, newcomer)
        assert "lives" not in newcomer.said, "the month is lived once"
        the_month_was_what_the_story_says(newcomer)
        the_handbooks_first_hour_works(newcomer)
        whatever_is_killed_comes_back(newcomer, running)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    nothing_is_left_running(newcomer)


def the_first_start_lives_the_month_and_it_reconciles(newcomer: Newcomer) -> None:
    with newcomer.up("--exit") as running:
        assert running.wait(240) == 0, newcomer.said
    assert "OK Files, platform and the world outside agree." in newcomer.said
    nothing_is_left_running(newcomer)
    assert (newcomer.data / "demo.json").stat().st_mode & 0o777 == 0o600
    assert (newcomer.data / "demo/people.json").stat().st_mode & 0o777 == 0o600
    brands = newcomer.demo["brands"]
    assert [brand["slug"] for brand in brands] == ["fjord", "most", "pixel"]
    assert [len(brand["subscribers"]) for brand in brands] == [4, 4, 4]
    assert newcomer.demo["console"]["host"] == f"console.localhost:{newcomer.port}"
    password = newcomer.demo["staff"][0]["password"]
    for log in (newcomer.data / "logs").iterdir():
        assert password not in log.read_text(errors="replace")


def the_month_was_what_the_story_says(newcomer: Newcomer) -> None:
    shown = newcomer.mvne("demo")
    happened = {brand: {one["what"]: one["number"] for one in content["happened"]} for brand, content in shown.items()}
    assert all(line["holds"] for content in shown.values() for line in content["reconciliation"])
    assert [happened[brand]["lines in service"] for brand in ("fjord", "most", "pixel")] == [4, 4, 3]
    assert [happened[brand]["usage files"] for brand in ("fjord", "most", "pixel")] == [2, 3, 2]
    assert [happened[brand]["invoices"] for brand in ("fjord", "most", "pixel")] == [4, 4, 0]
    assert [happened[brand]["with a document"] for brand in ("fjord", "most", "pixel")] == [4, 4, 0]
    assert [happened[brand]["redeemed"] for brand in ("fjord", "most", "pixel")] == [40, 20, 60]
    assert [happened[brand]["jobs that failed"] for brand in ("fjord", "most", "pixel")] == [0, 0, 0]
    prepaid = happened["pixel"]
    assert (prepaid["orders"], prepaid["completed"], prepaid["rejected"]) == (5, 4, 1)
    assert (prepaid["declined"], prepaid["vouchers redeemed"], prepaid["plans lapsed"], prepaid["lapsed"]) == (
        1,
        1,
        1,
        1,
    )


def the_handbooks_first_hour_works(newcomer: Newcomer) -> None:
    page = (ROOT / "docs/first-hour.md").read_text()
    script = "\n".join(blocks(page))
    for written, meant in (
        ("var/demo.json", f"{newcomer.data}/demo.json"),
        ("var/mine.csv", f"{newcomer.data}/mine.csv"),
        (".venv/bin/mvne", str(MVNE)),
        (":8000", f":{newcomer.port}"),
    ):
        assert written in script
        script = script.replace(written, meant)
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=newcomer.environment, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert '"errors"' not in finished.stdout
    assert '"state": "COMPLETED"' in finished.stdout
    newest = newcomer.mvne("usage", "files", "fjord", "--first", "1")[0]
    assert (newest["name"], newest["rated"], newest["duplicate"], newest["failed"]) == ("mine.csv", 1, 1, 0)
    months = newcomer.mvne("bill", "list", "fjord")
    assert [(run["month"], run["state"]) for run in months] == [("2026-11", "completed"), ("2026-10", "completed")]


def whatever_is_killed_comes_back(newcomer: Newcomer, running: "subprocess.Popen[bytes]") -> None:
    before = {program: newcomer.pid_of(program) for program in (*PROGRAMS, "postgres")}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def is_back(program: str) -> bool:
        try:
            return newcomer.pid_of(program) != before[program]
        except (OSError, IndexError, ValueError):
            return False

    until(lambda: all(map(is_back, before)), running, newcomer)
    until(lambda: newcomer.mvne("doctor") == [], running, newcomer)
    for program in PROGRAMS:
        assert f"{program} ended (SIGKILL); starting it again." in newcomer.said
    assert "the database ended; starting it again." in newcomer.said


def nothing_is_left_running(newcomer: Newcomer) -> None:
    assert not (newcomer.data / "processes.json").exists()
    assert processes.running_postmaster(newcomer.data / "postgres" / "cluster") is None
