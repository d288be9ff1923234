"""Request bodies that go to the disk: bounded, gzip expanded on the way, and gone when the request has ended."""

import errno
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from mvne_platform.kernel import uuid7
from mvne_platform.runtime import settings
from mvne_platform.runtime.clock import system_now

ABANDONED_SECONDS = 24 * 3600
_FULL = (errno.ENOSPC, errno.EDQUOT)
_GZIP_WINDOW = 31  # zlib's code for "gzip, any window"


class TooLarge(Exception):
    """The body has more bytes than it may, as sent or as expanded."""


class NotGzip(Exception):
    """The body is said to be gzip and is not, or breaks off."""


@asynccontextmanager
async def scratch_file() -> AsyncIterator[Path]:
    """A path for one body; whatever lies there is removed at the end."""
    path = await run_in_threadpool(_new_file)
    try:
        yield path
    finally:
        await run_in_threadpool(path.unlink, missing_ok=True)


async def stream_to(request: Request, target: Path, most: int | None = None) -> None:
    """Write the body as it comes; a `Content-Encoding: gzip` is expanded. Raises TooLarge, NotGzip, OSError.

    Writes go to the page cache; the store syncs off the loop.
    """
    expanding = request.headers.get("content-encoding", "").strip().lower() == "gzip"
    body = _expanded(request) if expanding else request.stream()
    size = 0
    with target.open("wb") as file:
        async for piece in body:
            size += len(piece)
            if most is not None and size > most:
                raise TooLarge
            file.write(piece)


def is_disk_full(error: OSError) -> bool:
    """Whether the disk has no more room."""
    return error.errno in _FULL


async def _expanded(request: Request) -> AsyncIterator[bytes]:
    """The body without its gzip, a mebibyte at a time however far it expands."""
    expander = zlib.decompressobj(_GZIP_WINDOW)
    async for piece in request.stream():
        rest = piece
        while rest:
            try:
                out = expander.decompress(rest, 1024 * 1024)
            except zlib.error as error:
                raise NotGzip from error
            yield out
            rest = expander.unconsumed_tail
        if expander.unused_data:
            raise NotGzip
    if not expander.eof:
        raise NotGzip


def _new_file() -> Path:
    folder = settings().data / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):  # by a process that was killed
        if system_now().timestamp() - left.stat().st_mtime > ABANDONED_SECONDS:
            left.unlink(missing_ok=True)
    return folder / f"{uuid7()}.part"
