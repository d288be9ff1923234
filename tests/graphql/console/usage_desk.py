"""What lies on the desk of who looks after usage: a source, what it brought, what it left, and a batch of failures."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from mvne_platform import mediation
from mvne_platform.charging import Scope, replay, rerating
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import failure_log, sources
from mvne_platform.mediation.failure_log import BatchKind
from mvne_platform.mediation.models import ItemState, UsageItem
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import Context

BEGIN = datetime(2026, 9, 30, 22, tzinfo=UTC)
SETTINGS = {"folder": "host", "settle_seconds": 0}


def source_draft(code: str) -> SourceDraft:
    """A directory that is looked into every hour."""
    return SourceDraft(code, "The host", "host", SourceKind.DIRECTORY, "mvne-csv", SETTINGS, {"every_minutes": 60})


def furnish_usage(ctx: Context, failed_file: UUID) -> dict[str, UUID]:
    """Put one of each kind there; answers their ids by kind."""
    source = sources.create_source(ctx, source_draft("desk"))
    item = UsageItem(
        id=uuid7(),
        source_id=source.id,
        name="large.csv",
        size_bytes=2**40,
        modified_ns=0,
        state=ItemState.REFUSED,
        code="TOO_LARGE",
        why="The file is too large.",
        seen_at=ctx.now,
    )
    ctx.db.add(item)
    ctx.db.flush()
    wanted = failure_log.FailureFilter(file_id=failed_file)
    (failure, *_) = failure_log.failures(ctx, wanted)
    batch = failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="A zone was missing.", ids=[failure.id])
    return {
        "UsageSource": source.id,
        "UsageLeftFile": item.id,
        "UsageFailure": failure.id,
        "UsageFailureBatch": batch.id,
        "QuarantinedFile": _quarantined(ctx),
        "Rerating": rerating.start_rerating(ctx, Scope(BEGIN), price_list=None, reason="Prices came late.").id,
        "TariffReplay": _replay(ctx),
    }


def _replay(ctx: Context) -> UUID:
    run = replay.start_replay(ctx, name="As it is", price_list="desk", draft=None, since=BEGIN, until=ctx.now)
    return run.id


def _quarantined(ctx: Context) -> UUID:
    path = Path("var/tmp") / f"{uuid7().hex}.in"
    path.write_bytes(f"what is this, {ctx.brand.slug}\n".encode())
    try:
        return mediation.receive_file(ctx, name="odd.csv", format="mvne-csv", content_path=path).id
    finally:
        path.unlink()
