"""What a command answers: for people, or with `--json` for scripts; and the exit codes.

0 done; 1 something is wrong that the command was asked to look for, or it could not finish; 2 the call was refused.
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
from rich.markup import escape
from rich.table import Table

_PIPED_WIDTH = 140  # of tables in a file or a pipe, which have no width of their own


def _console(*, stderr: bool = False) -> Console:
    made = Console(stderr=stderr)
    return made if made.is_terminal else Console(stderr=stderr, width=_PIPED_WIDTH)


console = _console()
errors = _console(stderr=True)
WRONG, REFUSED = 1, 2

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")


def answer(value: Any, *, as_json: bool, title: str = "") -> None:
    """Print a mapping, a list of mappings, or a sentence."""
    if as_json:
        click.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))
    elif isinstance(value, str):
        console.print(value, markup=False, highlight=False)
    elif isinstance(value, Mapping):
        print_rows([{"": key, " ": shown} for key, shown in value.items()], title)
    else:
        print_rows(list(value), title)


def refuse(
    code: str, message: str, *, as_json: bool = False, faults: Sequence[Any] = (), status: int = REFUSED
) -> NoReturn:
    """Say why not, and exit with `status`."""
    if as_json:
        error = {"code": code, "message": message, "faults": list(faults)}
        click.echo(json.dumps({"error": error}, default=_plain, indent=2, ensure_ascii=False))
    else:
        errors.print(f"[red]{escape(code)}[/red] {escape(message)}", highlight=False, soft_wrap=True)
        for fault in faults:
            errors.print(f"  {fault}", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)


def print_rows(rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
    """A table of rows that share their columns."""
    if not rows:
        console.print(f"{escape(title)}: nothing" if title else "nothing", style="dim", highlight=False)
        return
    table = Table(title=escape(title) or None, title_justify="left", header_style="bold")
    for column, value in rows[0].items():
        table.add_column(column, justify="right" if _is_number(value) else "left")
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    console.print(table)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return escape(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | StrEnum):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
