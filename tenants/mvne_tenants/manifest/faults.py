"""What is wrong with a manifest: where exactly, why, and the way out."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from mvne_platform.kernel import InvalidInput


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `line` counts from 1; a fault of a whole file, or of a missing one, stands on line 1."""

    file: str
    line: int
    code: str
    message: str
    way_out: str

    def to_json(self) -> dict[str, Any]:
        """The fault as JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.message} {self.way_out}"


class ManifestFaulty(InvalidInput):
    """The manifest was refused whole; `faults` names everything found, sorted by file and line."""

    code = "MANIFEST_FAULTY"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(f"The manifest has {count}; nothing was changed.\n{listed}")
