"""Downloads as CSV: written to the disk first, since they may be long, and gone once they are sent."""

from collections.abc import Callable
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from mvne_gateway.incoming import scratch_file


async def csv_answer(write: Callable[[Path], str]) -> FileResponse:
    """What `write` puts into the file, under the name it answers; nothing is sent before all is written."""
    async with scratch_file() as path:
        name = await run_in_threadpool(write, path)
        kept = path.with_suffix(".csv")
        await run_in_threadpool(path.rename, kept)
    return FileResponse(
        kept,
        media_type="text/csv; charset=utf-8",
        filename=name,
        headers={"Cache-Control": "private, no-store"},
        background=BackgroundTask(kept.unlink, missing_ok=True),
    )
