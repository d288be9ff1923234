"""Names that pages quote in code font, and whether the code has them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

from mvne_platform.migrations import all_models
from mvne_platform.runtime import Context
from mvne_platform.runtime.settings import OUTSIDE_SYSTEMS

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("platform", "tenants", "graphql", "workers", "simulators", "tests", "tools", "bench", "docs")
# These tests plant names that are not there.
HERE = Path(__file__).resolve().parent
PLATFORM = ROOT / "platform" / "mvne_platform"
DOMAINS = {path.parent.name for path in PLATFORM.glob("*/__init__.py")}
PACKAGES = {path.parent.name for house in HOUSES for path in (ROOT / house).glob("mvne_*/__init__.py")}
VARIABLES = {f"MVNE_{system.upper()}_{part}" for system in OUTSIDE_SYSTEMS for part in ("URL", "TOKEN")}
# What guides invent to show how to add one, and words of other libraries.
NOT_OURS = {"MVNE_ACME_URL", "MVNE_ACME_TOKEN", "provisioning/adapters/acme.py", "create_all"}
_FILE = re.compile(r"[\w.<>-]+\.(?:toml|csv|j2|svg|json|md|pdf|log|part|lock)")

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PATH = re.compile(r"[\w.<>-]+(?:/[\w.<>-]+)*/?")
_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)+)(?:\(.*\))?")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,}")
_WORD = re.compile(r"\w+")
# A permission, a background job, a fault point, a benchmark.
_DOTTED_WORD = re.compile(r"(?<=\")[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+(?=\")")
_SOURCES = {".py", ".toml", ".csv", ".j2", ".graphql", ".typ", ".html", ".css", ".yml"}


def quoted(text: str) -> Iterator[str]:
    """What a page has in code font within its sentences and tables."""
    for found in _QUOTED.finditer(_FENCE.sub("", text)):
        yield found[1]


def is_there(name: str) -> bool:
    """Whether the code has what a page quotes; what does not look like a name of the code is taken as it is."""
    if name in NOT_OURS or name in VARIABLES or _FILE.fullmatch(name):
        return True
    if _PATH.fullmatch(name) and ("/" in name):
        return _path_exists(name)
    dotted = _DOTTED.fullmatch(name)
    if dotted:
        return dotted[1] in words() or _dotted_exists(dotted[1])
    return not _IDENTIFIER.fullmatch(name) or name in words()


def _path_exists(name: str) -> bool:
    first = name.split("/", 1)[0]
    pattern = re.sub(r"<[^>]*>", "*", name.rstrip("/"))
    if first in HOUSES:
        return any(ROOT.glob(pattern))
    if first in DOMAINS and (name.endswith((".py", "/"))):
        return any(PLATFORM.glob(pattern))
    return True


def _dotted_exists(name: str) -> bool:
    first, rest = name.split(".", 1)
    if first in PACKAGES or first in ("tools", "tests", "bench"):
        return _has(name)
    if first == "ctx":
        return hasattr(Context, rest.split(".", 1)[0]) or rest.split(".", 1)[0] in Context.__annotations__
    if first == "platform":
        return rest in {table.name for table in _tables()}
    columns = {f"{table.name}.{column.name}" for table in _tables() for column in table.columns}
    return name in columns or first not in DOMAINS or _has(f"mvne_platform.{name}")


def _has(name: str) -> bool:
    """Whether a dotted name can be imported, or read from what can: a domain may have a function and a module alike."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        with suppress(ModuleNotFoundError):
            found = import_module(".".join(parts[:length]))
            if _reads(found, parts[length:]):
                return True
    return False


def _reads(found: object, attributes: list[str]) -> bool:
    for attribute in attributes:
        if not hasattr(found, attribute):
            return False
        found = getattr(found, attribute)
    return True


@cache
def _tables() -> tuple:
    return tuple(model.__table__ for history in ("brand", "platform") for model in all_models.models(history))


@cache
def words() -> frozenset[str]:
    """Every word that stands in the code, the demo brands, the tests' data or the build files."""
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "mkdocs.yml"]
    for house in HOUSES[:-1]:
        files += [path for path in (ROOT / house).rglob("*") if path.suffix in _SOURCES and HERE not in path.parents]
    found: set[str] = set()
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        found.update(_WORD.findall(text), _DOTTED_WORD.findall(text))
    return frozenset(found)
