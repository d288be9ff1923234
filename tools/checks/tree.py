"""What the checks read: the files of a checkout, parsed once."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PRODUCT = ("platform", "tenants", "graphql", "workers")
ALL_PYTHON = (*PRODUCT, "simulators", "tools", "bench", "tests")

_NOT_OURS = {"var", "node_modules", "__pycache__", "site", "dist"}
_OUR_HIDDEN_FOLDERS = {".ci", ".github"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule broken at a line of a file; `path` is relative to the checkout."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in a Python file: the line it begins in, how many lines it takes, and what it says."""

    line: int
    height: int
    text: str

    def line_of(self, position: int) -> int:
        """The line of a character; of a text with escaped line ends, the line it begins in."""
        below = self.text.count("\n", 0, position)
        return self.line + below if self.text.count("\n") < self.height else self.line


class Module:
    """A Python file."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = path.relative_to(root)
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the syntax tree."""
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The dotted name by which it is imported, `mvne_platform.billing.rules`."""
        folders = self.path.with_suffix("").parts[1:] if self.path.parts[0] not in ("tests", "tools", "bench") else ()
        parts = folders or self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def finding(self, line: int, rule: str, message: str) -> Finding:
        """A finding in this file."""
        return Finding(self.path.as_posix(), line, rule, message)

    def strings(self) -> Iterator[Literal]:
        """Every text that is not a docstring; of an f-string its fixed parts."""
        docstrings = {id(node) for node in self._docstrings()}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield Literal(node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1, node.value)

    def _docstrings(self) -> Iterator[ast.expr]:
        for node in self.nodes:
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0] if node.body else None
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    yield first.value


class Tree:
    """A checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modules: dict[Path, Module] = {}

    def files(self, *folders: str) -> Iterator[Path]:
        """Every file of ours below the folders (default: all), sorted; what is made or installed is left out."""
        for start in map(self.root.joinpath, folders) if folders else (self.root,):
            for folder, names, files in os.walk(start):
                names[:] = sorted(name for name in names if name not in _NOT_OURS and not _is_foreign(name))
                yield from (Path(folder, name) for name in sorted(files))

    def python(self, *folders: str) -> Iterator[Module]:
        """The Python files below the folders."""
        for path in self.files(*folders):
            if path.suffix == ".py":
                if path not in self._modules:
                    self._modules[path] = Module(self.root, path)
                yield self._modules[path]


def _is_foreign(folder: str) -> bool:
    return folder.startswith(".") and folder not in _OUR_HIDDEN_FOLDERS


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def imported_names(module: Module) -> dict[str, str]:
    """What each name bound by an import stands for: `{"sa": "sqlalchemy", "Enum": "sqlalchemy.Enum"}`."""
    bound: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound


def resolved(node: ast.AST, bound: dict[str, str]) -> str:
    """The full name of what an expression names, imports followed: `sa.Enum` is `sqlalchemy.Enum`."""
    first, dot, rest = dotted(node).partition(".")
    return f"{bound.get(first, first)}{dot}{rest}"
