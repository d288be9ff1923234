"""Pulling a source: what is new there is fetched without a database, then taken in one short transaction.

One chain of timers: each promise of a pull has a number, and only the latest promise, or the retry of the pull that is
under way, does anything. What was seen (name, size, time of change) is taken once, whoever sees it how often.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from mvne_platform.kernel import DomainError, uuid7
from mvne_platform.mediation.adapters import (
    FETCHERS,
    Deed,
    Fetched,
    Limits,
    Place,
    Refused,
    Seen,
    SourceTrouble,
    Trouble,
)
from mvne_platform.mediation.events import UsagePullFailed
from mvne_platform.mediation.models import FileState, ItemState, SourceKind, UsageItem, UsageSource
from mvne_platform.mediation.source_settings import FETCHED
from mvne_platform.mediation.sources import intake, queries
from mvne_platform.mediation.sources.places import deed_for, place_of
from mvne_platform.mediation.sources.schedule import next_pull, read_schedule, retry_at
from mvne_platform.mediation.sources.tidying import tidy
from mvne_platform.runtime import Context, OutsideJob, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.telemetry import METRICS

PULLS = Counter("mvne_usage_pulls", "Pulls of usage sources.", ["outcome"], registry=METRICS)
# Longer than a pull may take (Limits.seconds): two pulls at once would fetch the same files.
LEASE = timedelta(minutes=10)
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull: where, and what is known from there already."""

    source_id: UUID
    number: int
    kind: SourceKind
    place: Place
    known: frozenset[Seen]
    into: Path


def promise_next(ctx: Context, source: UsageSource, *, no_later_than: datetime | None = None) -> None:
    """Set the timer of the next pull, in place of every earlier promise. The caller has locked the source."""
    due = _due(ctx, source)
    if no_later_than is not None:
        due = min(due, no_later_than) if due is not None else no_later_than
    source.schedule_number += 1
    source.next_pull_at = due
    if due is not None:
        ctx.at(due, pull, source_id=str(source.id), number=source.schedule_number)


def prepare(ctx: Context, source_id: str, number: int) -> Pull | None:
    """Begin a pull; None for an old promise, a paused source, or while another pull is under way."""
    source = queries.source_for_update(ctx, UUID(source_id))
    is_retry = source.pull_number == number
    if source.paused or source.kind not in FETCHED or (number != source.schedule_number and not is_retry):
        return None
    if not is_retry:
        promise_next(ctx, source)
        if source.pull_until is not None and source.pull_until > system_now():
            return None
    source.pull_number, source.pull_until = number, system_now() + LEASE
    return Pull(
        source.id,
        number,
        source.kind,
        place_of(ctx, source),
        known_items(ctx, source.id),
        settings().data / "pulls" / ctx.brand.slug / str(source.id),
    )


def perform(prepared: Pull) -> Fetched:
    """Fetch what is new. Trouble is an answer too: it is shown, and the next pull tries again."""
    try:
        return FETCHERS[prepared.kind].fetch(prepared.place, prepared.known, prepared.into, LIMITS)
    except SourceTrouble as trouble:
        return Fetched(trouble=trouble)


def record(ctx: Context, prepared: Pull, fetched: Fetched) -> None:
    """Take what came, note what did not, and promise what follows."""
    source = queries.source_for_update(ctx, prepared.source_id)
    for seen, path in fetched.files:
        _take(ctx, source, seen, path)
    for refused in fetched.refused:
        _entered(ctx, source, refused.seen, refused)
    ctx.db.flush()
    if source.pull_number == prepared.number:
        source.pull_number = source.pull_until = None
    source.pulled_at = ctx.now
    _note_end(ctx, source, fetched)
    if _leaves_something_to_tidy(ctx, source):
        ctx.later(tidy, source_id=str(source.id))


