"""Small pieces of Markdown."""

import inspect
from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell does not end it."""
    lines = [
        _row(heads),
        _row(["---"] * len(heads)),
        *(_row([cell.replace("|", "\\|") for cell in row]) for row in rows),
    ]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def code(names: Iterable[str]) -> str:
    """Names in code font, with commas between."""
    return ", ".join(f"`{name}`" for name in names)


def first_paragraph(thing: object) -> str:
    """What a docstring says before its first empty line, on one line, without what it raises."""
    text = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    return " ".join(text.split("\n\n", 1)[0].split()).partition(" Raises ")[0]
