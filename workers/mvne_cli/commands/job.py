"""`mvne job`: background jobs that gave up."""

import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.doctor.finding import PLATFORM
from mvne_cli.output import WRONG, answer, json_option, refuse
from mvne_platform.runtime import platform_work
from mvne_platform.runtime.models import JobRow, PlatformJobRow

SCOPE = click.argument("scope", metavar="BRAND")


@click.group()
def job() -> None:
    """Background jobs that failed: list them, try them again.

    BRAND is a brand, or `platform` for the platform's own jobs (onboarding).
    """


@job.command("list")
@SCOPE
@json_option
@on_installation
def list_failed(scope: str, *, as_json: bool) -> None:
    """The jobs of BRAND that failed for good. Exit code 1 when there are any."""
    rows = _failed(scope)
    answer(rows, as_json=as_json, title=f"{scope}: failed jobs")
    if rows:
        sys.exit(WRONG)


@job.command()
@SCOPE
@click.argument("ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="All that failed.")
@json_option
@on_installation
def retry(scope: str, ids: tuple[UUID, ...], *, everything: bool, as_json: bool) -> None:
    """Try failed jobs of BRAND again, those named or all. Mend the cause first: `mvne job list` shows it."""
    if bool(ids) == everything:
        raise click.UsageError("Name the jobs to try again, or give --all.")
    failed = {UUID(str(row["id"])) for row in _failed(scope)}
    chosen = failed if everything else set(ids)
    if chosen - failed:
        unknown = ", ".join(map(str, sorted(chosen - failed)))
        refuse("NO_SUCH_JOB", f"No failed job of '{scope}' has the id {unknown}.", as_json=as_json)
    _revive(scope, sorted(chosen))
    answer([{"id": str(one), "again": True} for one in sorted(chosen)], as_json=as_json, title=f"{scope}: trying again")


def _failed(scope: str) -> list[dict[str, Any]]:
    if scope == PLATFORM:
        with platform_work() as db:
            return _rows(db.scalars(select(PlatformJobRow).where(PlatformJobRow.failed_at.is_not(None))).all())
    with brand_work_of(scope) as ctx:
        return _rows(ctx.db.scalars(select(JobRow).where(JobRow.failed_at.is_not(None)).order_by(JobRow.id)).all())


def _rows(jobs: Sequence[JobRow | PlatformJobRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "job": one.name,
            "attempts": one.attempts,
            "failed_at": one.failed_at,
            "error": one.last_error,
        }
        for one in jobs
    ]


def _revive(scope: str, ids: Sequence[UUID]) -> None:
    """As if nobody had tried yet: the relay sends them again."""
    fresh: dict[str, Any] = {"failed_at": None, "leased_until": None, "relayed_at": None, "attempts": 0}
    if scope == PLATFORM:
        with platform_work() as db:
            for one in db.scalars(select(PlatformJobRow).where(PlatformJobRow.id.in_(ids)).with_for_update()):
                _set(one, fresh)
        return
    with brand_work_of(scope) as ctx:
        for row in ctx.db.scalars(select(JobRow).where(JobRow.id.in_(ids)).with_for_update()):
            _set(row, fresh)
        ctx.ring()


def _set(row: JobRow | PlatformJobRow, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
