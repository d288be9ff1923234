"""What every way of fetching usage files promises: held by a folder and by a real SFTP server alike."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mvne_platform.mediation.adapters import FETCHERS, Chore, Deed, Fetcher, Limits, Place, Seen, SourceTrouble, Trouble
from mvne_platform.mediation.adapters.folder import base
from mvne_platform.mediation.errors import BadSource
from mvne_platform.mediation.models import SourceKind
from mvne_platform.mediation.source_settings import read_fetched, read_settings
from mvne_platform.runtime import settings
from tests.contracts.sftp_server import PASSWORD, Server, serving

LIMITS = Limits(seconds=20)


@dataclass(frozen=True, slots=True)
class Bench:
    """One way of fetching, its place, and the folder behind it as the operator sees it."""

    kind: SourceKind
    settings: dict[str, Any]
    there: Path
    into: Path

    @property
    def fetcher(self) -> Fetcher:
        return FETCHERS[self.kind]

    def place(self, **changed: Any) -> Place:
        return Place("testbrand", read_fetched(self.kind, {**self.settings, **changed}), PASSWORD)

    def put(self, name: str, content: bytes = b"content") -> Path:
        path = self.there / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def fetch(self, *known: Seen, limits: Limits = LIMITS, **changed: Any) -> dict[str, bytes]:
        fetched = self.fetcher.fetch(self.place(**changed), known, self.into, limits)
        assert fetched.trouble is None, fetched.trouble
        return {seen.name: path.read_bytes() for seen, path in fetched.files}

    def seen(self, name: str) -> Seen:
        """As this way sees it: SFTP 3 knows whole seconds."""
        (found,) = [
            seen for seen, _ in self.fetcher.fetch(self.place(), (), self.into, LIMITS).files if seen.name == name
        ]
        return found


@pytest.fixture(params=[SourceKind.DIRECTORY, SourceKind.SFTP])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: None
) -> Iterator[Bench]:
    with ExitStack() as stack:
        if request.param is SourceKind.DIRECTORY:
            there = base("testbrand") / "out"
            there.mkdir(parents=True, exist_ok=True)
            yield Bench(request.param, {"folder": "out", "settle_seconds": 0}, there, tmp_path / "parts")
        else:
            server = stack.enter_context(serving(tmp_path / "server"))
            yield Bench(request.param, server.settings(), tmp_path / "server" / "out", tmp_path / "parts")


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of the test's own folder; no database is asked."""
    monkeypatch.setenv("MVNE_DATABASE_URL", "postgresql://nowhere")
    monkeypatch.setenv("MVNE_SECRET_KEY", "test secret of thirty-two letters")
    monkeypatch.setenv("MVNE_DATA", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_files_are_fetched_whole_by_name(bench: Bench) -> None:
    big = os.urandom(3 * 1024 * 1024 + 7)
    bench.put("b.csv", big)
    bench.put("a.csv", b"")
    assert list(bench.fetch().items()) == [("a.csv", b""), ("b.csv", big)]


def test_what_is_known_is_not_fetched_again_and_a_changed_file_is_another(bench: Bench) -> None:
    path = bench.put("a.csv", b"one")
    known = bench.seen("a.csv")
    assert bench.fetch(known) == {}
    path.write_bytes(b"two!")
    assert bench.fetch(known) == {"a.csv": b"two!"}


def test_only_finished_files_of_the_pattern_are_taken(bench: Bench) -> None:
    for name in ("x.csv", "x.csv.part", ".x.csv", "y.txt", "x.csv.tmp", "z\n.csv", "sub/x.csv"):
        bench.put(name)
    assert set(bench.fetch(pattern="*.csv")) == {"x.csv"}
    assert bench.fetcher.look(bench.place(pattern="*.csv"), LIMITS).first_names == ("x.csv",)


def test_a_file_must_have_come_to_rest(bench: Bench) -> None:
    path = bench.put("a.csv")
    assert bench.fetch(settle_seconds=3600) == {}
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert set(bench.fetch(settle_seconds=3600)) == {"a.csv"}


def test_links_and_folders_are_no_files(bench: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"not yours")
    (bench.there / "link.csv").symlink_to(secret)
    (bench.there / "loop.csv").symlink_to(bench.there / "loop.csv")
    (bench.there / "folder.csv").mkdir()
    os.mkfifo(bench.there / "pipe.csv")
    assert bench.fetch() == {}


def test_a_file_too_large_is_left_and_named(bench: Bench) -> None:
    bench.put("large.csv", b"x" * 101)
    bench.put("small.csv", b"x" * 100)
    fetched = bench.fetcher.fetch(bench.place(max_bytes=100), (), bench.into, LIMITS)
    assert [seen.name for seen, _ in fetched.files] == ["small.csv"]
    assert [(one.seen.name, one.code) for one in fetched.refused] == [("large.csv", "TOO_LARGE")]
    assert (bench.there / "large.csv").exists()


def test_many_files_come_in_several_pulls(bench: Bench) -> None:
    for number in range(5):
        bench.put(f"{number}.csv", b"xx")
    few = replace(LIMITS, files=2)
    fetched = bench.fetcher.fetch(bench.place(), (), bench.into, few)
    assert ([seen.name for seen, _ in fetched.files], fetched.more) == (["0.csv", "1.csv"], True)
    little = replace(LIMITS, total_bytes=5)
    assert len(bench.fetcher.fetch(bench.place(), (), bench.into, little).files) == 2


def test_a_listing_without_end_is_cut_off(bench: Bench) -> None:
    for number in range(30):
        bench.put(f"{number}.csv")
    fetched = bench.fetcher.fetch(bench.place(), (), bench.into, replace(LIMITS, listed=12))
    assert 0 < len(fetched.files) <= 12
    assert fetched.trouble is not None
    assert (fetched.trouble.code, "more than 12 names" in fetched.trouble.message) == (Trouble.TOO_MANY_FILES, True)


def test_a_broken_pull_goes_on_where_it_was(bench: Bench) -> None:
    content = os.urandom(2 * 1024 * 1024)
    bench.put("a.csv", content)
    seen = bench.seen("a.csv")
    (part,) = bench.into.glob("*.part")
    part.write_bytes(content[:1_500_000])
    marked = bytearray(content)
    marked[0] ^= 1  # what was there is kept, not fetched again
    part.write_bytes(marked[:1_500_000])
    assert bench.fetch()["a.csv"] == bytes(marked)
    part.write_bytes(content + b"more than there ever was")
    assert bench.fetch()["a.csv"] == content
    assert seen.size_bytes == len(content)


def test_taken_files_are_moved_or_deleted_if_they_are_still_the_same(bench: Bench) -> None:
    bench.put("gone.csv")
    bench.put("moved.csv")
    changed = bench.put("changed.csv")
    folder = "done" if bench.kind is SourceKind.DIRECTORY else "/done"
    chores = [
        Chore(bench.seen("gone.csv"), Deed.DELETE),
        Chore(bench.seen("moved.csv"), Deed.MOVE, folder),
        Chore(bench.seen("changed.csv"), Deed.DELETE),
    ]
    changed.write_bytes(b"another one by now")
    for _ in range(2):
        assert bench.fetcher.tidy(bench.place(), chores, LIMITS) == {}
    assert [path.name for path in bench.there.iterdir()] == ["changed.csv"]
    assert [path.name for path in (bench.there.parent / "done").iterdir()] == ["moved.csv"]
    bench.put("moved.csv", b"the next of the name")
    bench.fetcher.tidy(bench.place(), [Chore(bench.seen("moved.csv"), Deed.MOVE, folder)], LIMITS)
    assert len(list((bench.there.parent / "done").iterdir())) == 2


def test_a_missing_folder_is_named(bench: Bench) -> None:
    with pytest.raises(SourceTrouble) as trouble:
        bench.fetcher.look(bench.place(folder="nowhere"), LIMITS)
    assert trouble.value.code is Trouble.FOLDER_MISSING


# SFTP alone


@pytest.fixture
def server(tmp_path: Path, settled: None) -> Iterator[Server]:
    with serving(tmp_path / "server") as made:
        yield made


def look(server: Server, secret: str = PASSWORD, **changed: Any) -> Callable[[], Any]:
    chosen = read_fetched(SourceKind.SFTP, server.settings(**changed))
    return lambda: FETCHERS[SourceKind.SFTP].look(Place("testbrand", chosen, secret), LIMITS)


def trouble_of(asked: Callable[[], Any]) -> SourceTrouble:
    with pytest.raises(SourceTrouble) as trouble:
        asked()
    return trouble.value


def test_another_host_key_than_the_pinned_one_ends_it_before_anything_is_sent(server: Server) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    assert trouble_of(look(server, host_key=other)).code is Trouble.HOST_KEY_DIFFERS


def test_another_kind_of_host_key_is_another_key(server: Server) -> None:
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key("openssh").decode()
    # Both sides notice that they have no kind in common; who says so first is a matter of chance.
    assert trouble_of(look(server, host_key=other)).code in (Trouble.HOST_KEY_DIFFERS, Trouble.BROKE_OFF)


def test_a_wrong_password_is_named_and_not_quoted(server: Server) -> None:
    trouble = trouble_of(look(server, secret="hunter2"))
    assert trouble.code is Trouble.LOGIN_REFUSED
    assert "hunter2" not in repr(trouble) + trouble.message


def test_nobody_there(server: Server) -> None:
    assert trouble_of(look(server, port=1)).code is Trouble.CANNOT_CONNECT


def test_signing_in_with_a_key(tmp_path: Path, settled: None) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    with serving(tmp_path / "keyed", client_key=key) as server:
        server.put("a.csv", b"x")
        private = key.export_private_key("openssh").decode()
        assert look(server, private, login="key")().files == 1
        assert trouble_of(look(server, login="password")).code is Trouble.LOGIN_REFUSED
        assert trouble_of(look(server, "no key", login="key")).code is Trouble.BAD_SECRET


class _Endless(asyncssh.SFTPServer):
    """Says of its file that it is small, and never stops reading it out."""

    def read(self, file_obj: object, offset: int, size: int) -> bytes:  # noqa: ARG002  # asyncssh's signature
        return b"x" * size


def test_an_endless_file_ends_where_it_was_said_to(tmp_path: Path, settled: None) -> None:
    root = tmp_path / "endless"
    with serving(root, sftp=lambda channel: _Endless(channel, chroot=str(root).encode())) as server:
        server.put("a.csv", b"12345")
        place = Place("testbrand", read_fetched(SourceKind.SFTP, server.settings()), PASSWORD)
        fetched = FETCHERS[SourceKind.SFTP].fetch(place, (), tmp_path / "parts", LIMITS)
        assert [(seen.size_bytes, path.read_bytes()) for seen, path in fetched.files] == [(5, b"xxxxx")]


class _Guarded(asyncssh.SFTPServer):
    """Shows all of its files, keeps one from being read, and has no longer what it showed of another."""

    def open(self, path: bytes, *arguments: Any) -> object:
        if path.endswith(b"a.csv"):
            raise asyncssh.SFTPPermissionDenied("not for you")
        if path.endswith(b"b.csv"):
            raise asyncssh.SFTPNoSuchFile("not any more")
        return super().open(path, *arguments)


def test_a_file_that_is_kept_from_us_keeps_no_other_from_coming(tmp_path: Path, settled: None) -> None:
    root = tmp_path / "guarded"
    with serving(root, sftp=lambda channel: _Guarded(channel, chroot=str(root).encode())) as server:
        for name in "abc":
            server.put(f"{name}.csv", b"12345")
        place = Place("testbrand", read_fetched(SourceKind.SFTP, server.settings()), PASSWORD)
        fetched = FETCHERS[SourceKind.SFTP].fetch(place, (), tmp_path / "parts", LIMITS)
        assert [seen.name for seen, _ in fetched.files] == ["c.csv"]
        assert fetched.trouble is not None
        assert fetched.trouble.code is Trouble.UNREADABLE_FILES
        assert fetched.trouble.message.startswith("1 of the files there may not be read")


class _Stuck(asyncssh.SFTPServer):
    """Opens its files and never says a word of them."""

    async def read(self, *_: object) -> bytes:  # type: ignore[override]  # may be awaited
        await asyncio.sleep(60)
        return b""


def test_a_server_that_says_nothing_is_left_in_time(tmp_path: Path, settled: None) -> None:
    root = tmp_path / "stuck"
    with serving(root, sftp=lambda channel: _Stuck(channel, chroot=str(root).encode())) as server:
        server.put("a.csv", b"12345")
        place = Place("testbrand", read_fetched(SourceKind.SFTP, server.settings()), PASSWORD)
        fetched = FETCHERS[SourceKind.SFTP].fetch(place, (), tmp_path / "parts", Limits(seconds=1))
        assert fetched.files == ()
        assert fetched.trouble is not None
        assert fetched.trouble.code is Trouble.TOO_SLOW


# Folders alone


@pytest.mark.parametrize("path", ["../other", "/etc", "a/../../b", "a\\b", "", "a\nb"])
def test_no_path_leads_out_of_the_brands_folder(path: str) -> None:
    with pytest.raises(BadSource):
        read_settings(SourceKind.DIRECTORY, {"folder": path})


def test_a_link_is_no_step_of_a_path(tmp_path: Path, settled: None) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (outside / "inner" / "secret.csv").write_bytes(b"not yours")
    brand = base("testbrand")
    brand.mkdir(parents=True)
    (brand / "way").symlink_to(outside)
    for folder in ("way", "way/inner"):
        place = Place("testbrand", read_fetched(SourceKind.DIRECTORY, {"folder": folder, "settle_seconds": 0}))
        with pytest.raises(SourceTrouble) as trouble:
            FETCHERS[SourceKind.DIRECTORY].fetch(place, (), tmp_path / "parts", LIMITS)
        assert trouble.value.code is Trouble.FOLDER_MISSING
