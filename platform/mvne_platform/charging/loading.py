"""Rating a usage file chunk by chunk: each chunk is one transaction, and a killed load goes on after the last one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice
from uuid import UUID

from mvne_platform import balances, mediation, subscriptions
from mvne_platform.balances import CounterKey
from mvne_platform.charging import permissions, queries, rules
from mvne_platform.charging.events import UsageChunkRated, UsageFileLoaded
from mvne_platform.charging.models import UsageChunk
from mvne_platform.charging.pricing import rate_events
from mvne_platform.charging.purses import spend_key, taken_by
from mvne_platform.charging.rules import Identified
from mvne_platform.charging.writing import RatedRow, write_rated
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import FileState, Position, Row, Unrated, UsageEvent, UsageFile
from mvne_platform.runtime import Context

CHUNK = 2_000
_CLOSED = (FileState.LOADED, FileState.REJECTED)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one call did: how many rows it accounted for, by how they ended, and whether the file is done."""

    rows: int
    outcomes: dict[str, int]
    finished: bool


def load_chunk(ctx: Context, file_id: UUID, *, size: int = CHUNK) -> Loaded:
    """Account for the next `size` rows of a file: each is rated, not chargeable, barred, a duplicate or failed.

    Another load of the same file waits and goes on after these rows. Raises UnknownFile, StoredFileMissing.
    """
    ctx.require(permissions.LOAD)
    file = mediation.file_for_update(ctx, file_id)
    if file.state in _CLOSED:
        return Loaded(0, {}, finished=True)
    rows = list(islice(mediation.rows_of(ctx, file), size))
    finished = len(rows) < size

    outcomes = _account_for(ctx, file, rows) if rows else {}

    done = Position(file.rows_done + len(rows), rows[-1].end if rows else file.bytes_done)
    mediation.advance(ctx, file, done, outcomes, finished=finished)
    if finished:
        ctx.emit(UsageFileLoaded(file.id))
    return Loaded(len(rows), outcomes, finished)


def _account_for(ctx: Context, file: UsageFile, rows: Sequence[Row]) -> dict[str, int]:
    identified, unrated = _identify(ctx, rows)
    queries.ensure_partitions(ctx, {_month(one) for one in identified})
    billed_until = queries.lock_accounts(ctx, {one.line.account_id for one in identified})
    known = queries.known_events(ctx, [one.id for one in identified])
    fresh, repeats = rules.split_repeats(identified, known, file.name)

    rated, failures = rate_events(ctx, fresh, billed_until)
    unrated += repeats + failures

    chunk = UsageChunk(id=uuid7(), file_id=file.id, rows_from=rows[0].number, rows_to=rows[-1].number, rated_at=ctx.now)
    ctx.db.add(chunk)
    write_rated(ctx, file.id, rated)
    balances.post_usage(ctx, taken_by(row.rated for row in rated), chunk.id)
    balances.move_counters(ctx, _accrued(rated, ctx.brand.time_zone))
    mediation.record_unrated(ctx, file.id, unrated)
    ctx.emit(UsageChunkRated(file.id, chunk.rows_from, chunk.rows_to))
    return dict(Counter(row.rated.outcome.value for row in rated) + Counter(row.kind.value for row in unrated))


def _identify(ctx: Context, rows: Sequence[Row]) -> tuple[list[Identified], list[Unrated]]:
    events = [row.outcome for row in rows if isinstance(row.outcome, UsageEvent)]
    timeline = subscriptions.timeline(ctx, {identifier for event in events for identifier in event.identifiers})
    found: list[Identified] = []
    unrated: list[Unrated] = []
    for one in rules.identify(rows, timeline, ctx.now):
        if isinstance(one, Identified):
            found.append(one)
        else:
            unrated.append(one)
    return found, unrated


def _month(one: Identified) -> date:
    """The partition of an event: keys, and so partitions, count in UTC."""
    return one.event.start.astimezone(UTC).date().replace(day=1)


def _accrued(rated: Sequence[RatedRow], zone: str) -> dict[CounterKey, int]:
    sums: Counter[tuple[UUID, date]] = Counter()
    for row in rated:
        sums[row.one.line.subscription_id, row.period] += row.rated.accrued_micros
    return {spend_key(*pair, zone): accrued for pair, accrued in sums.items()}
