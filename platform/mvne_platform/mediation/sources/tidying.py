"""Moving and deleting at the source what was taken, after the taking is committed: what fails here loses nothing."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from mvne_platform.mediation.adapters import FETCHERS, Chore, Deed, Limits, Place, Seen, SourceTrouble
from mvne_platform.mediation.models import SourceKind, UsageFile, UsageItem
from mvne_platform.mediation.sources import queries
from mvne_platform.mediation.sources.places import deed_for, place_of
from mvne_platform.runtime import Again, Context, OutsideJob, OutsideUnavailable

MOST_CHORES = 500
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Tidying:
    """What is to be done where, by item."""

    source_id: UUID
    kind: SourceKind
    place: Place
    chores: dict[UUID, Chore]


def prepare(ctx: Context, source_id: str) -> Tidying | None:
    """Read what is to be done; None when nothing is left."""
    source = queries.usage_source(ctx, UUID(source_id))
    pending = select(UsageItem, UsageFile).outerjoin(UsageFile, UsageFile.id == UsageItem.file_id)
    pending = pending.where(UsageItem.source_id == source.id, UsageItem.tidy_pending).order_by(UsageItem.id)
    chores: dict[UUID, Chore] = {}
    for item, file in ctx.db.execute(pending.limit(MOST_CHORES)):
        deed, folder = deed_for(source, file)
        if deed is Deed.LEAVE:  # the source was changed since
            item.tidy_pending = False
        else:
            chores[item.id] = Chore(Seen(item.name, item.size_bytes, item.modified_ns), deed, folder)
    return Tidying(source.id, source.kind, place_of(ctx, source), chores) if chores else None


def perform(prepared: Tidying) -> dict[Seen, str]:
    """Do it; doing it again finds the files gone. Raises OutsideUnavailable."""
    try:
        return FETCHERS[prepared.kind].tidy(prepared.place, prepared.chores.values(), LIMITS)
    except SourceTrouble as trouble:
        raise OutsideUnavailable(f"{trouble.code}: {trouble.message}") from trouble


def record(ctx: Context, prepared: Tidying, problems: dict[Seen, str]) -> Again | None:
    """Note what was done, and what was not; go on if more is waiting."""
    for item in ctx.db.scalars(select(UsageItem).where(UsageItem.id.in_(prepared.chores))):
        item.tidy_pending = False
        item.tidy_error = problems.get(prepared.chores[item.id].seen)
    return Again(1) if len(prepared.chores) == MOST_CHORES else None


def give_up(ctx: Context, prepared: Tidying, error: Exception) -> None:
    """Leave the files where they are, and say why: they were taken all the same."""
    record(ctx, prepared, {chore.seen: str(error) for chore in prepared.chores.values()})


tidy = OutsideJob("mediation.tidy_source", "rating", prepare, perform, record, give_up, lease=timedelta(minutes=10))
