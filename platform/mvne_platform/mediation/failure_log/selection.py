"""Which failed rows are wanted, and the SQL that finds them with how they stand now."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true

from mvne_platform.mediation.models import ExceptionKind, FailureAction, FailureDeed, UsageException, UsageFile

LONGEST_TEXT = 100


class FailureState(StrEnum):
    """How a failed row stands: open, open with a corrected record, rated since, or written off."""

    OPEN = "open"
    CORRECTED = "corrected"
    RATED = "rated"
    WRITTEN_OFF = "written_off"


STILL_OPEN = (FailureState.OPEN, FailureState.CORRECTED)


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which failures are wanted; what is None does not narrow. `since` and `until` bound when the row was looked at.

    `text` is looked for in the sentence that says why, numbers masked for who may not read them. `states` are those
    still open unless said.
    """

    reason: str | None = None
    service: str | None = None
    source_id: UUID | None = None
    file_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    states: tuple[FailureState, ...] = STILL_OPEN

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a batch."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in kept.items() if value is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "FailureFilter":
        """What `to_json` kept."""
        given = dict(values)
        for name in ("source_id", "file_id"):
            given[name] = UUID(given[name]) if name in given else None
        for name in ("since", "until"):
            given[name] = datetime.fromisoformat(given[name]) if name in given else None
        given["states"] = tuple(FailureState(state) for state in given["states"])
        return cls(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(one) for one in value] if isinstance(value, tuple) else value


def _latest(*deeds: FailureDeed) -> Any:
    """The newest step of a row's history, of these kinds or of any."""
    statement = select(FailureAction).where(FailureAction.exception_id == UsageException.id)
    if deeds:
        statement = statement.where(FailureAction.action.in_(deeds))
    return statement.order_by(FailureAction.id.desc()).limit(1).lateral()


_LAST = _latest()
_FAILED = _latest(FailureDeed.FAILED)
_CORRECTED = _latest(FailureDeed.CORRECTED)

STATE: ColumnElement[str] = case(
    {
        deed: literal(state.value)
        for deed, state in (
            (FailureDeed.CORRECTED, FailureState.CORRECTED),
            (FailureDeed.FAILED, FailureState.OPEN),
            (FailureDeed.RATED, FailureState.RATED),
            (FailureDeed.WRITTEN_OFF, FailureState.WRITTEN_OFF),
        )
    },
    value=_LAST.c.action,
    else_=literal(FailureState.OPEN.value),
)
REASON: ColumnElement[str] = func.coalesce(_FAILED.c.reason, UsageException.reason)
DETAIL: ColumnElement[str] = func.coalesce(_FAILED.c.detail, UsageException.detail)
RECORD: ColumnElement[str | None] = _CORRECTED.c.record
# As `rules.without_numbers` masks them: an oracle for the last digits would be one by search, too.
_MASKED_DETAIL = func.regexp_replace(DETAIL, r"(\+?[0-9]{4,})[0-9]{3}(?![0-9])", r"\1xxx", "g")


def failed_rows(*columns: Any) -> Select[Any]:
    """Select columns of the failed rows, with their file and how they stand."""
    return answered_rows(*columns).where(UsageException.kind == ExceptionKind.FAILED)


def answered_rows(*columns: Any) -> Select[Any]:
    """The same of every row that was not rated when it came."""
    return (
        select(*columns)
        .select_from(UsageException)
        .join(UsageFile, UsageFile.id == UsageException.file_id)
        .join(_LAST, true(), isouter=True)
        .join(_FAILED, true(), isouter=True)
        .join(_CORRECTED, true(), isouter=True)
    )


def conditions(wanted: FailureFilter, *, numbers: bool) -> ColumnElement[bool]:
    """What the filter asks for, of somebody who may read called numbers, or may not."""
    tests: list[ColumnElement[bool]] = [true()]
    equal: tuple[tuple[Any, Any], ...] = (
        (REASON, wanted.reason),
        (UsageException.service, wanted.service),
        (UsageFile.source_id, wanted.source_id),
        (UsageException.file_id, wanted.file_id),
    )
    tests += [column == value for column, value in equal if value is not None]
    if wanted.since is not None:
        tests.append(UsageException.recorded_at >= wanted.since)
    if wanted.until is not None:
        tests.append(UsageException.recorded_at < wanted.until)
    if wanted.text:
        searched = DETAIL if numbers else _MASKED_DETAIL
        tests.append(searched.icontains(wanted.text[:LONGEST_TEXT], autoescape=True))
    return and_(*tests, STATE.in_([state.value for state in wanted.states]))
