"""An enum column is text with a CHECK: a native type differs per schema, and prepared statements break on it."""

import ast
import re
from collections.abc import Iterator

from tools.checks.tree import PRODUCT, Finding, Tree, imported_names, resolved

_CREATE_TYPE = re.compile(r"\bcreate\s+type\s+\S+\s+as\s+enum\b", re.IGNORECASE)
_ALWAYS_NATIVE = {"ENUM", "NamedType"}


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for SQLAlchemy enums that would become a type of their own."""
    for module in tree.python(*PRODUCT):
        bound = imported_names(module)
        for node in module.nodes:
            if isinstance(node, ast.Call) and _is_native(node, resolved(node.func, bound)):
                message = "a native enum: use the text enum of mvne_platform.runtime.models (native_enum=False)"
                yield module.finding(node.lineno, "enums", message)
        for literal in module.strings():
            if found := _CREATE_TYPE.search(literal.text):
                line = literal.line_of(found.start())
                yield module.finding(line, "enums", "CREATE TYPE … AS ENUM: use text with a CHECK")


def _is_native(call: ast.Call, name: str) -> bool:
    if not name.startswith("sqlalchemy."):
        return False
    last = name.rpartition(".")[2]
    if last in _ALWAYS_NATIVE:
        return True
    return last == "Enum" and not any(_says_no(keyword) for keyword in call.keywords)


def _says_no(keyword: ast.keyword) -> bool:
    return keyword.arg == "native_enum" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
