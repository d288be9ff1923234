"""Setting up `.venv`: what is decided before pip is asked."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An empty checkout; answers the steps that would have been run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "installed")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    (tmp_path / ".venv").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "requirements.lock").write_text(
        "alembic==1.0 \\\n    --hash=sha256:aa\nPsycopg[binary]==3.3 \\\n    --hash=sha256:bb\n"
    )
    steps: list[str] = []
    monkeypatch.setattr(environment, "execute", lambda command, _: steps.append(" ".join(map(str, command))))
    monkeypatch.setattr(environment, "runs", lambda _: True)
    monkeypatch.setattr(environment, "installed_names", lambda: {"alembic", "psycopg", "pip", "mvne", "left-over"})
    return steps


def test_the_lock_is_installed_by_hash_and_what_it_no_longer_names_is_removed(checkout: list[str]) -> None:
    environment.main()
    locked, removed, project, kernel = checkout
    assert "--no-cache-dir" in locked
    assert locked.endswith(f"--require-hashes -r {environment.LOCK}")
    assert removed.endswith("uninstall --quiet --yes --root-user-action=ignore left-over")
    assert project.endswith(f"--no-deps --no-build-isolation -e {environment.ROOT}")
    assert kernel.endswith("columns.warm()")


def test_nothing_is_done_again_until_the_lock_changes(checkout: list[str]) -> None:
    environment.main()
    checkout.clear()
    environment.main()
    assert checkout == []
    environment.LOCK.write_text("alembic==1.1 \\\n    --hash=sha256:cc\n")
    environment.main()
    assert len(checkout) == 4


def test_the_kernel_is_compiled_again_when_its_sources_change(checkout: list[str]) -> None:
    source = environment.ROOT / "platform" / "mvne_platform" / "rating" / "kernel" / "pricing.py"
    source.parent.mkdir(parents=True)
    source.write_text("one = 1\n")
    environment.main()
    checkout.clear()
    source.write_text("one = 2\n")
    environment.main()
    (kernel,) = checkout
    assert kernel.endswith("columns.warm()")


def test_an_interrupted_installation_is_continued(checkout: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: list[str | Path], doing: str) -> None:
        raise SystemExit(doing)

    monkeypatch.setattr(environment, "execute", interrupted)
    with pytest.raises(SystemExit):
        environment.main()
    monkeypatch.setattr(environment, "execute", lambda command, _: checkout.append(str(command)))
    environment.main()
    assert len(checkout) == 4


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 15, 0)])
def test_an_unsuitable_python_is_named(
    checkout: list[str], monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 to 3\.14.*\n.*apt-get install python3 python3-venv"):
        environment.main()
    assert checkout == []


def test_a_python_without_virtual_environments_is_named(checkout: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(environment, "find_spec", lambda name: None if name == "ensurepip" else find(name))
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        environment.main()
    assert checkout == []


def test_a_failed_step_says_how_to_go_on() -> None:
    with pytest.raises(SystemExit, match=r"Could not install the packages; see above\. Running make again"):
        environment.execute([sys.executable, "-c", "raise SystemExit(3)"], "install the packages")


def test_another_environments_settings_do_not_reach_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PIP_TARGET", "/nowhere")
    check = "import os; raise SystemExit('PYTHONPATH' in os.environ or 'PIP_TARGET' in os.environ)"
    environment.execute([sys.executable, "-c", check], "look")


def test_only_this_checkouts_own_interpreter_runs() -> None:
    assert not environment.runs(Path("/nowhere/python"))
    assert not environment.runs(Path(sys.base_prefix) / "bin" / "python3")
    assert environment.runs(environment.PYTHON)


def test_make_help_lists_every_target() -> None:
    told = subprocess.run(["make", "help"], cwd=environment.ROOT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[1] for line in told.splitlines()}
    assert {"help", "run", "test", "check", "bench", "reset"} <= listed
