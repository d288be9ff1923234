"""What a command answers: for people, or with `--json` for scripts; and the exit codes.

0 done; 1 something is wrong that the command was asked to look for (doctor) or could not finish; 2 the call was refused.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

console = Console()
REFUSED = 2

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")


def answer(value: Any, *, as_json: bool, title: str = "") -> None:
    """Print a mapping, a list of mappings, or a sentence."""
    if as_json:
        click.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))
    elif isinstance(value, str):
        console.print(value)
    elif isinstance(value, Mapping):
        _print_rows([{"": key, " ": shown} for key, shown in value.items()], title)
    else:
        _print_rows(list(value), title)


def refuse(code: str, message: str, *, as_json: bool = False, faults: Sequence[Any] = ()) -> NoReturn:
    """Say why not, and exit with 2."""
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message, "faults": faults}}, default=_plain, indent=2))
    else:
        Console(stderr=True).print(f"[red]{code}[/red] {message}", highlight=False)
        for fault in faults:
            Console(stderr=True).print(f"  {fault}", highlight=False, markup=False)
    sys.exit(REFUSED)


def _print_rows(rows: Sequence[Mapping[str, Any]], title: str) -> None:
    if not rows:
        console.print("[dim]nothing[/dim]")
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in rows[0]:
        table.add_column(column, justify="right" if isinstance(rows[0][column], int) else "left")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | StrEnum):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
