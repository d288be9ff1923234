"""Starting a load."""

from uuid import UUID

from mvne_platform import mediation
from mvne_platform.charging import jobs, permissions
from mvne_platform.mediation import FileState, UsageFile
from mvne_platform.runtime import Context


def start_load(ctx: Context, file_id: UUID) -> UsageFile:
    """Promise to rate a received file; one that is loaded or rejected stays as it is. Harmless when repeated.

    Raises UnknownFile.
    """
    ctx.require(permissions.LOAD)
    file = mediation.file_for_update(ctx, file_id)
    if file.state in (FileState.RECEIVED, FileState.LOADING):
        ctx.later(jobs.load_chunk, file_id=str(file.id))
    return file
