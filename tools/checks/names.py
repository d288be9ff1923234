"""A name says what a thing is; these say only that it was put somewhere."""

import ast
import re
from collections.abc import Iterator

from tools.checks.tree import ALL_PYTHON, Finding, Tree

FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "base_service"}
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for files, folders and classes with such a name, whole or as their last word."""
    for module in tree.python(*ALL_PYTHON):
        for part in (*module.path.parts[:-1], module.path.stem):
            if _says_nothing(part):
                yield module.finding(1, "names", f"'{part}' does not say what is in it")
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and _says_nothing(node.name):
                yield module.finding(node.lineno, "names", f"'{node.name}' does not say what it is")


def _says_nothing(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(words) and (words[-1] in FORBIDDEN or "_".join(words) in FORBIDDEN)
