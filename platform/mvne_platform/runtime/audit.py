"""Reading a brand's audit trail. It is written by triggers; nobody can change it."""

from dataclasses import dataclass

from sqlalchemy import select

from mvne_platform.runtime.context import Context
from mvne_platform.runtime.models import AuditRow

READ = "audit.read"
PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which changes; what is None does not narrow. `row_id` is the row's key as text."""

    table: str | None = None
    row_id: str | None = None
    actor: str | None = None
    request_id: str | None = None


def entries(ctx: Context, wanted: AuditFilter, *, first: int = PAGE, before: int | None = None) -> list[AuditRow]:
    """Changed rows, the latest first; `before` is the last entry of the page before."""
    ctx.require(READ)
    statement = select(AuditRow).order_by(AuditRow.id.desc()).limit(first)
    for column, value in (
        (AuditRow.table_name, wanted.table),
        (AuditRow.row_id, wanted.row_id),
        (AuditRow.actor, wanted.actor),
        (AuditRow.request_id, wanted.request_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if before is not None:
        statement = statement.where(AuditRow.id < before)
    return list(ctx.db.scalars(statement))
