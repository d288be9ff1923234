"""What happened to usage files, sources and failures. One fact per file or batch, never one per row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class UsageFileReady(Fact):
    """A file came from a source, or left quarantine, and waits to be rated."""

    file_id: UUID
    source_id: UUID | None


@dataclass(frozen=True, slots=True)
class UsageFileQuarantined(Fact):
    """A file cannot be read and was put aside; `code` says why."""

    file_id: UUID
    source_id: UUID | None
    code: str


@dataclass(frozen=True, slots=True)
class UsageFileDiscarded(Fact):
    """A file in quarantine was given up, with a reason."""

    file_id: UUID


@dataclass(frozen=True, slots=True)
class UsageSequenceGap(Fact):
    """A source's file came, and the numbers from `first` to `last`, both included, before it had not."""

    source_id: UUID
    series: str
    first: int
    last: int
    file_id: UUID


@dataclass(frozen=True, slots=True)
class UsageSourceOverdue(Fact):
    """No file came from a source for longer than `expected_minutes`; the last one came at `last_file_at`, if any."""

    source_id: UUID
    expected_minutes: int
    last_file_at: datetime | None


@dataclass(frozen=True, slots=True)
class UsagePullFailed(Fact):
    """A source could not be asked for files; `failed` counts the pulls that failed since the last good one."""

    source_id: UUID
    code: str
    failed: int


@dataclass(frozen=True, slots=True)
class FailureCorrected(Fact):
    """Somebody corrected a failed record by hand."""

    failure_id: UUID


@dataclass(frozen=True, slots=True)
class FailuresWrittenOff(Fact):
    """Failed rows of one file were given up, `rows` of them."""

    file_id: UUID
    rows: int


@dataclass(frozen=True, slots=True)
class FailureBatchAdvanced(Fact):
    """A batch of failures began, or has looked at some more of them; it goes on unless `finished`."""

    batch_id: UUID
    looked_at: int
    closed: int
    finished: bool
