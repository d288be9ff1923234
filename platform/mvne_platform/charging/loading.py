"""Rating a usage file chunk by chunk: each chunk is one transaction, and a killed load goes on after the last one.

This is the way of the rows, for files of some thousands; `charging.columns` is that of large ones. Both come to the
same content of the database.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from uuid import UUID

from mvne_platform import balances, catalogue, mediation, subscriptions
from mvne_platform.charging import late, lookups, online, permissions, rules, steps
from mvne_platform.charging.events import UsageChunkRated, UsageFileLoaded
from mvne_platform.charging.models import UsageChunk
from mvne_platform.charging.pricing import rate_events
from mvne_platform.charging.purses import counted_by, taken_by
from mvne_platform.charging.rules import Identified
from mvne_platform.charging.subjects import subjects_of
from mvne_platform.charging.writing import RatedRow, write_rated
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import FileState, Position, Row, Unrated, UsageEvent, UsageFile
from mvne_platform.runtime import Context
from mvne_platform.runtime.faults import step

CHUNK = 2_000
CLOSED = (FileState.LOADED, FileState.REJECTED, FileState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one call did: how many rows it accounted for, by how they ended, and whether the file is done."""

    rows: int
    outcomes: dict[str, int]
    finished: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """How rows ended: as rated events, or not."""

    rated: list[RatedRow]
    unrated: list[Unrated]


def load_chunk(ctx: Context, file_id: UUID, *, size: int = CHUNK) -> Loaded:
    """Account for the next `size` rows of a file: each is rated, not chargeable, barred, a duplicate or failed.

    Another load of the same file waits and goes on after these rows. Raises UnknownFile, StoredFileMissing.
    """
    ctx.require(permissions.LOAD)
    file = mediation.file_for_update(ctx, file_id)
    if file.state in CLOSED:
        return Loaded(0, {}, finished=True)
    rows = list(islice(mediation.rows_of(ctx, file), size))
    finished = len(rows) < size

    outcomes = _account_for(ctx, file, rows) if rows else {}

    done = Position(file.rows_done + len(rows), rows[-1].end if rows else file.bytes_done)
    mediation.advance(ctx, file, done, outcomes, finished=finished)
    if finished:
        close(ctx, file)
    return Loaded(len(rows), outcomes, finished)


def close(ctx: Context, file: UsageFile) -> None:
    """Tell that every row of a file is accounted for, and have late usage rated again in its order."""
    ctx.emit(UsageFileLoaded(file.id))
    late.promise(ctx)


def _account_for(ctx: Context, file: UsageFile, rows: Sequence[Row]) -> dict[str, int]:
    known = identify_rows(ctx, file.id, rows)
    lookups.ensure_partitions(ctx, {month_of(one.event.start) for one in known.identified})
    step(steps.IDENTIFIED)
    answers = rate_identified(ctx, known.identified, file)
    step(steps.RATED)
    chunk = UsageChunk(id=uuid7(), file_id=file.id, rows_from=rows[0].number, rows_to=rows[-1].number, rated_at=ctx.now)
    keep_rated(ctx, chunk, answers.rated)
    unrated = known.unrated + answers.unrated
    mediation.record_unrated(ctx, file.id, unrated)
    ctx.emit(UsageChunkRated(file.id, chunk.rows_from, chunk.rows_to))
    step(steps.RECORDED)
    return outcomes_of(answers.rated, unrated, known.collected)


@dataclass(frozen=True, slots=True)
class Known:
    """Rows by whose they are; `unrated` are nobody's, or repeated parts; `collected` wait for their call's rest."""

    identified: list[Identified]
    unrated: list[Unrated]
    collected: int


def identify_rows(ctx: Context, file_id: UUID, rows: Sequence[Row]) -> Known:
    """Whose the rows of a file are, with what number data says of the called numbers; parts of calls are joined."""
    in_parts = [row for row in rows if isinstance(row.outcome, UsageEvent) and row.outcome.part is not None]
    parts = mediation.collect_parts(ctx, file_id, in_parts)
    numbers = {row.number for row in in_parts}
    whole = [*(row for row in rows if row.number not in numbers), *parts.complete]
    events = [row.outcome for row in whole if isinstance(row.outcome, UsageEvent)]
    timeline = subscriptions.timeline(ctx, {identifier for event in events for identifier in event.identifiers})
    number_data = mediation.number_data(ctx)
    found: list[Identified] = []
    unrated = list(parts.unrated)
    for one in rules.identify(file_id, whole, timeline, ctx.now):
        if isinstance(one, Identified):
            found.append(rules.with_number_data(one, number_data))
        else:
            unrated.append(one)
    return Known(found, unrated, parts.kept)


def prepare(ctx: Context, known: Collection[Known]) -> None:
    """Make the months and lock the purses of rows of several files at once: everyone locks purses in one order."""
    everyone = [one for found in known for one in found.identified]
    lookups.ensure_partitions(ctx, {month_of(one.event.start) for one in everyone})
    if everyone:
        earliest = min(one.event.start for one in everyone)
        balances.lock_purses(ctx, {one.id.subscription_id for one in everyone}, since=earliest)


def rate_identified(ctx: Context, identified: Sequence[Identified], file: UsageFile) -> Answers:
    """Rate rows of a file under the locks of their purses, which are advanced; nothing else is written."""
    if not identified:
        return Answers([], [])
    earliest = min(one.event.start for one in identified)
    heads = balances.lock_purses(ctx, {one.id.subscription_id for one in identified}, since=earliest)
    step(steps.LOCKED)
    known = lookups.known_events(ctx, [one.id for one in identified if late.may_be_known(one.id, heads)])
    fresh, repeats = rules.split_repeats(identified, known, file.name)
    fresh, correlated = rules.split_correlated(fresh, charged_online(ctx, fresh))

    subjects = subjects_of(ctx, (one.line for one in fresh))
    rated, failures = rate_events(ctx, fresh, subjects, catalogue.wholesale_tariff(ctx))
    late.note(ctx, rated, heads)
    return Answers(rated, repeats + correlated + failures)


def charged_online(ctx: Context, events: Iterable[Identified]) -> set[tuple[UUID, str]]:
    """The subscriptions and charging ids under which events have been charged online."""
    names = {one.event.correlation for one in events if one.event.correlation is not None}
    return online.correlated(ctx, names) if names else set()


def outcomes_of(rated: Sequence[RatedRow], unrated: Sequence[Unrated], collected: int) -> dict[str, int]:
    """How many rows ended how."""
    ended = Counter(row.rated.outcome.value for row in rated) + Counter(row.kind.value for row in unrated)
    return dict(ended + Counter(collected=collected))


def keep_rated(ctx: Context, chunk: UsageChunk, rated: Sequence[RatedRow]) -> None:
    """Write a chunk with its rated events, and move the balances and counters they move."""
    keys = [row.id.key for row in rated]
    chunk.first_key, chunk.last_key = (min(keys), max(keys)) if keys else (None, None)
    ctx.db.add(chunk)
    write_rated(ctx, rated)
    step(steps.COPIED)
    balances.post_usage(ctx, taken_by(rated), chunk.id)
    balances.move_counters(ctx, counted_by(rated, ctx.brand.time_zone))
    step(steps.POSTED)


def month_of(start: datetime) -> date:
    """The partition of an event: keys, and so partitions, count in UTC."""
    return start.astimezone(UTC).date().replace(day=1)
