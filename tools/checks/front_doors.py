"""Another domain is entered by its front door: `from mvne_platform import balances`, never `balances.models`.

The import contracts say which domain may know which; this says by which door. `kernel` and `runtime` are the ground
all stand on and are imported by the noun one needs (`mvne_platform.runtime.clock`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.checks.tree import PRODUCT, Finding, Module, Tree

PLATFORM = "mvne_platform"
GROUND = {"kernel", "runtime", "migrations"}
# What the edges read besides the front door: a registry of jobs and a list of permissions name them one by one.
OPEN_TO_EDGES = {"jobs", "permissions"}
# Packages with heavy imports (Polars, numba), entered only by what rates files: the front door would burden everyone.
# And large subjects of the catalogue and of mediation that only the edges ask for.
SECOND_DOORS = {
    ("catalogue", "editing"),
    ("charging", "online"),
    ("charging", "online", "fronting"),
    ("charging", "replay"),
    ("charging", "rerating"),
    ("mediation", "columns"),
    ("mediation", "failure_log"),
    ("mediation", "sources"),
    ("rating", "kernel"),
}


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for imports that reach into another domain."""
    folder = tree.root / "platform" / PLATFORM
    domains = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    for module in tree.python(*PRODUCT):
        own = _domain(module.name)
        for line, target in _imports(module, folder):
            domain = _domain(target)
            if domain is None or domain not in domains - GROUND or own in (domain, "migrations"):
                continue
            inside = target.split(".")[2:]
            if inside and (domain, *inside) not in SECOND_DOORS and not (own is None and inside[0] in OPEN_TO_EDGES):
                message = f"reaches into {domain}: `from {PLATFORM} import {domain}` and use what it shows"
                yield module.finding(line, "front_doors", message)


def _domain(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == PLATFORM and len(parts) > 1 else None


def _imports(module: Module, folder: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every module imported; a name that is no module counts for the module it is in."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield node.lineno, full if _is_module(full, folder) else node.module


def _is_module(name: str, folder: Path) -> bool:
    parts = name.split(".")
    path = folder.parent.joinpath(*parts)
    return parts[0] == PLATFORM and (path.is_dir() or path.with_suffix(".py").exists())
