"""Columns are named: after a migration, a prepared `select *` fails on every connection that still has it.

The columns of `unnest(…)` are its arguments, which stand beside it.
"""

import re
from collections.abc import Iterator

from tools.checks.tree import PRODUCT, Finding, Tree

_STAR = re.compile(r"\b(?:select|returning)\s+(?:all\s+|distinct\s+)?(?:\w+\.)?\*(?!\s*from\s+unnest\b)", re.IGNORECASE)
_COMMENT = re.compile(r"--.*")


def check(tree: Tree) -> Iterator[Finding]:
    """Findings in the strings of Python files and in SQL files."""
    message = "select *: name the columns"
    for module in tree.python(*PRODUCT):
        for literal in module.strings():
            if found := _STAR.search(literal.text):
                yield module.finding(literal.line_of(found.start()), "select_star", message)
    for path in tree.files(*PRODUCT):
        lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".sql" else []
        for number, text in enumerate(lines, start=1):
            if _STAR.search(_COMMENT.sub("", text)):
                yield Finding(path.relative_to(tree.root).as_posix(), number, "select_star", message)
