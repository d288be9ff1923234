"""Shared catalogues: published from a folder, for brands to subscribe to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from mvne_platform import catalogue
from mvne_platform.catalogue import editing
from mvne_platform.runtime import Actor, platform_work
from mvne_platform.runtime.context import SYSTEM
from mvne_tenants import permissions
from mvne_tenants.manifest import Fault, Files, ManifestFaulty, read_folder
from mvne_tenants.manifest.source import Source, parse_toml
from mvne_tenants.registry import require

FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a shared catalogue; the same content again is the same version again."""

    code: str
    version: int


def publish_shared(folder: Path, *, actor: Actor = SYSTEM) -> Published:
    """Publish `catalogue.toml` of a folder, whose name is the catalogue's code; a version never changes afterwards.

    Raises ManifestFaulty with every fault, PermissionMissing without 'brand.apply'.
    """
    require(actor, permissions.APPLY)
    content = _content(read_folder(folder))
    with platform_work(actor) as db:
        return Published(folder.name, catalogue.publish_shared(db, folder.name, content))


def _content(files: Files) -> dict[str, object]:
    if FILE not in files.texts:
        raise ManifestFaulty([Fault(FILE, 1, "MISSING_FILE", "The folder has no such file.", "Add it.")])
    source = parse_toml(FILE, files.texts[FILE])
    if isinstance(source, Fault):
        raise ManifestFaulty([source])
    problems = editing.read_catalogue(source.values)
    if isinstance(problems, list):
        raise ManifestFaulty(_located(source, problem) for problem in problems)
    # Once more without exact fractions: what is published is kept as JSON.
    return tomllib.loads(files.texts[FILE])


def _located(source: Source, problem: catalogue.Problem) -> Fault:
    path = tuple(int(part) if part.isdigit() else part for part in problem.subject)
    cause = f"{'.'.join(problem.subject)}: {problem.message.rstrip('.')}."
    return source.fault(path, "SHARED_CATALOGUE", cause, "Correct the value.")
