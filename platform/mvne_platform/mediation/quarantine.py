"""Quarantine: files that cannot be read are kept with the reason until somebody decides; nothing disappears.

Each step is kept (`usage_file_action`): how the file came there, what was tried, by whom and why.
"""

from dataclasses import dataclass
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import select

from mvne_platform.mediation import permissions, queries, storage
from mvne_platform.mediation.described_formats import format_names, settings_of
from mvne_platform.mediation.errors import NotQuarantined, NotReleasable, UnknownFormat, WhyMissing
from mvne_platform.mediation.events import UsageFileDiscarded, UsageFileQuarantined, UsageFileReady
from mvne_platform.mediation.formats import FileRejected, examine
from mvne_platform.mediation.formats.port import TRAILER, WRONG_FORMAT
from mvne_platform.mediation.models import FileDeed, FileState, UsageFile, UsageFileAction
from mvne_platform.mediation.rules import without_numbers
from mvne_platform.runtime import Context
from mvne_platform.runtime.telemetry import METRICS

QUARANTINED = Counter("mvne_usage_files_quarantined", "Usage files put into quarantine.", ["code"], registry=METRICS)
# The rows of such a file can be read; what is wrong is something about the whole.
RELEASABLE = frozenset({TRAILER})
LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a file as a whole cannot be read: a stable code, and a sentence."""

    code: str
    text: str


def retry_file(ctx: Context, file_id: UUID, *, format: str | None, why: str) -> UsageFile:  # noqa: A002  # its word
    """Try a file in quarantine (or a discarded one) again, as another format or, with None, as the same.

    Raises UnknownFile, NotQuarantined, UnknownFormat, WhyMissing.
    """
    ctx.require(permissions.LOAD)
    file = _quarantined(ctx, file_id, also=FileState.DISCARDED)
    try_as(ctx, file, format or file.format, why=checked_why(why))
    return file


def release_file(ctx: Context, file_id: UUID, *, why: str) -> UsageFile:
    """Let a file through in spite of what is wrong with it as a whole (its trailer counts other rows, say).

    Raises UnknownFile, NotQuarantined, NotReleasable, WhyMissing.
    """
    ctx.require(permissions.LOAD)
    file = _quarantined(ctx, file_id)
    if file.rejection_code not in RELEASABLE:
        raise NotReleasable(
            f"'{file.name}' cannot be read ({file.rejection_code}). Try it again as another format, or discard it."
        )
    file.lenient = True
    _examine(ctx, file, file.format, FileDeed.RELEASED, checked_why(why))
    return file


def discard_file(ctx: Context, file_id: UUID, *, why: str) -> UsageFile:
    """Give a file in quarantine up. Its bytes and its history stay, and it can still be tried again.

    Raises UnknownFile, NotQuarantined, WhyMissing.
    """
    ctx.require(permissions.LOAD)
    file = _quarantined(ctx, file_id)
    file.state = FileState.DISCARDED
    _note(ctx, file, FileDeed.DISCARDED, checked_why(why))
    ctx.emit(UsageFileDiscarded(file.id))
    return file


def quarantine_file(ctx: Context, file: UsageFile, fault: FileFault) -> None:
    """Put a file aside whose loading found that it cannot be read on; the rows before stay accounted for.

    The caller has locked the file.
    """
    _reject(ctx, file, fault)
    note_rejection(ctx, file)


def quarantine_history(ctx: Context, file_id: UUID) -> list[UsageFileAction]:
    """What was done about a file, oldest first; empty for one that never was in quarantine."""
    ctx.require(permissions.READ)
    statement = select(UsageFileAction).where(UsageFileAction.file_id == file_id).order_by(UsageFileAction.id)
    return list(ctx.db.scalars(statement))


def checked_why(why: str) -> str:
    """A reason in words; raises WhyMissing."""
    said = why.strip()
    if not 0 < len(said) <= LONGEST_WHY or not said.isprintable():
        raise WhyMissing(f"Say why, in one line of up to {LONGEST_WHY} characters.", field=("why",))
    return said


def check_format(ctx: Context, name: str) -> None:
    """Raise UnknownFormat unless the brand has a reader of this name."""
    known = format_names(ctx)
    if name not in known:
        raise UnknownFormat(f"There is no format '{name[:60]}'; known are {', '.join(known)}.", field=("format",))


def fault_of(ctx: Context, stored_as: str, format_name: str, *, lenient: bool) -> FileFault | None:
    """What is wrong with a stored file as a whole, read as a format."""
    try:
        examine(format_name, storage.path_of(stored_as), settings_of(ctx, format_name))
    except FileRejected as rejected:
        return None if lenient and rejected.code in RELEASABLE else FileFault(rejected.code, str(rejected))
    return None


def sentence(name: str, format_name: str, fault: FileFault) -> str:
    """The fault for people, whoever may read of it: where a header should be, a record with its numbers may stand."""
    text = without_numbers(fault.text) if fault.code == WRONG_FORMAT else fault.text
    return f"'{name}' was not loaded as {format_name}. {text}"


def try_as(ctx: Context, file: UsageFile, format_name: str, *, why: str) -> None:
    """Read a file in quarantine again, as a format; it leaves quarantine if it can be read."""
    check_format(ctx, format_name)
    _examine(ctx, file, format_name, FileDeed.RETRIED, why)


def note_rejection(ctx: Context, file: UsageFile) -> None:
    """Keep how a file came into quarantine, and tell."""
    code = file.rejection_code or ""
    QUARANTINED.labels(code).inc()
    _note(ctx, file, FileDeed.REJECTED, file.rejection or "")
    ctx.emit(UsageFileQuarantined(file.id, file.source_id, code))


def _examine(ctx: Context, file: UsageFile, format_name: str, deed: FileDeed, why: str) -> None:
    file.format = format_name
    _note(ctx, file, deed, why)
    fault = fault_of(ctx, file.stored_as, format_name, lenient=file.lenient)
    if fault is not None:
        quarantine_file(ctx, file, fault)
        return
    file.rejection = file.rejection_code = None
    file.state = FileState.LOADING if file.rows_done else FileState.RECEIVED
    ctx.db.flush()
    ctx.emit(UsageFileReady(file.id, file.source_id))


def _reject(ctx: Context, file: UsageFile, fault: FileFault) -> None:
    file.state = FileState.REJECTED
    file.rejection, file.rejection_code = sentence(file.name, file.format, fault), fault.code
    ctx.db.flush()


def _note(ctx: Context, file: UsageFile, deed: FileDeed, why: str) -> None:
    row = UsageFileAction(
        file_id=file.id,
        action=deed,
        format=file.format,
        code=file.rejection_code,
        why=why,
        actor=str(ctx.actor),
        at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()


def _quarantined(ctx: Context, file_id: UUID, *, also: FileState = FileState.REJECTED) -> UsageFile:
    file = queries.file_for_update(ctx, file_id)
    if file.state not in (FileState.REJECTED, also):
        raise NotQuarantined(f"'{file.name}' is {file.state}: only files in quarantine are decided about.")
    return file
