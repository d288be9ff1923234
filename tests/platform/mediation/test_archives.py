"""Compressed usage files."""

import gzip
import io
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.mediation import archives, storage
from mvne_platform.mediation.archives import unpacked
from mvne_platform.mediation.errors import BadArchive
from mvne_platform.runtime import Brand

CONTENT = b"record_id,service\n" + b"r1,voice_out\n" * 1_000


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(archives, "folder_of", lambda _: tmp_path / "store")
    return tmp_path


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(folder: Path, content: bytes, name: str = "cdr.bin") -> list[tuple[str, bytes]]:
    path = folder / "received"
    path.write_bytes(content)
    brand: Brand = None  # type: ignore[assignment]  # the folder is the test's own
    with unpacked(brand, name, path) as members:
        found = [(member.name, member.path.read_bytes()) for member in members]
    assert path.read_bytes() == content
    assert not list((folder / "store").glob("*")) if (folder / "store").exists() else True
    return found


def test_a_plain_file_is_its_own_member(here: Path) -> None:
    assert unpack(here, CONTENT, "usage.csv.gz") == [("usage.csv.gz", CONTENT)]
    assert unpack(here, b"") == [("cdr.bin", b"")]


def test_gzip_is_one_file_without_the_suffix(here: Path) -> None:
    assert unpack(here, gzip.compress(CONTENT), "usage.csv.gz") == [("usage.csv", CONTENT)]
    assert unpack(here, gzip.compress(CONTENT) + gzip.compress(b"more\n"), "usage") == [("usage", CONTENT + b"more\n")]


def test_each_member_of_a_zip_is_a_file(here: Path) -> None:
    content = zipped([("a/one.csv", CONTENT), ("a/", b""), ("b\\two.csv", b"x\n"), ("__MACOSX/a/._one.csv", b"?")])
    assert unpack(here, content) == [("one.csv", CONTENT), ("two.csv", b"x\n")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (gzip.compress(CONTENT)[:-12], "is damaged"),
        (zipped([("a.csv", CONTENT)])[:-30], "is damaged"),
        (zipped([]), "holds no file"),
        (zipped([("a.zip", zipped([("b.csv", CONTENT)]))]), "cdr.bin/a.zip' is an archive within an archive"),
        (gzip.compress(gzip.compress(CONTENT)), "is an archive within an archive"),
        (zipped([("a.csv.bz2", b"BZh91AY")]), "is an archive within an archive"),
        (gzip.compress(bytes(17 * 1024**2)), "expands to more than 200 times its size"),
        (zipped([(f"{number}.csv", bytes(9 * 1024**2)) for number in range(2)]), "expands to more than 200 times"),
        (zipped([(f"{number}.csv", b"") for number in range(1_001)]), "holds more than 1000 files"),
    ],
    ids=[
        "half a gzip",
        "half a zip",
        "an empty zip",
        "a zip in a zip",
        "a gzip in a gzip",
        "a bzip2 in a zip",
        "a bomb",
        "a bomb of two",
        "many files",
    ],
)
def test_an_archive_that_is_not_sound_is_refused_and_leaves_nothing(here: Path, content: bytes, text: str) -> None:
    with pytest.raises(BadArchive, match=text):
        unpack(here, content)
    assert not list((here / "store").iterdir())


def test_a_directory_that_would_fill_the_memory_is_not_read(here: Path) -> None:
    length = archives.MAX_DIRECTORY_BYTES + 1
    directory = b"PK\x01\x02" + bytes(length - 4)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, length, 4, 0)
    with pytest.raises(BadArchive, match="has a directory of more than 4194304 bytes"):
        unpack(here, b"PK\x03\x04" + directory + end)
    assert not list((here / "store").iterdir())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_by_a_rare_method_is_refused(here: Path, method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.csv", CONTENT)
    with pytest.raises(BadArchive, match="is packed by another method than deflate"):
        unpack(here, buffer.getvalue())


def test_an_encrypted_zip_is_refused(here: Path) -> None:
    content = bytearray(zipped([("a.csv", CONTENT)]))
    # The general purpose flag, in the central directory: bit 0 says that the member is encrypted.
    at = content.index(b"PK\x01\x02") + 8
    content[at : at + 2] = struct.pack("<H", 1)
    with pytest.raises(BadArchive, match="is encrypted"):
        unpack(here, bytes(content))


def test_a_file_may_not_grow_beyond_what_is_stored(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", len(CONTENT) - 1)
    with pytest.raises(BadArchive, match="expands to more than"):
        unpack(here, gzip.compress(CONTENT))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), good=st.sampled_from([gzip.compress(CONTENT), zipped([("a", CONTENT), ("b", b"\n")])]))
def test_damaged_archives_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, good: bytes
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    content = bytearray(good)
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(4, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives, "folder_of", lambda _: folder / "store")
        try:
            members = unpack(folder, bytes(content))
        except BadArchive:
            members = []
    assert len(members) <= 2
    assert all(len(content) <= storage.MAX_FILE_BYTES for _, content in members)
