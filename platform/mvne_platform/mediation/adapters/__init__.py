"""The ways of fetching usage files, by kind of source."""

from collections.abc import Mapping

from mvne_platform.mediation.adapters import folder, sftp
from mvne_platform.mediation.adapters.port import (
    Chore,
    Deed,
    Fetched,
    Fetcher,
    Limits,
    Looked,
    Place,
    Refused,
    Seen,
    SourceTrouble,
    Trouble,
)
from mvne_platform.mediation.models.sources import SourceKind

FETCHERS: Mapping[SourceKind, Fetcher] = {
    SourceKind.DIRECTORY: Fetcher(folder.fetch, folder.look, folder.tidy),
    SourceKind.SFTP: Fetcher(sftp.fetch, sftp.look, sftp.tidy),
}

__all__ = [
    "FETCHERS",
    "Chore",
    "Deed",
    "Fetched",
    "Fetcher",
    "Limits",
    "Looked",
    "Place",
    "Refused",
    "Seen",
    "SourceTrouble",
    "Trouble",
]
