"""Files, functions and nesting stay small (architecture, section 3). Complexity is ruff's C901."""

import ast
from collections.abc import Iterator

from tools.checks.tree import ALL_PYTHON, Finding, Module, Tree, dotted

FUNCTION_LINES = 39
NESTING = 3
FILE_LINES = 300
FILE_LINES_BY_NAME = {
    "__init__.py": 60,
    "events.py": 150,
    "errors.py": 150,
    "permissions.py": 150,
    "jobs.py": 150,
}
TEST_LINES = 600
_NESTING_NODES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for files, functions and blocks that have outgrown their limit."""
    for module in tree.python(*ALL_PYTHON):
        if "versions" in module.path.parts:  # a migration is as long as the change it makes
            continue
        is_test = module.path.parts[0] == "tests"
        limit = TEST_LINES if is_test else FILE_LINES_BY_NAME.get(module.path.name, FILE_LINES)
        length = len(module.lines) - _lines_of_listings(module)
        if length > limit:
            way_out = "it shows too much" if module.path.name == "__init__.py" else "make it a folder of the same name"
            message = f"{length} lines, at most {limit}: {way_out}"
            yield module.finding(1, "sizes", message)
        if not is_test:
            yield from _functions(module)


def _lines_of_listings(module: Module) -> int:
    """What only names things, one a line: `__all__`, which repeats the imports, and a registry's own modules."""
    own = ".".join(module.path.parent.parts[1:])
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in module.tree.body
        if (isinstance(node, ast.Assign) and [dotted(target) for target in node.targets] == ["__all__"])
        or (module.path.name == "__init__.py" and isinstance(node, ast.ImportFrom) and node.module == own)
    )


def _functions(module: Module) -> Iterator[Finding]:
    for node in module.nodes:
        if not isinstance(node, Function):
            continue
        length = _lines(node)
        if length > FUNCTION_LINES:
            yield module.finding(node.lineno, "sizes", f"{node.name} has {length} lines, at most {FUNCTION_LINES}")
        for block in _too_deep(node.body, 0):
            message = f"{node.name} nests deeper than {NESTING}: return early, or name the inner part"
            yield module.finding(block.lineno, "sizes", message)


def _lines(function: Function) -> int:
    """From `def` to the end, without the docstring."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def _too_deep(body: list[ast.stmt], depth: int) -> Iterator[ast.stmt]:
    for statement in body:
        if not isinstance(statement, _NESTING_NODES):
            continue
        if depth == NESTING:
            yield statement
            continue
        for inner in _blocks(statement):
            yield from _too_deep(inner, depth if _is_elif(statement, inner) else depth + 1)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _is_elif(statement: ast.stmt, inner: list[ast.stmt]) -> bool:
    is_else = isinstance(statement, ast.If) and inner is statement.orelse
    return is_else and len(inner) == 1 and isinstance(inner[0], ast.If)
