"""Trying a source's connection: what a pull would see, without taking anything."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from mvne_platform.mediation.adapters import FETCHERS, Limits, Looked, Place, SourceTrouble, Trouble
from mvne_platform.mediation.models import SourceKind
from mvne_platform.mediation.source_settings import FETCHED
from mvne_platform.mediation.sources import queries
from mvne_platform.mediation.sources.places import place_of
from mvne_platform.runtime import Context, OutsideJob

LIMITS = Limits(seconds=30.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """Where is looked."""

    source_id: UUID
    kind: SourceKind
    place: Place


def prepare(ctx: Context, source_id: str) -> Trial | None:
    """Read where; None for a source whose files are handed over."""
    source = queries.usage_source(ctx, UUID(source_id))
    return Trial(source.id, source.kind, place_of(ctx, source)) if source.kind in FETCHED else None


def perform(prepared: Trial) -> Looked | SourceTrouble:
    """Look. Trouble is what one wants to know."""
    try:
        return FETCHERS[prepared.kind].look(prepared.place, LIMITS)
    except SourceTrouble as trouble:
        return trouble


def record(ctx: Context, prepared: Trial, found: Looked | SourceTrouble) -> None:
    """Keep how it ended, with the brand's time."""
    source = queries.source_for_update(ctx, prepared.source_id)
    source.test = {"at": ctx.now.isoformat()}
    if isinstance(found, SourceTrouble):
        source.test |= {"code": found.code.value, "message": found.message}
    else:
        source.test |= {"files": found.files, "names": list(found.first_names)}


def give_up(ctx: Context, prepared: Trial, error: Exception) -> None:
    """End a test that could not be done at all; what the error said may be the other side's words, and is not kept."""
    del error
    record(ctx, prepared, SourceTrouble(Trouble.BROKE_OFF, "The test could not be done."))


test = OutsideJob("mediation.test_source", "rating", prepare, perform, record, give_up, lease=timedelta(minutes=2))
