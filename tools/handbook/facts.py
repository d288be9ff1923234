"""The facts, who emits them, and what the platform does about them."""

import ast
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from itertools import groupby
from types import NoneType, UnionType
from typing import Any, get_type_hints

from mvne_platform.kernel import Fact
from mvne_platform.reactions import REACTIONS
from tools.handbook.markdown import first_paragraph, table
from tools.handbook.sources import PLATFORM, functions_with

Reaction = Callable[..., object]


def all_facts() -> list[type[Fact]]:
    """Every kind of fact, by domain, in the order in which the domain lists them."""
    for module in sorted(PLATFORM.glob("*/events.py")):
        import_module(f"mvne_platform.{module.parent.name}.events")
    ours = [kind for kind in Fact.kinds.values() if kind.__module__.startswith("mvne_platform.")]
    unique = {kind.__name__: kind for kind in ours}
    return sorted(unique.values(), key=domain_of)


def by_domain() -> str:
    """A heading for each domain and for each fact."""
    sections = []
    for domain, kinds in groupby(all_facts(), key=domain_of):
        sections.append(f"## {domain}")
        sections.extend(_entry(kind) for kind in kinds)
    return "\n\n".join(sections)


def reactions() -> str:
    """What follows what, as one table."""
    rows = [
        (f"[{kind.__name__}](#{kind.__name__.lower()})", sentence(react), f"`{file_of(react)}`")
        for kind in all_facts()
        for react in REACTIONS.get(kind, ())
    ]
    return table(("when", "the rule", "file"), rows)


def domain_of(kind: type[Fact]) -> str:
    """`orders`."""
    return kind.__module__.split(".")[1]


def sentence(react: Reaction) -> str:
    """The sentence a reaction's file begins with."""
    return first_paragraph(sys.modules[react.__module__])


def file_of(react: Reaction) -> str:
    """Its path below the platform's package."""
    return f"reactions/{react.__module__.rsplit('.', 1)[-1]}.py"


def _entry(kind: type[Fact]) -> str:
    listed = ", ".join(f"`{name}` ({shown})" for name, shown in _fields(kind))
    lines = [f"### {kind.__name__}", "", first_paragraph(kind), "", f"- carries: {listed}"]
    emitters = functions_with(PLATFORM / domain_of(kind), lambda node: _names(node, kind.__name__))
    lines.append(f"- emitted by: {', '.join(f'`{name}`' for name in emitters)}")
    lines.extend(f"- then: {sentence(react)}" for react in REACTIONS.get(kind, ()))
    return "\n".join(lines)


def _names(node: ast.AST, fact: str) -> bool:
    return isinstance(node, ast.Name) and node.id == fact


def _fields(kind: type[Fact]) -> list[tuple[str, str]]:
    hints = get_type_hints(kind)
    return [(one.name, _shown(hints[one.name])) for one in fields(kind)]


_TYPES = {"UUID": "id", "str": "text", "int": "whole number", "datetime": "instant", "date": "day", "bool": "yes or no"}


def _shown(hint: Any) -> str:
    """For people: an enumeration by what it may be."""
    if hasattr(hint, "__members__"):
        return ", ".join(str(member) for member in hint)
    if isinstance(hint, UnionType):
        return " or ".join(_shown(one) if one is not NoneType else "nothing" for one in hint.__args__)
    name: str = hint.__name__
    return _TYPES.get(name, name)
