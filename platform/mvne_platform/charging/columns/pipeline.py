"""Chunk after chunk of one file, each in its own transaction, the next being read while PostgreSQL is at work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from uuid import UUID

from mvne_platform import mediation
from mvne_platform.charging import permissions
from mvne_platform.charging.columns.chunk import account_for
from mvne_platform.charging.columns.lanes import Placed, place
from mvne_platform.charging.loading import CLOSED, Loaded, close
from mvne_platform.mediation import Position, UsageFile
from mvne_platform.mediation import columns as frames
from mvne_platform.runtime import Brand, Context, brand_work

# Under a second of locks on two cores; rows of a file that is smaller go one by one.
CHUNK_ROWS = 250_000
# While the same lines are charged online, whose requests wait for the locks of a chunk.
SHARED_ROWS = 50_000


class Read(NamedTuple):
    """Rows of a file, and whose they are if that was found out ahead."""

    rows: frames.ColumnsRead
    placed: Placed | None


class Ahead:
    """Reads the next chunk of a file in a thread while the one before is rated and written.

    With `placing` it also finds out there whose the rows are, in a transaction of its own that writes nothing: they
    are in the past, so that what others do to lines meanwhile does not concern them.
    """

    def __init__(self, rows: int = CHUNK_ROWS, *, placing: bool = False) -> None:
        self.rows = rows
        self._placing = placing
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reading ahead")
        self._next: tuple[UUID, Position, Future[Read]] | None = None

    def take(self, ctx: Context, file: UsageFile) -> Read:
        """The next rows of a locked file; what was read ahead, if the file still stands where that begins."""
        start = Position(file.rows_done, file.bytes_done)
        waiting, self._next = self._next, None
        if waiting is not None and waiting[:2] == (file.id, start):
            read = waiting[2].result()
        else:
            # Fewer at the beginning, so that what follows is soon made ready beside it. Who goes on after a death cuts
            # the file where another would have: within a chunk the order is that of time, whatever the file's.
            rows = -(-self.rows // 4) if self._placing and start.rows == 0 else self.rows
            read = Read(frames.columns_of(ctx, file, rows), None)
        if not read.rows.finished:
            self._begin(ctx, file, read.rows.end)
        return read

    def close(self) -> None:
        """Wait for the thread to end."""
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, ctx: Context, file: UsageFile, start: Position) -> None:
        path, settings = mediation.path_of(file.stored_as), mediation.settings_of(ctx, file.format)
        read = partial(frames.read_columns, file.format, path, settings, start, self.rows)
        future = self._pool.submit(_placed, ctx.brand, read) if self._placing else self._pool.submit(_alone, read)
        self._next = (file.id, start, future)


def _alone(read: Callable[[], frames.ColumnsRead]) -> Read:
    return Read(read(), None)


def _placed(brand: Brand, read: Callable[[], frames.ColumnsRead]) -> Read:
    rows = read()
    with brand_work(brand.slug, known=brand) as ctx:
        return Read(rows, place(ctx, rows))


def load_columns(ctx: Context, file_id: UUID, ahead: Ahead) -> Loaded:
    """Account for the next chunk of a file, in the transaction that is open. Raises UnknownFile, StoredFileMissing."""
    ctx.require(permissions.LOAD)
    file = mediation.file_for_update(ctx, file_id)
    if file.state in CLOSED:
        return Loaded(0, {}, finished=True)
    read = ahead.take(ctx, file)
    rows = read.rows
    outcomes = account_for(ctx, file, rows, read.placed) if rows.rows else {}
    mediation.advance(ctx, file, rows.end, outcomes, finished=rows.finished)
    if rows.finished:
        close(ctx, file)
    return Loaded(rows.rows, outcomes, rows.finished)
