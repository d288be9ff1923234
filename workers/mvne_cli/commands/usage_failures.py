"""`mvne usage failures | rate-again | write-off`."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.commands.usage_files import why_option
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import WRONG, answer, json_option
from mvne_platform.mediation import failure_log
from mvne_platform.mediation import sources as usage_sources
from mvne_platform.mediation.failure_log import BatchKind, BatchState, FailureFilter
from mvne_platform.runtime import Context
from mvne_workers.leader import somebody_leads

Command = TypeVar("Command", bound=Callable[..., Any])


def _filtered(command: Command) -> Command:
    """The options by which failures are selected."""
    for option in (
        click.option("--text", help="Only with this in the sentence that says why."),
        click.option("--file", "file_id", type=click.UUID, help="Only of this file."),
        click.option("--source", help="Only of this source's files."),
        click.option("--service", help="Only of this service, such as voice_out."),
        click.option("--reason", help="Only of this reason, such as unknown_subscriber."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("brand")
@_filtered
@click.option("--rows", is_flag=True, help="List the rows instead of groups.")
@click.option("--first", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many rows.")
@json_option
@on_installation
def failures(brand: str, *, rows: bool, first: int, as_json: bool, **selected: Any) -> None:
    """The rows of BRAND that could not be rated and are still open, by reason. Exit code 1 when there are any."""
    with brand_work_of(brand) as ctx:
        wanted = _filter(ctx, selected)
        shown = _rows(ctx, wanted, first) if rows else _groups(ctx, wanted)
    answer(shown, as_json=as_json, title=f"{brand}: failures")
    if shown:
        sys.exit(WRONG)


@click.command("rate-again")
@click.argument("brand")
@click.argument("ids", nargs=-1, type=click.UUID)
@_filtered
@click.option("--all", "everything", is_flag=True, help="All that are open and as the options say.")
@why_option
@wait_option
@json_option
@on_installation
def rate_again(brand: str, ids: tuple[UUID, ...], *, why: str, wait: bool, as_json: bool, **selected: Any) -> None:
    """Rate failures of BRAND again: those named, or with --all those the options select. Mend the cause first.

    Exit code 1 when some still fail.
    """
    _batch(brand, BatchKind.RATE_AGAIN, ids, selected, why=why, wait=wait, as_json=as_json)


@click.command("write-off")
@click.argument("brand")
@click.argument("ids", nargs=-1, type=click.UUID)
@_filtered
@click.option("--all", "everything", is_flag=True, help="All that are open and as the options say.")
@why_option
@wait_option
@json_option
@on_installation
def write_off(brand: str, ids: tuple[UUID, ...], *, why: str, wait: bool, as_json: bool, **selected: Any) -> None:
    """Give failures of BRAND up for good: those named, or with --all those the options select."""
    _batch(brand, BatchKind.WRITE_OFF, ids, selected, why=why, wait=wait, as_json=as_json)


def _batch(
    brand: str,
    kind: BatchKind,
    ids: tuple[UUID, ...],
    selected: dict[str, Any],
    *,
    why: str,
    wait: bool,
    as_json: bool,
) -> None:
    if bool(ids) == bool(selected.pop("everything")):
        raise click.UsageError("Name the failures, or give --all with options that select them.")
    with brand_work_of(brand) as ctx:
        wanted = None if ids else _filter(ctx, selected)
        batch_id = failure_log.start_batch(ctx, kind, why=why, wanted=wanted, ids=ids or None).id
    if wait:
        until(lambda: not _is_running(brand, batch_id), somebody_leads, what="The batch", as_json=as_json)
    with brand_work_of(brand) as ctx:
        batch = failure_log.failure_batch(ctx, batch_id)
        row = {"id": str(batch.id), "state": str(batch.state), "selected": batch.total, "closed": batch.closed}
    answer([row], as_json=as_json, title=f"{brand}: {kind.replace('_', ' ')}")
    if batch.state is not BatchState.RUNNING and batch.closed < batch.total:
        sys.exit(WRONG)


def _is_running(brand: str, batch_id: UUID) -> bool:
    with brand_work_of(brand) as ctx:
        return failure_log.failure_batch(ctx, batch_id).state is BatchState.RUNNING


def _filter(ctx: Context, selected: dict[str, Any]) -> FailureFilter:
    code = selected["source"]
    return FailureFilter(
        reason=selected["reason"],
        service=selected["service"],
        source_id=usage_sources.source_by_code(ctx, code).id if code else None,
        file_id=selected["file_id"],
        text=selected["text"],
    )


def _groups(ctx: Context, wanted: FailureFilter) -> list[dict[str, object]]:
    return [
        {
            "reason": group.reason,
            "service": group.service,
            "count": group.count,
            "oldest": group.oldest_at,
            "sample": group.sample.detail,
        }
        for group in failure_log.failure_groups(ctx, wanted)
    ]


def _rows(ctx: Context, wanted: FailureFilter, first: int) -> list[dict[str, object]]:
    return [
        {
            "id": str(one.id),
            "file": one.file_name,
            "row": one.row,
            "state": str(one.state),
            "reason": one.reason,
            "detail": one.detail,
        }
        for one in failure_log.failures(ctx, wanted, first=first)
    ]
