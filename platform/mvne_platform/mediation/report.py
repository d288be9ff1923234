"""The answer to every row of a file, as CSV, for whoever sent it."""

import csv
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy import select

from mvne_platform.mediation import permissions, queries, storage
from mvne_platform.mediation.described_formats import settings_of
from mvne_platform.mediation.errors import UnknownFile
from mvne_platform.mediation.failure_log.selection import DETAIL, REASON, STATE, FailureState, answered_rows
from mvne_platform.mediation.formats import Position, reader_of
from mvne_platform.mediation.models import ExceptionKind, UsageException, UsageFile, UsageSource
from mvne_platform.mediation.rules import without_numbers
from mvne_platform.runtime import Context

COLUMNS = ("row", "answer", "reason", "detail")
ACCEPTED, DUPLICATE, REJECTED, WRITTEN_OFF = "accepted", "duplicate", "rejected", "written_off"
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """How a row stands now: accepted, duplicate, rejected and why, or written off."""

    row: int
    answer: str
    reason: str = ""
    detail: str = ""


def file_to_report(ctx: Context, file_id: UUID, source_code: str | None = None) -> UsageFile:
    """A file whose report the actor may have: who reads usage any, who pushes only those of a source of theirs.

    Raises UnknownFile.
    """
    if source_code is None:
        return queries.usage_file(ctx, file_id)
    ctx.require(permissions.PUSH)
    of_source = select(UsageFile).join(UsageSource, UsageSource.id == UsageFile.source_id)
    file = ctx.db.scalar(of_source.where(UsageFile.id == file_id, UsageSource.code == source_code))
    if file is None:
        raise UnknownFile("There is no such usage file of this source.")
    return file


def write_report(ctx: Context, file: UsageFile, target: TextIO) -> int:
    """Write a file's report, a line for each row accounted for so far; answers how many rows.

    The file is from `file_to_report`.

    Rows are those of the file, from 1; a row that failed and was rated since is accepted. Numbers in texts are masked
    for who may not read them. Raises StoredFileMissing.
    """
    written = csv.writer(target, lineterminator="\n")
    written.writerow(COLUMNS)
    count = 0
    for answer in row_answers(ctx, file):
        written.writerow((answer.row, answer.answer, answer.reason, answer.detail))
        count += 1
    return count


def row_answers(ctx: Context, file: UsageFile) -> Iterator[RowAnswer]:
    """The answers of a file's rows, in its order, with memory for some at a time."""
    with closing(_unrated(ctx, file.id)) as unrated:
        following = next(unrated, None)
        for number in _numbers(ctx, file):
            while following is not None and following.row < number:
                following = next(unrated, None)
            own = following if following is not None and following.row == number else None
            yield own or RowAnswer(number, ACCEPTED)


def _numbers(ctx: Context, file: UsageFile) -> Iterator[int]:
    if not file.rows_done:
        return
    chosen = settings_of(ctx, file.format)
    rows = reader_of(file.format, chosen)(storage.path_of(file.stored_as), chosen, Position())
    for _, row in zip(range(file.rows_done), rows, strict=False):
        yield row.number


def _unrated(ctx: Context, file_id: UUID) -> Generator[RowAnswer, None, None]:
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    statement = answered_rows(
        UsageException.row, UsageException.kind, REASON.label("reason"), DETAIL.label("detail"), STATE.label("state")
    ).where(UsageException.file_id == file_id)
    few = statement.order_by(UsageException.row).execution_options(yield_per=_AT_ONCE)
    with ctx.db.execute(few) as rows:
        for row in rows:
            yield _answer(row, readable=readable)


def _answer(row: Any, *, readable: bool) -> RowAnswer:
    detail = row.detail if readable else without_numbers(row.detail)
    if row.kind is ExceptionKind.DUPLICATE:
        return RowAnswer(row.row, DUPLICATE, row.reason, detail)
    if row.kind is ExceptionKind.CORRELATED or row.state == FailureState.RATED.value:
        return RowAnswer(row.row, ACCEPTED)
    if row.state == FailureState.WRITTEN_OFF.value:
        return RowAnswer(row.row, WRITTEN_OFF, row.reason, detail)
    return RowAnswer(row.row, REJECTED, row.reason, detail)
