"""Files that are missing by their numbers, and files that are late; what fills a place, and who is told."""

import gzip
import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from mvne_platform import mediation
from mvne_platform.charging import jobs as charging_jobs
from mvne_platform.kernel import DomainError
from mvne_platform.mediation import FileState, jobs, sources
from mvne_platform.mediation.events import UsageSourceOverdue
from mvne_platform.mediation.models import UsageFile, UsageSource
from mvne_platform.mediation.sources import SourceKind, lateness
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import TimerRow
from tests.platform.mediation.laid import HEADER, content, draft, facts, names


def upload(ctx: Context, tmp_path: Path, name: str) -> UsageFile:
    path = tmp_path / "in"
    path.write_bytes(content(name))
    (file,) = sources.take_files(ctx, "host", name=name, content_path=path)
    return file


def gaps(ctx: Context) -> list[tuple[str, int, int]]:
    (source,) = sources.usage_sources(ctx)
    return [(gap.series, gap.first, gap.last) for gap in sources.gaps(ctx, source)]


def by_number(ctx: Context, pattern: str) -> UsageSource:
    return sources.create_source(
        ctx, draft(kind=SourceKind.UPLOAD, settings={}, schedule=None, sequence_pattern=pattern)
    )


def test_a_gap_is_noticed_when_the_next_file_comes_and_filled_by_the_late_one(ctx: Context, tmp_path: Path) -> None:
    by_number(ctx, "CDR_{number}.csv")
    for number in (7, 8, 12):
        upload(ctx, tmp_path, f"CDR_{number:05}.csv")
    assert gaps(ctx) == [("", 9, 11)]
    assert next(fact for fact in ctx.facts if fact.kind == "UsageSequenceGap").to_payload() | {"file_id": ""} == {
        "source_id": str(sources.usage_sources(ctx)[0].id), "series": "", "first": 9, "last": 11, "file_id": "",
    }  # fmt: skip
    upload(ctx, tmp_path, "CDR_00010.csv")
    assert gaps(ctx) == [("", 11, 11), ("", 9, 9)]
    upload(ctx, tmp_path, "something else.csv")
    assert facts(ctx).count("UsageSequenceGap") == 1


def test_every_day_begins_anew(ctx: Context, tmp_path: Path) -> None:
    by_number(ctx, "{series}-{number:1-999}.csv")
    for name in ("20261001-001.csv", "20261001-003.csv", "20261002-002.csv", "20261003-001.csv"):
        upload(ctx, tmp_path, name)
    assert gaps(ctx) == [("20261002", 1, 1), ("20261001", 2, 2)]


def test_a_number_that_runs_out_begins_anew(ctx: Context, tmp_path: Path) -> None:
    by_number(ctx, "{number:0-99}.csv")
    for number in (97, 98, 1, 2):
        upload(ctx, tmp_path, f"{number:02}.csv")
    assert gaps(ctx) == [("", 99, 0)]
    upload(ctx, tmp_path, "99.csv")
    upload(ctx, tmp_path, "00.csv")
    assert gaps(ctx) == []


def test_numbers_that_will_never_come_are_waived_with_a_reason(ctx: Context, tmp_path: Path) -> None:
    source = by_number(ctx, "{number}.csv")
    upload(ctx, tmp_path, "1.csv")
    upload(ctx, tmp_path, "5.csv")
    with pytest.raises(DomainError) as refusal:
        sources.waive_gap(ctx, source.id, series="", first=2, last=3, why="No traffic.")
    assert refusal.value.code == "UNKNOWN_GAP"
    with pytest.raises(DomainError) as refusal:
        sources.waive_gap(ctx, source.id, series="", first=2, last=4, why=" ")
    assert refusal.value.code == "WHY_MISSING"
    assert gaps(ctx) == [("", 2, 4)]
    sources.waive_gap(ctx, source.id, series="", first=2, last=4, why="The host's switch was down.")
    assert gaps(ctx) == []


EMPTY = f"{HEADER}\n".encode()


def bring(ctx: Context, tmp_path: Path, name: str, what: bytes) -> list[UsageFile]:
    path = tmp_path / "in"
    path.write_bytes(what)
    return sources.take_files(ctx, "host", name=name, content_path=path)


