"""Rating failed rows again, when data or record have been mended; each keeps its place in its file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from mvne_platform import mediation
from mvne_platform.charging import late, permissions
from mvne_platform.charging.events import UsageRatedAgain
from mvne_platform.charging.loading import Answers, Known, identify_rows, keep_rated, prepare, rate_identified
from mvne_platform.charging.models import UsageChunk
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import OpenFailure, Row, Settled, UsageEvent
from mvne_platform.runtime import Context


def rate_again(ctx: Context, exception_ids: Sequence[UUID], *, batch_id: UUID | None = None) -> int:
    """Rate failed rows again as they are now; answers how many are no longer failed. Others are left as they are.

    `batch_id` is the batch of failures that asks for it, for their history. Raises UnknownFailure, StoredFileMissing.
    """
    ctx.require(permissions.LOAD)
    by_file: dict[UUID, list[OpenFailure]] = defaultdict(list)
    for one in mediation.failures_for_update(ctx, exception_ids):
        by_file[one.file_id].append(one)
    known = {file_id: _identify(ctx, file_id, failures) for file_id, failures in by_file.items()}
    prepare(ctx, known.values())
    settled = [one for file_id in known for one in _rate(ctx, file_id, by_file[file_id], known[file_id])]
    late.promise(ctx)
    return mediation.settle_failures(ctx, settled, batch_id=batch_id)


def _identify(ctx: Context, file_id: UUID, failures: Iterable[OpenFailure]) -> Known:
    return identify_rows(ctx, file_id, [_row(ctx, one) for one in failures])


def _row(ctx: Context, failure: OpenFailure) -> Row:
    """The row as it reads now; one that completed a call of parts stands for the whole call."""
    outcome = failure.outcome
    if isinstance(outcome, UsageEvent) and outcome.part is not None:
        outcome = mediation.joined_event(ctx, failure.file_id, failure.row) or outcome
    return Row(failure.row, 0, failure.record, outcome)


def _rate(ctx: Context, file_id: UUID, failures: Sequence[OpenFailure], known: Known) -> list[Settled]:
    file = mediation.usage_file(ctx, file_id)
    answers = rate_identified(ctx, known.identified, file)
    rows = sorted(failure.row for failure in failures)
    if answers.rated:
        chunk = UsageChunk(
            id=uuid7(), file_id=file_id, rows_from=rows[0], rows_to=rows[-1], rows=rows, rated_at=ctx.now
        )
        keep_rated(ctx, chunk, answers.rated)
        ctx.emit(UsageRatedAgain(file_id, len(answers.rated)))
    return _settled({one.row: one.id for one in failures}, answers, known)


def _settled(ids: dict[int, UUID], answers: Answers, known: Known) -> list[Settled]:
    ended = [
        Settled(ids[row.origin.file_row], row.rated.outcome.value)
        for row in answers.rated
        if row.origin.file_row is not None
    ]
    others = [*known.unrated, *answers.unrated]
    ended += [Settled(ids[one.row], one.kind.value, one.reason, one.detail) for one in others]
    # What is left are parts of calls, which wait for the others.
    waiting = set(ids.values()) - {one.exception_id for one in ended}
    return ended + [Settled(one, "collected") for one in sorted(waiting)]
