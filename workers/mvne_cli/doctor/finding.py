"""What a check answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: where (a brand or `platform`), what, and what to do about it."""

    where: str
    what: str
    way_out: str


PLATFORM = "platform"