def give_up(ctx: Context, prepared: Pull, error: Exception) -> None:
    """End a pull that could not be done at all; what the error said may be the other side's words, and is not kept."""
    del error
    record(ctx, prepared, Fetched(trouble=SourceTrouble(Trouble.BROKE_OFF, "The pull could not be done.")))


pull = OutsideJob("mediation.pull_source", "rating", prepare, perform, record, give_up, lease=LEASE)


def known_items(ctx: Context, source_id: UUID) -> frozenset[Seen]:
    """What has been dealt with."""
    statement = select(UsageItem.name, UsageItem.size_bytes, UsageItem.modified_ns)
    dealt_with = (UsageItem.source_id == source_id, UsageItem.state != ItemState.WANTED)
    return frozenset(Seen(*row) for row in ctx.db.execute(statement.where(*dealt_with)))


def _due(ctx: Context, source: UsageSource) -> datetime | None:
    if source.paused or source.schedule is None:
        return None
    return next_pull(
        read_schedule(source.schedule), ctx.now, ctx.brand.time_zone, sandbox=ctx.brand.clock_at is not None
    )


def _take(ctx: Context, source: UsageSource, seen: Seen, path: Path) -> None:
    """Enter one fetched file; one that another pull entered meanwhile is left alone."""
    item = _entered(ctx, source, seen, None)
    if item is not None:
        try:
            with ctx.db.begin_nested():
                files = intake.enter(ctx, source, name=seen.name, content_path=path)
        except DomainError as refusal:
            item.state, item.code, item.why, item.tidy_pending = ItemState.REFUSED, refusal.code, refusal.message, False
        else:
            # Of an archive, the file that cannot be read decides what is done with it there.
            first = next((file for file in files if file.state is FileState.REJECTED), files[0])
            item.file_id = first.id
            item.tidy_pending = deed_for(source, first)[0] is not Deed.LEAVE
    # Should the transaction fail after this, the file is fetched again: the other side still has it.
    path.unlink(missing_ok=True)


def _entered(ctx: Context, source: UsageSource, seen: Seen, refused: Refused | None) -> UsageItem | None:
    """The item of what was seen, new or wanted again; None for one that has been dealt with."""
    values = {
        "state": ItemState.REFUSED if refused else ItemState.TAKEN,
        "code": refused and refused.code,
        "why": refused and refused.why,
        "seen_at": ctx.now,
        "tidy_pending": refused is not None and source.settings.get("quarantine_folder") is not None,
    }
    row = insert(UsageItem).values(id=uuid7(), source_id=source.id, **seen._asdict(), **values)
    key = [UsageItem.source_id, UsageItem.name, UsageItem.size_bytes, UsageItem.modified_ns]
    again = row.on_conflict_do_update(index_elements=key, set_=values, where=UsageItem.state == ItemState.WANTED)
    return ctx.db.scalar(again.returning(UsageItem), execution_options={"populate_existing": True})


def _note_end(ctx: Context, source: UsageSource, fetched: Fetched) -> None:
    trouble = fetched.trouble
    PULLS.labels(trouble.code if trouble else "ok").inc()
    if trouble is None:
        source.pulls_failed = 0
        source.pull_error = source.pull_error_code = None
    else:
        source.pulls_failed += 1
        source.pull_error, source.pull_error_code = trouble.message, trouble.code
        ctx.emit(UsagePullFailed(source.id, trouble.code, source.pulls_failed))
    if source.paused:
        return
    if fetched.more and (fetched.files or trouble is None):
        source.schedule_number += 1
        ctx.later(pull, source_id=str(source.id), number=source.schedule_number)
    elif trouble is not None and source.schedule is not None:
        promise_next(ctx, source, no_later_than=retry_at(ctx.now, source.pulls_failed))


def _leaves_something_to_tidy(ctx: Context, source: UsageSource) -> bool:
    wanted = select(UsageItem.id).where(UsageItem.source_id == source.id, UsageItem.tidy_pending)
    return ctx.db.scalar(wanted.limit(1)) is not None
