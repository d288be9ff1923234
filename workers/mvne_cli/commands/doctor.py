"""`mvne doctor`: what is wrong, and what to do."""

import sys

import click
from rich.markup import escape
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from mvne_cli.commands.session import on_installation
from mvne_cli.doctor import CHECKS, PLATFORM, Finding
from mvne_cli.output import WRONG, answer, console, json_option
from mvne_platform.runtime import BrandRow, platform_work


@click.command()
@click.option(
    "--check", "chosen", multiple=True, type=click.Choice(list(CHECKS)), help="Look for this only; may be repeated."
)
@click.option("--brand", "only", multiple=True, metavar="BRAND", help="Look at this brand only; may be repeated.")
@json_option
@on_installation
def doctor(chosen: tuple[str, ...], only: tuple[str, ...], *, as_json: bool) -> None:
    """Look for what is wrong; each finding names a way out.

    Schemas not at the newest revision, processes that do not run, relays that stand still, jobs that failed, systems
    outside that do not answer, balances and points that are not the sum of their ledger, usage files that are late or
    missing. Changes nothing. Exit code 1 when something was found.
    """
    brands = [slug for slug in _brands() if not only or slug in only]
    if unknown := sorted(set(only) - set(brands)):
        raise click.BadParameter(f"there is no brand {', '.join(unknown)}", param_hint="--brand")
    found = {name: _findings(name, brands) for name in chosen or CHECKS}
    if as_json:
        answer(
            [
                {"check": name, "where": one.where, "what": one.what, "way_out": one.way_out}
                for name, findings in found.items()
                for one in findings
            ],
            as_json=True,
        )
    else:
        _print(found, len(brands))
    if any(found.values()):
        sys.exit(WRONG)


def _brands() -> list[str]:
    with platform_work() as db:
        return list(db.scalars(select(BrandRow.slug).order_by(BrandRow.slug)))


def _findings(name: str, brands: list[str]) -> list[Finding]:
    try:
        return list(CHECKS[name](brands))
    except ProgrammingError as error:  # a table or column that only another revision has
        said = str(error.orig).splitlines()[0]
        return [Finding(PLATFORM, f"This could not be looked at: {said}", "`mvne migrate`, then look again.")]


def _print(found: dict[str, list[Finding]], brands: int) -> None:
    for name, findings in found.items():
        mark = "[red]✗[/red]" if findings else "[green]✓[/green]"
        console.print(f"{mark} {name}", highlight=False)
        for one in findings:
            console.print(f"    [bold]{escape(one.where)}[/bold] {escape(one.what)}", highlight=False, soft_wrap=True)
            console.print(f"      → {escape(one.way_out)}", style="dim", highlight=False, soft_wrap=True)
    total = sum(map(len, found.values()))
    console.print(f"{brands} brands, {total} findings." if total else f"{brands} brands, nothing wrong.")