def test_files_of_the_same_bytes_each_fill_the_place_of_their_number(ctx: Context, tmp_path: Path) -> None:
    """Hours without a call: files that differ in nothing but the name."""
    source = by_number(ctx, "CDR_{number}.csv")
    for name in ("CDR_1.csv", "CDR_2.csv", "CDR_3.csv", "CDR_2.csv"):
        bring(ctx, tmp_path, name, EMPTY)
    bring(ctx, tmp_path, "CDR_4.csv", content("a"))
    assert gaps(ctx) == []
    assert (names(ctx), facts(ctx).count("UsageSequenceGap")) == (["CDR_1.csv", "CDR_4.csv"], 0)
    told = ctx.db.scalars(text("SELECT why FROM usage_gap_waiver ORDER BY first")).all()
    assert told == [f"'CDR_{number}.csv' came with the same bytes as 'CDR_1.csv'." for number in (2, 3)]
    bring(ctx, tmp_path, "CDR_7.csv.gz", gzip.compress(EMPTY))
    assert gaps(ctx) == [("", 5, 6)]
    assert facts(ctx)[-1] == "UsageSequenceGap"
    assert source.last_file_at == ctx.now


def test_twins_in_an_archive_are_one_file_that_is_rated(ctx: Context, tmp_path: Path) -> None:
    source = by_number(ctx, "{number}.csv")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in (1, 2):
            archive.writestr(f"{number}.csv", content("a"))
    (file,) = bring(ctx, tmp_path, "both.zip", buffer.getvalue())
    assert (file.name, file.source_id, file.already, file.sequence) == ("1.csv", source.id, False, 1)
    assert facts(ctx) == ["UsageFileReady"]
    upload(ctx, tmp_path, "3.csv")
    assert gaps(ctx) == []
    (again,) = bring(ctx, tmp_path, "both.zip", buffer.getvalue())
    assert (again.id, again.already) == (file.id, True)


def test_a_file_with_a_wrong_trailer_has_its_number_all_the_same(ctx: Context, tmp_path: Path) -> None:
    """Numbers that stand in headers: the file comes into quarantine, and is not missing besides."""
    described = {
        "title": "Numbered", "kind": "delimited", "header_rows": 1, "footer_rows": 1,
        "columns": ["id", "a", "b", "start", "seconds"],
        "fields": {
            "service": {"constant": "voice_out"}, "start": {"column": "start"}, "msisdn": {"column": "a"},
            "other_party": {"column": "b"}, "duration": {"column": "seconds"},
        },
        "natural_key": ["id"],
        "sequence": {"place": "header", "column": 1},
        "declared_records": {"place": "trailer", "column": 1},
    }  # fmt: skip
    mediation.describe_format(ctx, "numbered", described)
    sources.create_source(ctx, draft(kind=SourceKind.UPLOAD, settings={}, schedule=None, format="numbered"))
    for number, declared in ((1, "1"), (2, "9"), (3, "x"), (4, "1")):
        record = f"r{number},+4520000001,+4530000002,2026-10-05T10:00:00Z,61"
        bring(ctx, tmp_path, f"{number}.csv", f"{number}\n{record}\n{declared}\n".encode())
    states = {file.sequence: file.state for file in mediation.usage_files(ctx)}
    assert states == {
        1: FileState.RECEIVED, 2: FileState.REJECTED, 3: FileState.REJECTED, 4: FileState.RECEIVED,
    }  # fmt: skip
    assert gaps(ctx) == []


