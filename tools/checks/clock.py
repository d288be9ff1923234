"""Time comes in: `ctx.now` is the brand's clock, `runtime.clock.system_now()` the platform's. Nothing else is asked."""

import ast
import re
from collections.abc import Iterator

from tools.checks.tree import PRODUCT, Finding, Module, Tree, imported_names, resolved

# Who may ask the machine, and why.
EXCEPTIONS = {
    "platform/mvne_platform/runtime/clock.py": "is the platform's clock",
    "platform/mvne_platform/kernel/ids.py": "a uuid7 begins with the machine's time (RFC 9562)",
}
# Column defaults and partition names of the database.
EXCEPTED_FOLDER = "platform/mvne_platform/migrations/"

_PYTHON_CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
_SQL_NAMES = (
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtimestamp",
    "localtime",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
)
_SQL_CLOCK = re.compile(
    r"\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b)",
    re.IGNORECASE,
)


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for every question to a clock, in Python and (below the edges) in SQL."""
    for module in tree.python(*PRODUCT):
        path = module.path.as_posix()
        if path in EXCEPTIONS or path.startswith(EXCEPTED_FOLDER):
            continue
        yield from _python(module)
        if module.path.parts[0] == "platform":
            yield from _sql(module)


def _python(module: Module) -> Iterator[Finding]:
    bound = imported_names(module)
    for node in module.nodes:
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = resolved(node, bound)
        if name in _PYTHON_CLOCKS:
            yield module.finding(node.lineno, "clock", f"{name}: take `ctx.now`, or runtime.clock.system_now()")


def _sql(module: Module) -> Iterator[Finding]:
    bound = imported_names(module)
    for node in module.nodes:
        if not isinstance(node, ast.Attribute) or node.attr not in _SQL_NAMES:
            continue
        if resolved(node.value, bound) in ("sqlalchemy.func", "sqlalchemy.sql.func"):
            yield module.finding(node.lineno, "clock", f"func.{node.attr}: pass `ctx.now` as a parameter")
    for literal in module.strings():
        if found := _SQL_CLOCK.search(literal.text):
            yield module.finding(
                literal.line_of(found.start()), "clock", f"SQL {found[0]}: pass `ctx.now` as a parameter"
            )
