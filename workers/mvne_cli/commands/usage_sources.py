"""`mvne usage sources | secret | pull`."""

import sys
from pathlib import Path

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import WRONG, answer, json_option
from mvne_platform.mediation import sources as usage_sources
from mvne_platform.mediation.sources import UsageSource
from mvne_platform.runtime import Context
from mvne_workers.leader import somebody_leads


@click.command()
@click.argument("brand")
@json_option
@on_installation
def sources(brand: str, *, as_json: bool) -> None:
    """Where the usage files of BRAND come from, and how each source stands.

    Exit code 1 when one is overdue, could not be asked for files, or has gaps in its file numbers.
    """
    with brand_work_of(brand) as ctx:
        rows = [_row(ctx, source) for source in usage_sources.usage_sources(ctx)]
    answer(rows, as_json=as_json, title=f"{brand}: usage sources")
    if any(row["overdue"] or row["trouble"] or row["missing"] for row in rows):
        sys.exit(WRONG)


@click.command()
@click.argument("brand")
@click.argument("source")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read it from a file instead."
)
@json_option
@on_installation
def secret(brand: str, source: str, path: Path | None, *, as_json: bool) -> None:
    """Seal the password or private key with which SOURCE signs in. It is asked for, or read from standard input.

    Nothing shows it again.
    """
    text = path.read_text(encoding="utf-8") if path else _typed()
    with brand_work_of(brand) as ctx:
        usage_sources.set_source_secret(ctx, usage_sources.source_by_code(ctx, source).id, text)
    answer({"source": source, "sealed": True}, as_json=as_json)


@click.command()
@click.argument("brand")
@click.argument("source")
@wait_option
@json_option
@on_installation
def pull(brand: str, source: str, *, wait: bool, as_json: bool) -> None:
    """Ask SOURCE for files at once. Exit code 1 when it could not be asked."""
    with brand_work_of(brand) as ctx:
        asked = usage_sources.pull_now(ctx, usage_sources.source_by_code(ctx, source).id)
        number = asked.schedule_number
    if wait:
        until(lambda: _is_done(brand, source, number), somebody_leads, what=f"Pulling '{source}'", as_json=as_json)
    with brand_work_of(brand) as ctx:
        row = _row(ctx, usage_sources.source_by_code(ctx, source))
    answer([row], as_json=as_json, title=f"{brand}: usage sources")
    if row["trouble"]:
        sys.exit(WRONG)


def _is_done(brand: str, code: str, number: int) -> bool:
    """A pull has been begun once its number is past, and has ended once it is no longer under way."""
    with brand_work_of(brand) as ctx:
        source = usage_sources.source_by_code(ctx, code)
        return source.schedule_number > number and source.pull_number is None


def _typed() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, confirmation_prompt=True))
    return sys.stdin.read().rstrip("\n")


def _row(ctx: Context, source: UsageSource) -> dict[str, object]:
    return {
        "code": source.code,
        "operator": source.operator,
        "kind": str(source.kind),
        "format": source.format,
        "paused": source.paused,
        "next_pull": source.next_pull_at,
        "last_file": source.last_file_at,
        "overdue": usage_sources.overdue(ctx, source),
        "missing": sum(gap.files for gap in usage_sources.gaps(ctx, source)),
        "trouble": source.pull_error,
    }
