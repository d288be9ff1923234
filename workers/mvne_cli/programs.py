"""The processes of `mvne up`: what each is started with, and when they are ready."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2

from mvne_cli.installation import Installation
from mvne_cli.output import WRONG, refuse
from mvne_cli.stopping import check
from mvne_cli.supervisor import Program, Supervisor
from mvne_platform.runtime.jobs import QUEUES
from mvne_workers.leader import somebody_leads

READY_PATIENCE_SECONDS = 60.0
# A program that has ended so often before it was ready will not become ready.
HOPELESS_FAILURES = 4
_SHOWN_LINES = 6
# Large files are rated by a process of their own, which gives way to the others.
_OTHER_QUEUES = [part for queue in QUEUES if queue != "rating" for part in ("--queue", queue)]
OWN: dict[str, list[str]] = {
    "web": ["web"],
    "worker": ["worker", *_OTHER_QUEUES],
    "rating": ["worker", "--queue", "rating", "--threads", "2"],
    "scheduler": ["scheduler"],
    "charging": ["charging"],
}


def start_all(installation: Installation, supervisor: Supervisor, environment: Mapping[str, str]) -> list[Program]:
    """Start simulators, web, workers, scheduler and charging."""
    token = {"MVNE_SIMULATOR_TOKEN": installation.kept().simulator_token}
    programs = [
        supervisor.start(name, ["-m", "mvne_simulators", name, *arguments], token)
        for name, arguments in _simulators(installation).items()
    ]
    command = ["-m", "mvne_cli.main", "--data", str(installation.data)]
    for name, own_environment in environments(environment).items():
        programs.append(supervisor.start(name, [*command, *OWN[name]], own_environment))
    return programs


def environments(environment: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """What each of our own programs may know: only workers and scheduler have the DDL login."""
    without_ddl = {name: value for name, value in environment.items() if name != "MVNE_ADMIN_DATABASE_URL"}
    return {name: without_ddl if name in ("web", "charging") else environment for name in OWN}


def wait_until_ready(
    installation: Installation, supervisor: Supervisor, programs: list[Program], stop: threading.Event
) -> None:
    """Return when everything answers; exits with 1, and the end of a log, when something does not come up."""
    kept = installation.kept().ports
    probes = {f"http://127.0.0.1:{kept[name]}/healthz" for name in ("network", "partners", "messages")}
    probes |= {f"http://127.0.0.1:{kept['web']}/readyz", f"http://127.0.0.1:{kept['charging']}/healthz"}
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        check(stop)
        hopeless = next((one for one in programs if one.failures >= HOPELESS_FAILURES), None)
        if hopeless is not None:
            _refuse(f"'{hopeless.name}' ends again and again", supervisor.log_of(hopeless))
        probes = {probe for probe in probes if not _answers(probe)}
        if not probes and somebody_leads():
            return
        time.sleep(0.1)
    missing = ", ".join(sorted(probes)) or "the scheduler"
    _refuse(f"No answer within {READY_PATIENCE_SECONDS:.0f} s from {missing}", supervisor.log_of(programs[-1]))


def _simulators(installation: Installation) -> dict[str, list[str]]:
    ports = {name: str(number) for name, number in installation.kept().ports.items()}
    states = installation.data / "simulators"
    states.mkdir(exist_ok=True)
    return {
        "network": ["--port", ports["network"], "--state", str(states / "network.sqlite")],
        "partners": ["--port", ports["partners"], "--state", str(states / "partners.sqlite")],
        "messages": [
            *("--http-port", ports["messages"], "--smtp-port", ports["smtp"]),
            *("--state", str(states / "messages.sqlite")),
        ],
    }


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def _refuse(what: str, log: Path) -> None:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:] if log.exists() else []
    refuse("NOT_READY", f"{what}. The end of {log}:", faults=lines, status=WRONG)
