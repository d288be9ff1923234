"""`make reset` removes the demo's data, and nothing while the demo runs."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from mvne_cli.embedded import EmbeddedPostgres, processes
from tools import reset


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder like `var/`, with a demo's files in it."""
    monkeypatch.setattr(reset, "VAR", tmp_path)
    for name in ("demo.json", "usage/fjord/a.csv", "cache/mypy/a", "bench.json", "up.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    yield tmp_path
    EmbeddedPostgres(tmp_path / "postgres").kill()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_running_demo_is_left_alone(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = names(var)
    with (var / "up.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert reset.main() == 1
    assert "still running; stop it first" in capsys.readouterr().err
    assert names(var) == before


def test_data_go_and_caches_stay(var: Path) -> None:
    assert reset.main() == 0
    assert names(var) == {"cache", "bench.json"}
    assert (var / "cache" / "mypy" / "a").exists()


def test_a_database_left_behind_is_ended_first(var: Path) -> None:
    launcher = EmbeddedPostgres(var / "postgres", durable=False, settings={"shared_buffers": "16MB"})
    launcher.ensure_running()
    postmaster = processes.running_postmaster(launcher.cluster)
    assert postmaster is not None
    assert reset.main() == 0
    assert not processes.is_same(postmaster)
    assert not (var / "postgres").exists()


def test_nothing_to_remove_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reset, "VAR", tmp_path / "absent")
    assert reset.main() == 0
