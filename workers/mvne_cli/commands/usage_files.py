"""`mvne usage load | files | report | quarantine`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import WRONG, answer, json_option
from mvne_platform import charging, mediation
from mvne_platform.mediation import FileState, UsageFile, sources
from mvne_platform.runtime import Context
from mvne_workers.leader import somebody_leads

_ENDED = (FileState.LOADED, FileState.REJECTED, FileState.DISCARDED)
why_option = click.option("--why", required=True, help="Why, in one line; it is kept.")


@click.command()
@click.argument("brand")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "file_format", default="mvne-csv", show_default=True, help="How the records are written.")
@click.option("--source", help="Take the files as this source's instead, in its format.")
@wait_option
@json_option
@on_installation
def load(
    brand: str, files: tuple[Path, ...], file_format: str, source: str | None, *, wait: bool, as_json: bool
) -> None:
    """Receive FILES for BRAND; the same bytes again change nothing. Archives (gzip, zip) are expanded.

    Every row is answered: rated, not chargeable, barred, duplicate, or failed with a reason. Exit code 1 when a file
    was put into quarantine.
    """
    ids = [file_id for path in files for file_id in _receive(brand, path, file_format, source)]
    if wait:
        until(
            lambda: all(file.state in _ENDED for file in _files(brand, ids)),
            somebody_leads,
            what=f"Loading {len(ids)} files",
            as_json=as_json,
        )
    received = _files(brand, ids)
    answer([_row(file) for file in received], as_json=as_json, title=f"{brand}: usage files")
    if any(file.state is FileState.REJECTED for file in received):
        sys.exit(WRONG)


@click.command("files")
@click.argument("brand")
@click.option("--state", type=click.Choice([state.value for state in FileState]), help="Only in this state.")
@click.option("--first", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many, newest first.")
@json_option
@on_installation
def list_files(brand: str, state: str | None, first: int, *, as_json: bool) -> None:
    """The usage files of BRAND and how their rows ended, newest first."""
    with brand_work_of(brand) as ctx:
        found = mediation.usage_files(ctx, state=FileState(state) if state else None, first=first)
        rows = [_row(file) for file in found]
    answer(rows, as_json=as_json, title=f"{brand}: usage files")


@click.command()
@click.argument("brand")
@click.argument("file", type=click.UUID)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else to standard output.")
@json_option
@on_installation
def report(brand: str, file: UUID, out: Path | None, *, as_json: bool) -> None:
    """How each row of FILE (its id) stands, as CSV: accepted, duplicate, rejected and why, or written off.

    With --json and --out, what was written where.
    """
    if as_json and out is None:
        raise click.UsageError("The report is CSV; give --out FILE, and --json answers how many rows were written.")
    with brand_work_of(brand) as ctx:
        found = mediation.file_to_report(ctx, file)
        if out is None:
            mediation.write_report(ctx, found, sys.stdout)
            return
        with out.open("w", encoding="utf-8") as target:
            count = mediation.write_report(ctx, found, target)
    answer({"name": found.name, "rows": count, "out": str(out)}, as_json=as_json)


@click.group()
def quarantine() -> None:
    """Files that cannot be read: list them, try them again, let them through, or give them up."""


@quarantine.command("list")
@click.argument("brand")
@json_option
@on_installation
def list_quarantined(brand: str, *, as_json: bool) -> None:
    """The files of BRAND in quarantine, newest first. Exit code 1 when there are any."""
    with brand_work_of(brand) as ctx:
        rows = [_row(file) for file in mediation.usage_files(ctx, state=FileState.REJECTED, first=1_000)]
    answer(rows, as_json=as_json, title=f"{brand}: files in quarantine")
    if rows:
        sys.exit(WRONG)


@quarantine.command()
@click.argument("brand")
@click.argument("file", type=click.UUID)
@click.option("--format", "file_format", help="As this format; as the same if absent.")
@why_option
@json_option
@on_installation
def retry(brand: str, file: UUID, file_format: str | None, why: str, *, as_json: bool) -> None:
    """Try FILE again, as another format perhaps. Exit code 1 when it stays in quarantine."""
    _decide(brand, lambda ctx: mediation.retry_file(ctx, file, format=file_format, why=why), as_json=as_json)


@quarantine.command()
@click.argument("brand")
@click.argument("file", type=click.UUID)
@why_option
@json_option
@on_installation
def release(brand: str, file: UUID, why: str, *, as_json: bool) -> None:
    """Let FILE through in spite of what is wrong with it as a whole (its trailer counts other rows, say)."""
    _decide(brand, lambda ctx: mediation.release_file(ctx, file, why=why), as_json=as_json)


@quarantine.command()
@click.argument("brand")
@click.argument("file", type=click.UUID)
@why_option
@json_option
@on_installation
def discard(brand: str, file: UUID, why: str, *, as_json: bool) -> None:
    """Give FILE up. Its bytes and its history stay."""
    _decide(brand, lambda ctx: mediation.discard_file(ctx, file, why=why), as_json=as_json)


def _decide(brand: str, decide: Callable[[Context], UsageFile], *, as_json: bool) -> None:
    with brand_work_of(brand) as ctx:
        file = decide(ctx)
        row = _row(file)
    answer([row], as_json=as_json, title=f"{brand}: quarantine")
    if file.state is FileState.REJECTED:
        sys.exit(WRONG)


def _receive(brand: str, path: Path, file_format: str, source: str | None) -> list[UUID]:
    with brand_work_of(brand) as ctx:
        if source is not None:
            return [file.id for file in sources.take_files(ctx, source, name=path.name, content_path=path)]
        received = mediation.receive_files(ctx, name=path.name, format=file_format, content_path=path)
        return [charging.start_load(ctx, file.id).id for file in received]


def _files(brand: str, ids: Sequence[UUID]) -> list[UsageFile]:
    with brand_work_of(brand) as ctx:
        return [mediation.usage_file(ctx, file_id) for file_id in ids]


def _row(file: UsageFile) -> dict[str, object]:
    counts = ("rated", "not_chargeable", "barred", "duplicate", "failed", "correlated", "collected", "written_off")
    return {
        "id": str(file.id),
        "name": file.name,
        "state": str(file.state),
        "rows": file.rows_total or 0,
        **{name: getattr(file, name) for name in counts},
        "reason": file.rejection,
    }
