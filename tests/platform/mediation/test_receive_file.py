"""Receiving usage files."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import BinaryIO

import pytest
from sqlalchemy import text

from mvne_platform import mediation
from mvne_platform.kernel import DomainError, uuid7
from mvne_platform.mediation import FileState, UsageFile, storage
from mvne_platform.mediation.queries import rows_of, settings_of
from mvne_platform.runtime import Actor, ActorKind, Context, brand_work, settings
from mvne_platform.runtime.context import PermissionMissing
from tests.plugins.database import Database

HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
CONTENT = f"{HEADER}\nr1,voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,\n".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def send(ctx: Context, tmp_path: Path) -> Callable[..., UsageFile]:
    """Receives a file with some content."""

    def send_it(content: bytes = CONTENT, name: str = "usage.csv", format_name: str = "mvne-csv") -> UsageFile:
        path = tmp_path / uuid7().hex
        path.write_bytes(content)
        return mediation.receive_file(ctx, name=name, format=format_name, content_path=path)

    return send_it


def files(ctx: Context) -> int:
    return ctx.db.scalar(text("SELECT count(*) FROM usage_file")) or 0


def test_a_file_is_kept_under_the_digest_of_its_bytes(ctx: Context, send: Callable[..., UsageFile]) -> None:
    file = send()
    assert (file.state, file.digest, file.size_bytes, file.already) == (FileState.RECEIVED, DIGEST, len(CONTENT), False)
    assert (file.stored_as, file.received_at, file.rows_done) == (f"usage/testbrand/{DIGEST}", ctx.now, 0)
    stored = settings().data / file.stored_as
    assert stored.read_bytes() == CONTENT
    assert not list(stored.parent.glob(".*.part"))
    assert len(list(rows_of(ctx, file))) == 1


def test_the_same_bytes_again_are_the_same_file(ctx: Context, send: Callable[..., UsageFile]) -> None:
    first = send()
    again = send(name="another name.csv", format_name="mvne-csv")
    assert (again.id, again.already, again.name) == (first.id, True, "usage.csv")
    assert files(ctx) == 1


def test_a_header_fault_rejects_the_file_by_name_and_says_what_to_do(
    ctx: Context, send: Callable[..., UsageFile]
) -> None:
    file = send(b"caller,called\n1,2\n", name="calls.csv")
    assert file.state is FileState.REJECTED
    assert file.rejection == (
        "'calls.csv' was not loaded as mvne-csv. The header lacks record_id, service, subscriber, imsi, other_party, "
        f"start, duration_s, bytes, count, visited_network, answered, cause. The first line must read {HEADER}"
    )
    assert send(b"caller,called\n1,2\n").already


def test_a_record_where_the_header_should_be_is_not_told_with_its_numbers(
    ctx: Context, send: Callable[..., UsageFile]
) -> None:
    file = send(CONTENT.split(b"\n")[1] + b"\n")
    assert file.rejection is not None
    assert "r1, voice_out, +4520000xxx" not in file.rejection  # it names what is missing first
    file = send(CONTENT.split(b"\n")[0] + b",+4520000001\n")
    assert file.rejection is not None
    assert "The header has +4520000xxx." in file.rejection
    (step,) = mediation.quarantine_history(ctx, file.id)
    assert "+4520000001" not in step.why


def test_a_file_sent_under_the_wrong_format_may_be_sent_again_under_the_right_one(
    ctx: Context, send: Callable[..., UsageFile]
) -> None:
    wrong = send(format_name="asterisk")
    assert wrong.rejection == (
        "'usage.csv' was not loaded as asterisk. The first line has 12 columns; Asterisk's Master.csv has 18 and no "
        "header. Name the right format, or send the file that cdr_csv wrote."
    )
    right = send()
    assert (right.id, right.state, right.rejection, right.format) == (wrong.id, FileState.RECEIVED, None, "mvne-csv")
    assert not right.already
    assert send(format_name="asterisk").state is FileState.RECEIVED
    assert files(ctx) == 1


@pytest.mark.parametrize(
    ("name", "format_name", "code", "field"),
    [
        ("usage.csv", "tap3", "UNKNOWN_FORMAT", "format"),
        ("", "mvne-csv", "BAD_FILE", "name"),
        ("a/..", "mvne-csv", "BAD_FILE", "name"),
        ("x" * 256, "mvne-csv", "BAD_FILE", "name"),
        ("new\nline.csv", "mvne-csv", "BAD_FILE", "name"),
    ],
)
def test_what_cannot_be_received_is_refused(
    ctx: Context, send: Callable[..., UsageFile], name: str, format_name: str, code: str, field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        send(name=name, format_name=format_name)
    assert (refusal.value.code, refusal.value.field) == (code, (field,))
    assert files(ctx) == 0


def test_only_the_last_part_of_a_path_is_the_files_name(send: Callable[..., UsageFile]) -> None:
    assert send(name="C:\\cdr\\..\\monday.csv").name == "monday.csv"


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    ctx: Context, send: Callable[..., UsageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MAX_FILE_BYTES", 100)
    before = set((settings().data / "usage").rglob("*"))
    with pytest.raises(mediation.BadFile, match=r"larger than 100 bytes; send it in parts\."):
        send(CONTENT * 2)
    assert files(ctx) == 0
    assert set((settings().data / "usage").rglob("*")) - before <= {settings().data / "usage" / "testbrand"}


def test_a_full_disk_leaves_nothing_half_written(
    ctx: Context, send: Callable[..., UsageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    content = CONTENT.replace(b"r1", b"r2")
    with pytest.raises(OSError, match="No space left"):
        send(content)
    assert files(ctx) == 0
    folder = settings().data / "usage" / "testbrand"
    assert not (folder / hashlib.sha256(content).hexdigest()).exists()
    assert not list(folder.glob(".*.part"))


def test_what_a_killed_copy_left_is_swept_after_a_day(ctx: Context, send: Callable[..., UsageFile]) -> None:
    folder = (settings().data / send().stored_as).parent
    old, young = folder / ".old.part", folder / ".young.part"
    for partial in (old, young):
        partial.write_text("half")
    os.utime(old, (0, 0))
    send()
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


def test_a_lost_file_is_named_and_restored_by_receiving_it_again(ctx: Context, send: Callable[..., UsageFile]) -> None:
    file = send()
    (settings().data / file.stored_as).unlink()
    with pytest.raises(mediation.StoredFileMissing, match="receive the same file again to restore it"):
        rows_of(ctx, file)
    assert send().already
    assert len(list(rows_of(ctx, file))) == 1


def test_receiving_needs_its_permission(ctx: Context, send: Callable[..., UsageFile]) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"usage.read"}))
    with pytest.raises(PermissionMissing, match=r"usage\.load"):
        send()
    assert files(ctx) == 0


def test_each_brand_has_its_own_files(ctx: Context, other_ctx: Context, tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes(CONTENT)
    ours, theirs = (
        mediation.receive_file(one, name="usage.csv", format="mvne-csv", content_path=path) for one in (ctx, other_ctx)
    )
    assert (theirs.already, theirs.stored_as) == (False, f"usage/otherbrand/{DIGEST}")
    with pytest.raises(mediation.UnknownFile):
        mediation.usage_file(ctx, theirs.id)
    assert [file.id for file in mediation.usage_files(ctx)] == [ours.id]


def test_a_format_reads_the_brands_settings(ctx: Context) -> None:
    assert settings_of(ctx, "asterisk") == mediation.FormatSettings("US", "America/New_York")
    assert settings_of(ctx, "mvne-csv") == mediation.FormatSettings("DK", "Europe/Copenhagen")


def test_files_are_listed_newest_first_by_state(ctx: Context, send: Callable[..., UsageFile]) -> None:
    sent = [send(CONTENT.replace(b"r1", b"r%d" % number)) for number in range(3)] + [send(b"?")]
    assert [file.id for file in mediation.usage_files(ctx)] == [file.id for file in reversed(sent)]
    assert [file.id for file in mediation.usage_files(ctx, first=2, before=sent[2].id)] == [sent[1].id, sent[0].id]
    assert [file.id for file in mediation.usage_files(ctx, state=FileState.REJECTED)] == [sent[3].id]


def test_the_same_file_received_by_many_at_once_is_one(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes(CONTENT)
    begun = Barrier(6)

    def receive(_: int) -> tuple[object, bool]:
        with brand_work("testbrand") as ctx:
            begun.wait()
            file = mediation.receive_file(ctx, name="usage.csv", format="mvne-csv", content_path=path)
            return file.id, file.already

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(receive, range(6)))
    assert len({file_id for file_id, _ in answers}) == 1
    assert sorted(already for _, already in answers) == [False] + [True] * 5
    with brand_work("testbrand") as ctx:
        assert files(ctx) == 1
