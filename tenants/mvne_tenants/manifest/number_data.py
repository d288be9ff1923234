"""Reference data of called numbers in a manifest: `number_data/short_codes.csv` and `number_data/portability.csv`."""

import io
from dataclasses import dataclass

from mvne_platform import mediation
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.files import Files

SHORT_CODES, PORTABILITY = "number_data/short_codes.csv", "number_data/portability.csv"
_FILES = {
    SHORT_CODES: mediation.numbers.NumberDataKind.SHORT_CODES,
    PORTABILITY: mediation.numbers.NumberDataKind.PORTABILITY,
}


@dataclass(frozen=True, slots=True)
class NumberDataFile:
    """A file whose rows can be read."""

    path: str
    kind: mediation.numbers.NumberDataKind
    text: str


@dataclass(frozen=True, slots=True)
class NumberDataFiles:
    """The files that are there, and every fault."""

    files: tuple[NumberDataFile, ...]
    faults: tuple[Fault, ...]


def read_number_data(files: Files, zone: str) -> NumberDataFiles:
    """Check the files, as far as they are there; days begin at midnight in `zone` (IANA name)."""
    found = [NumberDataFile(path, kind, files.texts[path]) for path, kind in _FILES.items() if path in files.texts]
    return NumberDataFiles(tuple(found), tuple(fault for file in found for fault in _faults(file, zone)))


def _faults(file: NumberDataFile, zone: str) -> list[Fault]:
    try:
        answers = list(mediation.numbers.read_number_data(file.kind, io.BytesIO(file.text.encode()), zone))
    except mediation.numbers.BadNumberData as refused:
        return [Fault(file.path, 1, "HEADER", refused.message, "See docs/reference/usage-files.md.")]
    return [
        Fault(file.path, answer.line, answer.outcome.reason.upper(), answer.outcome.detail, "Correct the row.")
        for answer in answers
        if isinstance(answer.outcome, mediation.Fault)
    ]
