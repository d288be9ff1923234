"""Loading in the background: each job rates one chunk and promises the next."""

from uuid import UUID

from mvne_platform.charging.loading import load_chunk as rate_chunk
from mvne_platform.runtime import Context, Job


def _run(ctx: Context, file_id: str) -> None:
    if not rate_chunk(ctx, UUID(file_id)).finished:
        ctx.later(load_chunk, file_id=file_id)


load_chunk = Job("charging.load_chunk", "rating", _run)
