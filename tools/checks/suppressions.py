"""Who silences a rule says why, in the same line."""

import io
import re
import tokenize
from collections.abc import Iterator

from tools.checks.tree import ALL_PYTHON, Finding, Module, Tree

_SUPPRESSION = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|mypy:|ruff:|pragma:|nosec)"
    r"[:\s]*(?:\[[\w, -]*\]|[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)",
    re.IGNORECASE,
)
_SHORTEST_REASON = 5


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for `noqa`, `type: ignore` and their like without words after the codes."""
    for module in tree.python(*ALL_PYTHON):
        for line, comment in _comments(module):
            found = _SUPPRESSION.match(comment)
            if found and len(found["reason"].strip("# ")) < _SHORTEST_REASON:
                message = f"'{comment}' gives no reason: write it after the code"
                yield module.finding(line, "suppressions", message)


def _comments(module: Module) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
