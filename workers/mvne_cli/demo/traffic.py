"""The month's usage: made by the traffic simulator, handed to the platform as files, a copy of each kept."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mvne_cli.demo.cast import Character
from mvne_cli.demo.doors import Refused, until
from mvne_cli.demo.reconciliation import Delivered
from mvne_cli.demo.shop import line_of
from mvne_cli.demo.stage import MONTH, YEAR, Stage

ROAMING = "0.15"
OWN, ASTERISK = "mvne-csv", "asterisk"
# Of what was delivered once already, this day's file is delivered again.
REPEATED_DAY = 2


def folder(data: Path, brand: str, form: str) -> Path:
    """Where the kept copies of a brand's delivered files lie."""
    return data / "demo" / "delivered" / brand / form


def delivered(data: Path, brand: str) -> list[Delivered]:
    """Every file that was handed to a brand, by its kept copy."""
    return [
        Delivered(path, form) for form in (OWN, ASTERISK) for path in sorted(folder(data, brand, form).glob("[!.]*"))
    ]


def make(stage: Stage, people: Iterable[Character], first_day: int, last_day: int) -> list[Path]:
    """The files of some UTC days, of everybody who is in service by then; the same for the same people and days."""
    last_day = min(last_day, stage.cast.size.days)
    if last_day < first_day:
        return []
    workshop = stage.data / "demo" / "traffic" / f"{stage.brand}-{first_day:02}"
    workshop.mkdir(parents=True, exist_ok=True)
    subscribers = workshop / "subscribers.json"
    subscribers.write_text(json.dumps([_subscriber(line_of(stage, one)) for one in people]), encoding="utf-8")
    begin, end = datetime(YEAR, MONTH, first_day, tzinfo=UTC), _after(last_day)
    arguments = [
        *("--subscribers", str(subscribers), "--from", begin.isoformat(), "--to", end.isoformat()),
        *("--seed", str(stage.cast.seed), "--zone", stage.zone, "--name", stage.brand),
        *("--per-day", str(stage.cast.size.events_per_day), "--roaming", ROAMING),
        *("--out", str(workshop / "files"), "--manifest", str(workshop / "manifest.json")),
    ]
    _simulate(stage, "traffic", arguments)
    return sorted((workshop / "files").glob("*.csv"))


def make_asterisk_day(stage: Stage, people: Sequence[Character], day: int) -> Path:
    """The real calls of a PBX, lent to some subscribers, from a day of the month on."""
    workshop = stage.data / "demo" / "traffic" / f"{stage.brand}-asterisk"
    workshop.mkdir(parents=True, exist_ok=True)
    callers, out = workshop / "callers.json", workshop / f"Master-{stage.brand}.csv"
    callers.write_text(json.dumps([line_of(stage, one)["msisdn"] for one in people]), encoding="utf-8")
    first = date(YEAR, MONTH, day).isoformat()
    _simulate(stage, "asterisk-day", ["--callers", str(callers), "--from", first, "--out", str(out)])
    return out


def drop(stage: Stage, files: Iterable[Path], form: str) -> None:
    """Put files into the brand's inbox, each whole or not at all, and keep a copy."""
    inbox = stage.data / "inbox" / stage.brand / form
    inbox.mkdir(parents=True, exist_ok=True)
    for file in files:
        if f"delivered {file.name}" in stage.journal:
            continue
        _keep(stage, file, form)
        _appear(file, inbox / file.name)
        stage.journal.note(f"delivered {file.name}", form)


def drop_again(stage: Stage) -> None:
    """Deliver one day's file a second time under another name: the platform must know it by its bytes."""
    kept = folder(stage.data, stage.brand, OWN) / f"{stage.brand}-{date(YEAR, MONTH, REPEATED_DAY):%Y%m%d}.csv"
    if kept.exists() and "delivered twice" not in stage.journal:
        inbox = stage.data / "inbox" / stage.brand / OWN
        _appear(kept, inbox / f"again-{kept.name}")
        stage.journal.note("delivered twice", kept.name)


def upload(stage: Stage, file: Path) -> None:
    """Hand a file in over HTTP, as back office would."""
    if f"delivered {file.name}" in stage.journal:
        return
    _keep(stage, file, OWN)
    answer = stage.console.upload("/usage-files", file, name=file.name, format=OWN)
    stage.journal.note(f"delivered {file.name}", answer["state"])


def await_loaded(stage: Stage) -> None:
    """Wait until the platform has answered every row of every file it was given."""
    wanted = {path.path.name for path in delivered(stage.data, stage.brand)}
    until(stage.stop, lambda: wanted <= _loaded(stage), what="the end of loading", patience_seconds=300)


_FILES = """query Files($after: String) {
  usageFiles(first: 100, after: $after) { nodes { name state rejection } pageInfo { hasNextPage endCursor } }
}"""


def _loaded(stage: Stage) -> set[str]:
    names: set[str] = set()
    after: str | None = None
    while True:
        page: dict[str, Any] = stage.console.ask(_FILES, after=after)["usageFiles"]
        for file in page["nodes"]:
            if file["state"] == "REJECTED":
                raise Refused(f"The file {file['name']} was rejected: {file['rejection']}")
            if file["state"] == "LOADED":
                names.add(file["name"])
        if not page["pageInfo"]["hasNextPage"]:
            return names
        after = page["pageInfo"]["endCursor"]


def _subscriber(line: dict[str, Any]) -> dict[str, str]:
    return {"msisdn": line["msisdn"], "imsi": line["imsi"], "active_from": line["activatedAt"]}


def _after(day: int) -> datetime:
    return datetime.fromordinal(date(YEAR, MONTH, day).toordinal() + 1).replace(tzinfo=UTC)


def _simulate(stage: Stage, command: str, arguments: list[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "mvne_simulators", command, *arguments], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise Refused(f"{stage.brand}: the simulator '{command}' failed: {finished.stderr.strip()[-400:]}")


def _keep(stage: Stage, file: Path, form: str) -> None:
    target = folder(stage.data, stage.brand, form) / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    _appear(file, target)


def _appear(source: Path, target: Path) -> None:
    unfinished = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)
