"""Taking a file of a source: stored, placed in its sequence, and promised to be rated or put into quarantine."""

from collections.abc import Sequence
from pathlib import Path

from prometheus_client import Counter

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import commands, permissions, storage
from mvne_platform.mediation.commands import Receipt
from mvne_platform.mediation.described_formats import settings_of
from mvne_platform.mediation.errors import BadFile, SourcePaused
from mvne_platform.mediation.events import UsageFileReady, UsageSequenceGap
from mvne_platform.mediation.formats.tail import number_said
from mvne_platform.mediation.models import FileState, UsageFile, UsageGapWaiver, UsageSource
from mvne_platform.mediation.sequence import Numbered, SequenceRule
from mvne_platform.mediation.source_settings import read_settings
from mvne_platform.mediation.sources import lateness, queries
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.telemetry import METRICS

GAPS = Counter("mvne_usage_sequence_gaps", "Gaps noticed in the file numbers of usage sources.", registry=METRICS)


def take_files(ctx: Context, code: str, *, name: str, content_path: Path) -> list[UsageFile]:
    """Take a file, or those in an archive, that was handed over to a source.

    The same bytes again answer the file of the first time. The actor needs `usage.load`, or `usage.push` at a source of
    kind push. Raises UnknownSource, SourcePaused, BadFile.
    """
    source = queries.source_by_code(ctx, code)
    _require(ctx, source)
    source = queries.source_for_update(ctx, source.id)
    _refuse_paused(source)
    most = read_settings(source.kind, source.settings).max_bytes
    size = content_path.stat().st_size
    if size > most:
        raise BadFile(f"The file has {size} bytes; the source '{source.code}' takes up to {most}.", field=("content",))
    return enter(ctx, source, name=name, content_path=content_path)


def enter(ctx: Context, source: UsageSource, *, name: str, content_path: Path) -> list[UsageFile]:
    """The same for a source that the caller has locked, whoever brought the file."""
    receipts = commands.store_files(ctx, name=name, format=source.format, content_path=content_path)
    source.last_file_at = ctx.now
    for receipt in receipts:
        file = receipt.file
        if not receipt.already:
            file.source_id = source.id
        _place(ctx, source, receipt, [receipt.name] if len(receipts) > 1 else [receipt.name, name])
        ctx.db.flush()
        if not receipt.already and file.state is FileState.RECEIVED:
            ctx.emit(UsageFileReady(file.id, source.id))
    lateness.watch(ctx, source)
    return commands.received(receipts)


def push_limit(ctx: Context, code: str) -> int:
    """How many bytes a file pushed to a source may have; raises UnknownSource, PermissionMissing, SourcePaused."""
    source = queries.source_by_code(ctx, code)
    _require(ctx, source)
    _refuse_paused(source)
    return read_settings(source.kind, source.settings).max_bytes


def may_push(actor: Actor, source: UsageSource) -> bool:
    """Whether an actor may push files to a source: it is of that kind, and kept to no other client."""
    client = source.settings.get("client_id")
    return source.kind.value == "push" and actor.may(permissions.PUSH) and client in (None, actor.id)


def _require(ctx: Context, source: UsageSource) -> None:
    if ctx.actor.kind is ActorKind.CLIENT:
        if not may_push(ctx.actor, source):
            raise PermissionMissing(f"This client may not push files to '{source.code}'.")
        return
    ctx.require(permissions.LOAD)


def _refuse_paused(source: UsageSource) -> None:
    if source.paused:
        raise SourcePaused(f"The source '{source.code}' is paused. Resume it, then send the file again.")


def _place(ctx: Context, source: UsageSource, receipt: Receipt, names: Sequence[str]) -> None:
    """Note the file's number, by its name or by what it says of itself, and what has not come before it."""
    file, rule = receipt.file, queries.rule_of(source)
    place = _numbered(ctx, source, file, rule, names)
    if place is None:
        return
    latest = queries.latest_number(ctx, source.id, place.series)
    number = rule.counted_on(place.number, latest)
    if not receipt.already:
        file.series, file.sequence = place.series, number
    elif queries.is_covered(ctx, source.id, place.series, number):
        return
    else:
        _cover(ctx, source, receipt, Numbered(place.series, number))
    before = latest
    if before is None and rule.begins_at is not None:
        before = rule.begins_at - 1
    if before is not None and number > before + 1:
        GAPS.inc()
        ctx.emit(UsageSequenceGap(source.id, place.series, rule.shown(before + 1), rule.shown(number - 1), file.id))


def _cover(ctx: Context, source: UsageSource, receipt: Receipt, place: Numbered) -> None:
    """Fill the place of a file whose bytes came before: an hour without a call looks like the one before it."""
    why = f"'{receipt.name}' came with the same bytes as '{receipt.file.name}'."
    row = UsageGapWaiver(
        id=uuid7(),
        source_id=source.id,
        series=place.series,
        first=place.number,
        last=place.number,
        why=why,
        at=ctx.now,
    )
    ctx.db.add(row)


def _numbered(
    ctx: Context, source: UsageSource, file: UsageFile, rule: SequenceRule, names: Sequence[str]
) -> Numbered | None:
    if source.sequence_pattern is not None:
        return next((place for name in names if (place := rule.numbered(name)) is not None), None)
    said = number_said(storage.path_of(file.stored_as), settings_of(ctx, file.format).description)
    return None if said is None else Numbered("", said)