@pytest.mark.parametrize("smallest", [0, 1 << 40], ids=["as columns", "by rows"])
def test_a_file_that_a_new_description_cannot_read_goes_into_quarantine(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest: int
) -> None:
    described: dict[str, Any] = {
        "title": "By its header", "kind": "delimited", "header_rows": 1, "columns": "header",
        "fields": {
            "service": {"constant": "voice_out"}, "start": {"column": "start"}, "msisdn": {"column": "a"},
            "other_party": {"column": "b"}, "duration": {"column": "seconds"},
        },
        "natural_key": ["id"],
    }  # fmt: skip
    mediation.describe_format(ctx, "changing", described)
    path = tmp_path / "in"
    path.write_text("id,a,b,start,seconds\nr1,+4520000001,+4530000002,2026-10-05T10:00:00Z,61\n")
    file = mediation.receive_file(ctx, name="a.csv", format="changing", content_path=path)
    mediation.describe_format(ctx, "changing", described | {"natural_key": ["record"]})
    monkeypatch.setattr(charging_jobs, "COLUMNS_FROM_BYTES", smallest)
    with charging_jobs.load_chunk.begin(file_id=str(file.id)) as step:
        assert step(ctx)
    assert (file.state, file.rejection_code) == (FileState.REJECTED, "WRONG_FORMAT")
    assert "The header lacks record" in str(file.rejection)
    mediation.describe_format(ctx, "changing", described)
    mediation.retry_file(ctx, file.id, format=None, why="It was described wrongly.")
    assert file.state is FileState.RECEIVED


def watches(ctx: Context) -> list[datetime]:
    mine = select(TimerRow.due_at).where(TimerRow.job == jobs.watch_source.name)
    return list(ctx.db.scalars(mine.order_by(TimerRow.due_at)))


def fire(ctx: Context, source: UsageSource) -> None:
    """The timer is due: it goes, and its job runs."""
    (due,) = watches(ctx)
    ctx.now = due
    ctx.db.execute(delete(TimerRow).where(TimerRow.job == jobs.watch_source.name))
    lateness.look(ctx, str(source.id))


def test_lateness_is_told_once_until_the_next_file_comes(ctx: Context, tmp_path: Path) -> None:
    source = sources.create_source(ctx, draft(kind=SourceKind.UPLOAD, settings={}, schedule=None, expected_minutes=60))
    began, hour = ctx.now, timedelta(minutes=60, seconds=1)
    assert watches(ctx) == [began + hour]
    ctx.now += timedelta(minutes=30)
    for name in ("a.csv", "b.csv"):  # one timer is enough, however many files come
        upload(ctx, tmp_path, name)
    assert watches(ctx) == [began + hour]
    fire(ctx, source)
    assert ("UsageSourceOverdue" in facts(ctx), watches(ctx)) == (False, [began + timedelta(minutes=30) + hour])
    fire(ctx, source)
    assert ctx.facts[-1] == UsageSourceOverdue(source.id, 60, began + timedelta(minutes=30))
    assert watches(ctx) == []
    upload(ctx, tmp_path, "c.csv")
    assert watches(ctx) == [ctx.now + hour]
    assert facts(ctx).count("UsageSourceOverdue") == 1


def test_who_expects_files_sooner_is_told_sooner_and_nobody_of_a_paused_source(ctx: Context) -> None:
    kept: dict[str, Any] = {"kind": SourceKind.UPLOAD, "settings": {}, "schedule": None}
    source = sources.create_source(ctx, draft(**kept))
    assert watches(ctx) == []
    for minutes in (60, 10, None, 20):
        sources.change_source(ctx, source.id, draft(**kept, expected_minutes=minutes))
        expected = [] if minutes is None else [ctx.now + timedelta(minutes=minutes, seconds=1)]
        assert watches(ctx) == expected
    sources.pause_source(ctx, source.id)
    fire(ctx, source)
    assert (watches(ctx), "UsageSourceOverdue" in facts(ctx)) == ([], False)
    sources.resume_source(ctx, source.id)
    fire(ctx, source)
    assert facts(ctx)[-1] == "UsageSourceOverdue"


def test_a_source_is_overdue_when_nothing_came_in_time(ctx: Context, tmp_path: Path) -> None:
    source = sources.create_source(ctx, draft(kind=SourceKind.UPLOAD, settings={}, schedule=None, expected_minutes=60))
    assert not sources.overdue(ctx, source)
    ctx.now += timedelta(minutes=61)
    assert sources.overdue(ctx, source)
    upload(ctx, tmp_path, "a.csv")
    assert not sources.overdue(ctx, source)
    ctx.now += timedelta(minutes=61)
    sources.pause_source(ctx, source.id)
    assert not sources.overdue(ctx, source)
