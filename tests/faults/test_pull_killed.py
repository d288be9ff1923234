"""Pulls over SFTP killed with SIGKILL: in the middle of a file, and at each point that a job passes.

Whoever is killed when, each file is stored once, whole, promised to be rated once, and then gone from the server; and a
download that broke off goes on where it was.
"""

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncssh
import pytest
from sqlalchemy import select, update

from mvne_platform.mediation import sources
from mvne_platform.mediation.adapters.parts import PIECE
from mvne_platform.mediation.models import ItemState, UsageFile, UsageItem, UsageSource
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import brand_work, settings
from mvne_platform.runtime.models import FactRow, JobRow
from mvne_workers import runner
from mvne_workers.faults import STEPS
from tests.contracts.sftp_server import PASSWORD, Server, serving
from tests.plugins.database import Database

BRAND = "testbrand"
HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
# Of the points that jobs pass, those of one that talks to the world; the first passage is the pull's, the second that
# of the tidying after it.
POINTS = [point for point in STEPS if point.startswith(("outside.", "job.committed"))]
PASSAGES = 2
MID_FILE = 5
LARGE = 4 * PIECE
SEED = 20261125
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.test_pull_killed"])


def work(environment: dict[str, str]) -> None:
    """A worker's life: pull, then tidy up, until nothing is left or until it is killed."""
    os.environ.clear()
    os.environ.update(environment)
    while (job_id := _oldest_job()) is not None:
        runner.run_job(BRAND, job_id)


def _oldest_job() -> UUID | None:
    with brand_work(BRAND) as ctx:
        return ctx.db.scalar(select(JobRow.id).order_by(JobRow.id).limit(1))


@dataclass(slots=True)
class _Served:
    """How many bytes of files the server has given away."""

    count: int = 0


class _Slow(asyncssh.SFTPServer):
    """Takes its time over every piece, and counts."""

    served = _Served()

    def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        time.sleep(0.15)
        piece = super().read(file_obj, offset, size)
        assert isinstance(piece, bytes)
        self.served.count += len(piece)
        return piece


def _served_in_the_end() -> int:
    """What has been given away once the requests of a dead worker are answered."""
    count = -1
    while count != _Slow.served.count:
        count = _Slow.served.count
        time.sleep(0.5)
    return count


@dataclass
class Trial:
    """One source with three files waiting, one of them large."""

    server: Server
    number: int
    chance: random.Random
    content: dict[str, bytes] = field(default_factory=dict)

    def open(self) -> None:
        """Lay the files, and promise the pull."""
        padding = bytes(self.chance.randrange(97, 123) for _ in range(1_000))
        for name, size in (("a", 100), ("b", LARGE), ("c", 10_000)):
            line = b"%s-%d,voice_out," % (name.encode(), self.number) + padding + b"\n"
            self.content[f"{name}-{self.number}.csv"] = HEADER.encode() + b"\n" + line * (1 + size // len(line))
        for name, what in self.content.items():
            self.server.put(name, what)
        draft = SourceDraft(
            f"host-{self.number}",
            "The host",
            "host",
            SourceKind.SFTP,
            "mvne-csv",
            self.server.settings(after_pull="delete"),
        )
        with brand_work(BRAND) as ctx:
            source = sources.create_source(ctx, draft, secret=PASSWORD)
            sources.pull_now(ctx, source.id)

    def start(self, **armed: str) -> BaseProcess:
        """Start a worker."""
        process = processes.Process(target=work, args=(dict(os.environ) | armed,))
        process.start()
        return process

    def kill_mid_file(self) -> bool:
        """Kill a worker while the large file is coming; what it has is gone on with."""
        worker = self.start()
        until = time.monotonic() + 30
        while time.monotonic() < until and self._coming() < PIECE:
            time.sleep(0.002)
        time.sleep(self.chance.uniform(0, 0.2))
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join(30)
        there, before = self._coming(), _served_in_the_end()
        self.finish()
        if not PIECE <= there < len(self.content[f"b-{self.number}.csv"]):
            return False
        # The small file that came before lies whole in the folder of parts; of the large one the rest is asked for.
        rest = sum(map(len, self.content.values())) - there
        assert _Slow.served.count - before <= rest
        return True

    def kill_at(self, point: str, passage: int) -> bool:
        """Let a worker die at a point."""
        worker = self.start(MVNE_FAULT_STEP=point, MVNE_FAULT_AFTER=str(passage))
        worker.join(60)
        self.finish()
        return worker.exitcode == -signal.SIGKILL

    def finish(self) -> None:
        """What a scheduler does after a death: leases end, and another worker takes over."""
        with brand_work(BRAND) as ctx:
            ctx.db.execute(update(JobRow).values(leased_until=None))
        worker = self.start()
        worker.join(60)
        assert worker.exitcode == 0

    def check(self) -> None:
        """Every file is here once and no longer there."""
        with brand_work(BRAND) as ctx:
            source = ctx.db.scalars(select(UsageSource).where(UsageSource.code == f"host-{self.number}")).one()
            files = ctx.db.scalars(select(UsageFile).where(UsageFile.source_id == source.id)).all()
            items = ctx.db.scalars(select(UsageItem).where(UsageItem.source_id == source.id)).all()
            ready = ctx.db.scalars(select(FactRow).where(FactRow.kind == "UsageFileReady")).all()
            assert ctx.db.scalar(select(JobRow)) is None
        digests = {name: hashlib.sha256(what).hexdigest() for name, what in self.content.items()}
        assert {file.name: file.digest for file in files} == digests
        assert [(settings().data / file.stored_as).stat().st_size for file in files] == [f.size_bytes for f in files]
        assert len(files) == len(items) == sum(fact.payload["source_id"] == str(source.id) for fact in ready)
        assert {(item.state, item.tidy_pending, item.tidy_error) for item in items} == {(ItemState.TAKEN, False, None)}
        assert list((self.server.root / "out").iterdir()) == []
        assert list(self._parts.glob("*")) == []

    @property
    def _parts(self) -> Path:
        with brand_work(BRAND) as ctx:
            source = sources.source_by_code(ctx, f"host-{self.number}")
        return settings().data / "pulls" / BRAND / str(source.id)

    def _coming(self) -> int:
        """How much of the large file is here."""
        return max((path.stat().st_size for path in self._parts.glob("*.part")), default=0)


@pytest.mark.fault
def test_files_are_taken_once_and_whole_whoever_is_killed_when(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # the same trials in every run
    plans = [(point, passage) for point in POINTS for passage in range(1, PASSAGES + 1)]
    plans += [("mid file", number) for number in range(MID_FILE)]
    hits: Counter[str] = Counter()
    root = tmp_path / "server"
    with serving(root, sftp=lambda channel: _Slow(channel, chroot=str(root).encode())) as server:
        for number, (point, passage) in enumerate(plans):
            trial = Trial(server, number, chance)
            trial.open()
            hits[point] += trial.kill_mid_file() if point == "mid file" else trial.kill_at(point, passage)
            trial.check()
    with capsys.disabled():
        shown = ", ".join(f"{point} {hits[point]}×" for point in dict.fromkeys(point for point, _ in plans))
        sys.stdout.write(f"\n{len(plans)} pulls, killed at: {shown}\n")
    assert hits == {**dict.fromkeys(POINTS, PASSAGES), "mid file": MID_FILE}
