"""How the code is laid out: layers with what each package is, and the rules a machine holds."""

import tomllib
from importlib import import_module
from typing import Any

from tools.checks import CHECKS
from tools.handbook.markdown import first_paragraph, table
from tools.handbook.pages import ROOT


def layers() -> str:
    """Every package by its level, the highest first; a package knows only those of lower levels."""
    edges, domains = _layers("edges")[:-1], _layers("domains")
    found = [layer for layer in [*edges, *([f"mvne_platform.{name}" for name in layer] for layer in domains)] if layer]
    rows = [
        (str(level), f"`{package.removeprefix('mvne_platform.')}`", first_paragraph(import_module(package)))
        for level, layer in zip(range(len(found), 0, -1), found, strict=True)
        for package in layer
    ]
    return table(("level", "package", "what it is"), rows)


def rules() -> str:
    """The house rules."""
    rows = [(f"`{name}`", first_paragraph(import_module(check.__module__))) for name, check in CHECKS.items()]
    return table(("rule", "what it holds"), rows)


def _layers(contract: str) -> list[list[str]]:
    """The packages of each layer; those in parentheses are planned and not there yet."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = [one for one in project["tool"]["importlinter"]["contracts"] if one["id"] == contract]
    named = [[name.strip() for name in layer.split("|")] for layer in found["layers"]]
    return [[name for name in layer if not name.startswith("(")] for layer in named]
