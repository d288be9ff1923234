"""Templates of brands, rendered so that no template can read, loop, compute or grow beyond its letter.

A template is text with values: names, conditions and a few filters. Everything else is refused when it is set, by what
it is made of; the sandbox refuses it again when it is rendered, and the length of what comes out is bounded.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mvne_platform.letters.errors import LetterTooLong

_MARKUP = re.compile(r"</[a-zA-Z]|<br")

FILTERS = ("upper", "lower", "title", "capitalize", "trim", "default", "d", "escape", "e")
TESTS = ("defined",)
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Concat,
)
_DEEPEST = 25
_TOO_DEEP = "conditions or parentheses are nested too deeply"
_NAMES = {
    "For": "loops",
    "Call": "calls",
    "Getattr": "parts of a value",
    "Getitem": "parts of a value",
    "Assign": "`set`",
    "AssignBlock": "`set`",
    "Mul": "arithmetic",
    "Pow": "arithmetic",
    "Mod": "arithmetic",
}


class _Letters(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, *_operation: Any, **_named: Any) -> Any:
        raise SecurityError("a letter does not compute")


def _environment(*, autoescape: bool) -> _Letters:
    environment = _Letters(autoescape=autoescape, undefined=jinja2.StrictUndefined, cache_size=0)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


_PLAIN, _HTML = _environment(autoescape=False), _environment(autoescape=True)


def is_html(source: str) -> bool:
    """Whether a template is HTML, in which values are escaped: it closes a tag or breaks a line by one."""
    return _MARKUP.search(source) is not None


def faults_of(source: str, variables: frozenset[str]) -> Iterator[str]:
    """What a template must not contain, in words."""
    try:
        tree = _PLAIN.parse(source)
    except jinja2.TemplateSyntaxError as error:
        yield f"line {error.lineno}: {error.message}"
        return
    except RecursionError:
        yield _TOO_DEEP
        return
    found = list(_descendants(tree))
    refused = [message for node, depth in found for message in _refusals(node, depth)]
    if refused:
        yield refused[0]
        return
    unknown = sorted({node.name for node, _ in found if isinstance(node, nodes.Name)} - variables)
    if unknown:
        yield f"unknown value {', '.join(unknown)}; this letter has {', '.join(sorted(variables))}"


def render(source: str, values: Mapping[str, str], *, at_most: int, html: bool = False) -> str:
    """Fill a template in; raises LetterTooLong, jinja2.TemplateError for one that was never checked."""
    parts: list[str] = []
    length = 0
    for part in _compiled(source, html=html).generate(dict(values)):
        length += len(part)
        if length > at_most:
            raise LetterTooLong(f"The text is longer than {at_most} characters with its values; shorten the template.")
        parts.append(part)
    return "".join(parts)


@lru_cache(maxsize=512)
def _compiled(source: str, *, html: bool) -> jinja2.Template:
    return (_HTML if html else _PLAIN).from_string(source)


def _refusals(node: nodes.Node, depth: int) -> Iterator[str]:
    kind = type(node).__name__
    if not isinstance(node, _ALLOWED):
        yield f"line {node.lineno}: a letter may not use {_NAMES.get(kind, kind)}"
    elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield f"line {node.lineno}: a letter may not use the filter '{node.name}'; there are {', '.join(FILTERS)}"
    elif isinstance(node, nodes.Test) and node.name not in TESTS:
        yield f"line {node.lineno}: a letter may not use the test '{node.name}'; there is {', '.join(TESTS)}"
    elif depth > _DEEPEST:
        yield _TOO_DEEP


def _descendants(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its depth; without recursion, which a hostile template would exhaust."""
    waiting = [(child, 1) for child in tree.iter_child_nodes()]
    while waiting:
        node, depth = waiting.pop(0)
        yield node, depth
        waiting[:0] = [(child, depth + 1) for child in node.iter_child_nodes()]
