"""Where in the code something is used, by the names other domains know it by."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from tools.handbook.pages import ROOT

PLATFORM = ROOT / "platform" / "mvne_platform"
TENANTS = ROOT / "tenants" / "mvne_tenants"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Uses = Callable[[ast.AST], bool]


@cache
def files(package: Path) -> tuple[tuple[str, ast.Module], ...]:
    """Every module below a package, by dotted name, parsed."""
    found = []
    for path in sorted(package.rglob("*.py")):
        house = next(root for root in (PLATFORM.parent, TENANTS.parent) if path.is_relative_to(root))
        parts = path.relative_to(house).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def functions_with(package: Path, uses: Uses) -> list[str]:
    """The public functions in which something is used, themselves or in a private function they call.

    Named as other domains call them, `orders.place_order`; by their module where no front door shows them.
    """
    found = [public_name(module, name) for module, tree in files(package) for name in _public(tree, uses)]
    return list(dict.fromkeys(found))


def public_name(module: str, function: str) -> str:
    """`orders.place_order` for that of `mvne_platform.orders.commands.place_order`, at the first door that shows it."""
    parts = module.split(".")
    first_door = 2 if parts[0] == "mvne_platform" else 1
    doors = [".".join(parts[:length]) for length in range(first_door, len(parts) + 1)]
    meant = getattr(import_module(module), function)
    shown = next(door for door in doors if getattr(import_module(door), function, None) is meant)
    return f"{shown.removeprefix('mvne_platform.')}.{function}"


def _public(tree: ast.Module, uses: Uses) -> Iterator[str]:
    functions = {node.name: node for node in tree.body if isinstance(node, Function)}
    using = {name for name, node in functions.items() if any(uses(part) for part in ast.walk(node))}
    for name, node in functions.items():
        if not name.startswith("_") and (name in using or _reaches(node, functions, using)):
            yield name


def _reaches(start: Function, functions: dict[str, Function], using: set[str]) -> bool:
    """Whether a function calls one of `using`, on a way through private functions only."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        called = {part.id for part in ast.walk(waiting.pop()) if isinstance(part, ast.Name)} & functions.keys()
        private = {name for name in called if name.startswith("_")} - seen
        if private & using:
            return True
        seen |= private
        waiting.extend(functions[name] for name in private)
    return False
