"""`mvne usage`: hand usage files to a brand."""

import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import WRONG, answer, json_option
from mvne_platform import charging, mediation
from mvne_workers.leader import somebody_leads

_ENDED = (mediation.FileState.LOADED, mediation.FileState.REJECTED)


@click.group()
def usage() -> None:
    """Usage files: load them and see how their rows ended."""


@usage.command()
@click.argument("brand")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(sorted(mediation.FORMATS)),
    default="mvne-csv",
    show_default=True,
    help="How the records are written.",
)
@wait_option
@json_option
@on_installation
def load(brand: str, files: tuple[Path, ...], file_format: str, *, wait: bool, as_json: bool) -> None:
    """Receive FILES for BRAND; the same bytes again change nothing.

    Every row is answered: rated, not chargeable, barred, duplicate, or failed with a reason. Exit code 1 when a file
    was rejected as a whole.
    """
    ids = [_receive(brand, path, file_format) for path in files]
    if wait:
        until(
            lambda: all(file.state in _ENDED for file in _files(brand, ids)),
            somebody_leads,
            what=f"Loading {len(ids)} files",
            as_json=as_json,
        )
    received = _files(brand, ids)
    answer([_row(file) for file in received], as_json=as_json, title=f"{brand}: usage files")
    if any(file.state is mediation.FileState.REJECTED for file in received):
        sys.exit(WRONG)


@usage.command("list")
@click.argument("brand")
@click.option("--first", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many, newest first.")
@json_option
@on_installation
def list_files(brand: str, first: int, *, as_json: bool) -> None:
    """The usage files of BRAND and how their rows ended, newest first."""
    with brand_work_of(brand) as ctx:
        rows = [_row(file) for file in mediation.usage_files(ctx, first=first)]
    answer(rows, as_json=as_json, title=f"{brand}: usage files")


def _receive(brand: str, path: Path, file_format: str) -> UUID:
    with brand_work_of(brand) as ctx:
        file = mediation.receive_file(ctx, name=path.name, format=file_format, content_path=path)
        return charging.start_load(ctx, file.id).id


def _files(brand: str, ids: Sequence[UUID]) -> list[mediation.UsageFile]:
    with brand_work_of(brand) as ctx:
        return [mediation.usage_file(ctx, file_id) for file_id in ids]


def _row(file: mediation.UsageFile) -> dict[str, object]:
    return {
        "name": file.name,
        "state": str(file.state),
        "rows": file.rows_total or 0,
        "rated": file.rated,
        "not_chargeable": file.not_chargeable,
        "barred": file.barred,
        "duplicate": file.duplicate,
        "failed": file.failed,
        "reason": file.rejection,
    }
