"""The edge opens and commits; nobody below it does."""

import ast
from collections.abc import Iterator

from tools.checks.tree import Finding, Module, Tree, dotted

BELOW = ("platform/mvne_platform", "graphql", "tenants")
# Who may end a transaction, and why.
EXCEPTIONS = {
    "platform/mvne_platform/runtime/work.py": "is the unit of work that the edges open",
    "graphql/mvne_graphql/execution.py": "gives each top-level mutation its transaction, as the edge's executor",
    "platform/mvne_platform/migrations/": "a migration commits per brand, so that it can be resumed",
}
_ENDS = {"commit", "rollback"}


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for calls that end a transaction, and for SQL that does."""
    for module in tree.python(*BELOW):
        if module.path.as_posix().startswith(tuple(EXCEPTIONS)):
            continue
        savepoints = set(_savepoints(module))
        for node in module.nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in _ENDS and dotted(node.func.value) not in savepoints:
                target = dotted(node.func) or f"….{node.func.attr}"
                yield module.finding(node.lineno, "transactions", f"{target}(): only the edge ends a transaction")
        for literal in module.strings():
            statement = literal.text.strip()
            if statement.rstrip(";").upper() in ("COMMIT", "ROLLBACK"):
                yield module.finding(literal.line, "transactions", f"SQL {statement}: only the edge ends a transaction")


def _savepoints(module: Module) -> Iterator[str]:
    """The names given to `begin_nested()`: what is tried and taken back inside a transaction does not end it."""
    for node in module.nodes:
        if isinstance(node, ast.Assign):
            value, targets = node.value, node.targets
        elif isinstance(node, ast.withitem) and node.optional_vars:
            value, targets = node.context_expr, [node.optional_vars]
        else:
            continue
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "begin_nested":
            yield from map(dotted, targets)
