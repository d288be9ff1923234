"""Reading single records again: by the format as it stands now, whatever it said when the row failed."""

from collections.abc import Sequence

from mvne_platform.mediation import storage
from mvne_platform.mediation.described_formats import settings_of
from mvne_platform.mediation.formats import Fault, FileRejected, parse_records
from mvne_platform.mediation.models import UsageFile
from mvne_platform.mediation.usage import UsageEvent
from mvne_platform.runtime import Context

Outcome = UsageEvent | Fault


def read_again(ctx: Context, file: UsageFile, records: Sequence[str]) -> list[Outcome]:
    """What records of a file say, one answer each. Raises StoredFileMissing: the file's header is read again too."""
    path, chosen = storage.path_of(file.stored_as), settings_of(ctx, file.format)
    try:
        return list(parse_records(file.format, path, chosen, records))
    except FileRejected as rejected:
        return [Fault("unreadable", str(rejected))] * len(records)
