"""A manifest as it comes in: a bounded mapping from path to text, from a folder or an upload."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mvne_tenants.manifest.faults import Fault, ManifestFaulty

MAX_FILES = 300
MAX_FILE_BYTES = 1_000_000
MAX_TOTAL_BYTES = 4_000_000
MAX_PATH = 120

# Names only, joined by slashes: no root, no `..`, no hidden file, nothing a file system treats specially.
_SAFE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of a manifest by path; made by `read_folder` or `accept` only, so bounds hold."""

    texts: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all paths and texts, independent of their order."""
        digest = sha256()
        for path in sorted(self.texts):
            content = self.texts[path].encode()
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def below(self, folder: str) -> list[str]:
        """The paths under `folder`, sorted."""
        return sorted(path for path in self.texts if path.startswith(f"{folder}/"))


def read_folder(folder: Path) -> Files:
    """Read a manifest's folder; hidden files are left out.

    Raises ManifestFaulty for a folder that is absent, too large, or holds links or binary files.
    """
    if not folder.is_dir():
        fault = Fault(str(folder), 1, "NO_FOLDER", "There is no such folder.", "Name the folder that holds brand.toml.")
        raise ManifestFaulty([fault])
    contents: dict[str, bytes] = {}
    faults: list[Fault] = []
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            faults.append(
                Fault(name, 1, "NOT_A_FILE", "A manifest holds plain files only.", "Put the file itself here.")
            )
        elif path.stat().st_size > MAX_FILE_BYTES:
            faults.append(_too_large(name, path.stat().st_size))
        elif len(contents) <= MAX_FILES:
            contents[name] = path.read_bytes()
    return accept(contents, faults)


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(root, name) for name in names if not name.startswith(".")]
        if len(found) > MAX_FILES:
            break
    return sorted(found)


def accept(contents: Mapping[str, bytes], faults: list[Fault] | None = None) -> Files:
    """Check names, number, sizes and encoding; raises ManifestFaulty with all that is wrong."""
    found = list(faults or [])
    found += _size_faults(contents)
    texts: dict[str, str] = {}
    for path, content in contents.items():
        if len(path) > MAX_PATH or not _SAFE_PATH.fullmatch(path):
            found.append(_unsafe(path))
            continue
        try:
            texts[path] = content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            way_out = "Save the file as UTF-8 text."
            found.append(Fault(path, line, "NOT_UTF8", f"Byte {error.start} is not UTF-8.", way_out))
    if found:
        raise ManifestFaulty(found)
    return Files(texts)


def _size_faults(contents: Mapping[str, bytes]) -> list[Fault]:
    faults = [_too_large(path, len(data)) for path, data in contents.items() if len(data) > MAX_FILE_BYTES]
    if len(contents) > MAX_FILES:
        cause = f"A manifest has at most {MAX_FILES} files."
        faults.append(Fault("brand.toml", 1, "TOO_MANY_FILES", cause, "Remove what does not belong to the brand."))
    total = sum(map(len, contents.values()))
    if total > MAX_TOTAL_BYTES:
        cause = f"The files have {total:,} bytes together, and {MAX_TOTAL_BYTES:,} are allowed."
        faults.append(Fault("brand.toml", 1, "TOO_LARGE", cause, "Shorten lists, or import them after onboarding."))
    return faults


def _too_large(path: str, size: int) -> Fault:
    cause = f"The file has {size:,} bytes, and {MAX_FILE_BYTES:,} are allowed."
    return Fault(path, 1, "TOO_LARGE", cause, "Split or shorten it.")


def _unsafe(path: str) -> Fault:
    cause = "The path is not made of plain names below the manifest's folder."
    way_out = "Use letters, digits, dots, dashes and underscores, at most four levels deep."
    return Fault(path[:MAX_PATH], 1, "UNSAFE_PATH", cause, way_out)
