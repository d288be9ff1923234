"""`mvne numbers`: what is known of called numbers."""

import sys
from datetime import datetime
from pathlib import Path

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.output import WRONG, answer, json_option
from mvne_platform import mediation

_KINDS = {kind.value.replace("_", "-"): kind for kind in mediation.numbers.NumberDataKind}


@click.group()
def numbers() -> None:
    """Portability data and short codes: load them and look numbers up."""


@numbers.command()
@click.argument("brand")
@click.argument("kind", type=click.Choice(sorted(_KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Exchange everything for FILE; one faulty row keeps all as it is.")
@json_option
@on_installation
def load(brand: str, kind: str, file: Path, *, replace: bool, as_json: bool) -> None:
    """Take FILE of number data for BRAND; the same file again changes nothing.

    Every row is answered. Exit code 1 when a row was not taken.
    """
    with brand_work_of(brand) as ctx, file.open("rb") as content:
        loaded = mediation.numbers.load_number_data(ctx, _KINDS[kind], name=file.name, content=content, replace=replace)
    counts = {name: getattr(loaded, name) for name in ("rows", "added", "ended", "unchanged", "faulty")}
    faults = [{"line": line, "reason": fault.reason, "detail": fault.detail} for line, fault in loaded.faults]
    if as_json:
        answer({**counts, "faults": faults}, as_json=True)
    else:
        answer([counts], as_json=False, title=f"{brand}: {file.name}")
        if faults:
            answer(faults, as_json=False, title="Not taken")
    if loaded.faulty:
        sys.exit(WRONG)


@numbers.command()
@click.argument("brand")
@click.argument("called", nargs=-1)
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="When; now by the brand's clock if absent.")
@json_option
@on_installation
def show(brand: str, called: tuple[str, ...], at: datetime | None, *, as_json: bool) -> None:
    """What is known of each CALLED number (E.164 with +, or a code as dialled); without any, the short codes."""
    with brand_work_of(brand) as ctx:
        instant = at or ctx.now
        if called:
            rows = [_facts(number, mediation.numbers.called_number(ctx, number, instant)) for number in called]
        else:
            rows = [_code(code) for code in mediation.numbers.short_codes_at(ctx, instant)]
    answer(rows, as_json=as_json, title=f"{brand}: called numbers")


def _facts(number: str, facts: mediation.numbers.NumberFacts) -> dict[str, object]:
    return {"number": number, "operator": facts.operator, "class": facts.number_class, "name": facts.name}


def _code(code: mediation.numbers.ShortCode) -> dict[str, object]:
    return {
        "number": f"{code.code}{'*' if code.prefix else ''}",
        "class": code.number_class,
        "name": code.name,
        "valid_from": code.valid_from.isoformat(),
        "source": code.source,
    }
