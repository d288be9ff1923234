"""Make `.venv` what `requirements.lock` says. Runs on the system's Python, before anything is installed.

Quick when nothing has changed. Nothing is written outside the checkout: no package cache, temporary files in `var/tmp`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
PYTHON = VENV / "bin" / "python"
OLDEST, TOO_NEW = (3, 11), (3, 15)
# Where functions are compiled.
COMPILED = ("rating/kernel", "charging/columns")
# Not in the lock, yet at home in every environment.
KEPT = {"mvne", "pip", "setuptools", "wheel"}


def main() -> None:
    """Create or refresh the environment, unless it is up to date."""
    os.chdir(str(ROOT))
    temporary = ROOT / "var" / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(temporary)
    with (ROOT / "var" / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may be started at once
        if not (is_current(STAMP, fingerprint()) and runs(PYTHON)):
            refuse_unsuitable_python()
            install()
            STAMP.write_text(fingerprint(), encoding="utf-8")
        compile_kernel()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether the stamp says what is wanted."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted


def fingerprint() -> str:
    """What the environment depends on; equal fingerprints, equal environments."""
    return digests(LOCK, ROOT / "pyproject.toml") + f"{ROOT}\n"


def digests(*files: Path) -> str:
    """A line for the content of each file."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)


def compile_kernel() -> None:
    """Make the rating kernel's machine code, unless it is there: the first large usage file need not wait for it."""
    folder = Path(os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "var" / "cache" / "numba")))
    sources = sorted(path for part in COMPILED for path in (ROOT / "platform" / "mvne_platform" / part).glob("*.py"))
    stamp, wanted = folder / "compiled", digests(LOCK, *sources)
    if is_current(stamp, wanted):
        return
    print("Compiling the rating kernel; once, for half a minute.", flush=True)
    script = "from mvne_platform.charging import columns; columns.warm()"
    execute([PYTHON, "-c", script], "compile the rating kernel")
    folder.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


def refuse_unsuitable_python() -> None:
    """Say what to install, rather than fail in the middle."""
    version = "{}.{}".format(*sys.version_info)
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        sys.exit(
            f"This needs Python 3.11 to 3.14; {sys.executable} is {version}.\n"
            "Install one (Debian 12: apt-get install python3 python3-venv), or name another: "
            "make PYTHON=python3.12 run"
        )
    # Debian ships Python without its virtual environments.
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        sys.exit(
            f"{sys.executable} cannot make virtual environments.\n"
            f"Install what is missing: apt-get install python3-venv (or python{version}-venv)"
        )


def install() -> None:
    """Install exactly the lock, then the project itself as an editable package."""
    print("Setting up the environment in .venv; the first time this takes a minute.", flush=True)
    if not runs(PYTHON):
        execute([sys.executable, "-m", "venv", "--clear", VENV], "make a virtual environment")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    quiet = ["--quiet", "--no-cache-dir", "--root-user-action=ignore"]
    execute(
        [*pip, "install", *quiet, "--require-hashes", "-r", LOCK], "install the packages (the index is needed once)"
    )
    leftovers = sorted(installed_names() - locked_names() - KEPT)
    if leftovers:
        execute([*pip, "uninstall", "--quiet", "--yes", "--root-user-action=ignore", *leftovers], "remove old packages")
    execute([*pip, "install", *quiet, "--no-deps", "--no-build-isolation", "-e", ROOT], "install the project")


def execute(command: list[str | Path], doing: str) -> None:
    """Run one step without the settings of other Python environments; the step's own output explains a failure."""
    disturbing = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    environment = {name: value for name, value in os.environ.items() if name not in disturbing}
    finished = subprocess.run([str(part) for part in command], env=environment, check=False)
    if finished.returncode != 0:
        sys.exit(f"Could not {doing}; see above. Running make again continues from here.")


def runs(python: Path) -> bool:
    """Whether this interpreter still works: a moved checkout or an upgraded system breaks it."""
    script = f"import sys; sys.exit(sys.prefix != {str(VENV)!r} or sys.version_info[:2] < {OLDEST!r})"
    try:
        return subprocess.run([str(python), "-I", "-c", script], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def installed_names() -> set[str]:
    """The packages in the environment now."""
    script = "import importlib.metadata as m; print(*(d.name for d in m.distributions()), sep='\\n')"
    listed = subprocess.run([str(PYTHON), "-I", "-c", script], check=True, capture_output=True, text=True).stdout
    return {canonical(name) for name in listed.split()}


def locked_names() -> set[str]:
    """The packages the lock asks for."""
    return {
        canonical(name)
        for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", LOCK.read_text("utf-8"), re.MULTILINE)
    }


def canonical(name: str) -> str:
    """One spelling per package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
