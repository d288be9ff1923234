"""Where a source is, as adapters want it, and what is done there with a file that was taken."""

from mvne_platform.mediation.adapters import Deed, Place
from mvne_platform.mediation.models import FileState, UsageFile, UsageSource
from mvne_platform.mediation.source_settings import read_fetched
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import unseal


def place_of(ctx: Context, source: UsageSource) -> Place:
    """The place with its secret unsealed: for adapters only, never for a log or an answer."""
    secret = unseal(source.secret_encrypted) if source.secret_encrypted else ""
    return Place(ctx.brand.slug, read_fetched(source.kind, source.settings), secret)


def deed_for(source: UsageSource, file: UsageFile | None) -> tuple[Deed, str]:
    """What is done there with a file, and the folder it is moved to: into quarantine with one that cannot be read.

    None stands for a file that was refused unread.
    """
    chosen = read_fetched(source.kind, source.settings)
    if file is None or file.state is FileState.REJECTED:
        return (Deed.MOVE, chosen.quarantine_folder) if chosen.quarantine_folder else (Deed.LEAVE, "")
    return Deed(chosen.after_pull), chosen.move_to or ""
