"""Loading in the background: small files row by row, large ones as columns, a chunk in each transaction."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from mvne_platform import mediation
from mvne_platform.charging import overdue, statements
from mvne_platform.charging.loading import load_chunk as rate_rows
from mvne_platform.charging.replay import jobs as replay
from mvne_platform.charging.rerating import jobs as rerating
from mvne_platform.runtime import Context, SteppedJob
from mvne_platform.runtime.jobs import Step

# A file of fewer bytes is done before the compiled kernel would be there.
COLUMNS_FROM_BYTES = 1_500_000
LONGEST_PAUSE = 1.0


@contextmanager
def _loading(file_id: str) -> Iterator[Step]:
    with ExitStack() as stack:
        as_columns: list[Step] = []

        def step(ctx: Context) -> bool:
            last = load(ctx)
            if last:
                overdue.promise(ctx)
            return last

        def load(ctx: Context) -> bool:
            file = mediation.usage_file(ctx, UUID(file_id))
            try:
                if file.size_bytes < COLUMNS_FROM_BYTES:
                    return rate_rows(ctx, file.id).finished
                if not as_columns:
                    as_columns.append(stack.enter_context(_columns(file.id)))
                return as_columns[0](ctx)
            except mediation.FileRejected as rejected:  # its format was described anew since it was received
                mediation.quarantine_file(ctx, file, mediation.FileFault(rejected.code, str(rejected)))
                return True

        yield step


@contextmanager
def _columns(file_id: UUID) -> Iterator[Step]:
    from mvne_platform.charging import columns  # noqa: PLC0415  # Polars and numba, for large files only

    ahead = columns.Ahead(columns.CHUNK_ROWS, placing=True)
    held = 0.0

    def step(ctx: Context) -> bool:
        nonlocal held
        is_shared = charges_online(ctx)
        if is_shared:
            # Requests that met the locks of the chunk before have as long a time without.
            time.sleep(min(held, LONGEST_PAUSE))
        ahead.rows = columns.SHARED_ROWS if is_shared else columns.CHUNK_ROWS
        begun = time.monotonic()
        last = columns.load_columns(ctx, file_id, ahead).finished
        held = time.monotonic() - begun
        return last

    try:
        yield step
    finally:
        ahead.close()


def charges_online(ctx: Context) -> bool:
    """Whether the brand's lines are being charged online just now."""
    return bool(ctx.db.scalar(statements.CHARGES_ONLINE))


load_chunk = SteppedJob("charging.load_chunk", "rating", _loading)
rate_overdue_parts = overdue.rate_overdue_parts
compute_rerating, book_rerating, rerate_late = rerating.compute_share, rerating.book_share, rerating.rerate_late
replay_share = replay.replay_share
