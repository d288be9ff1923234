"""When a usage file came from a source, or left quarantine, its rows are rated."""

from mvne_platform import charging
from mvne_platform.mediation import UsageFileReady
from mvne_platform.runtime import Context


def react(ctx: Context, fact: UsageFileReady) -> None:
    """Promise to load it; a file that is loading already is loaded once."""
    charging.start_load(ctx, fact.file_id)
