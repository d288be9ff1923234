"""What happened to usage: one fact per chunk and file, never one per event."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class UsageChunkRated(Fact):
    """The lines from `rows_from` to `rows_to` of a file, both included, are accounted for."""

    file_id: UUID
    rows_from: int
    rows_to: int


@dataclass(frozen=True, slots=True)
class UsageFileLoaded(Fact):
    """Every row of a file is accounted for."""

    file_id: UUID


@dataclass(frozen=True, slots=True)
class ChargesSettled(Fact):
    """Online charges were booked; a usage entry in the ledger names the settlement."""

    settlement_id: UUID
    charges: int


@dataclass(frozen=True, slots=True)
class UsageRatedAgain(Fact):
    """Rows of a file that had failed were rated after all."""

    file_id: UUID
    rows: int
