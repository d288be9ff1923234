"""What a brand needs before real customers come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the checklist: met, or what is missing and where to add it."""

    code: str
    met: bool
    missing: str

    def __str__(self) -> str:
        return self.code if self.met else f"{self.code}: {self.missing}"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the checklist looks at; `now` is real time, `clock_at` the sandbox's, both in UTC."""

    now: datetime
    clock_at: datetime | None
    clock_is_moving: bool
    is_applied: bool
    is_being_applied: bool
    hosts: Sequence[str]
    languages: Sequence[str]
    profile: Mapping[str, Any]
    tax_classes_missing: Sequence[str]
    free_sims: int
    free_numbers: int
    plans_with_prices: int
    letter_faults: Sequence[str]


def checklist(found: Situation) -> list[Point]:
    """Every point, met or not, in the order of the handbook."""
    return list(_points(found))


def _points(found: Situation) -> Iterator[Point]:
    applied = found.is_applied and not found.is_being_applied
    yield Point("MANIFEST", applied, "No application of the manifest is complete, or one is under way; let it end.")
    named = ", ".join(found.tax_classes_missing)
    yield Point("TAX", not named, f"No tax rate holds today for the classes {named}; add them to [tax].")
    yield Point("SIMS", found.free_sims > 0, "No SIM is free; add a range to inventory/sims.csv or upload SIMs.")
    yield Point("NUMBERS", found.free_numbers > 0, "No number is free; add a range to inventory/numbers.csv.")
    yield Point("HOSTS", bool(found.hosts), "The brand answers on no host; name one in [brand].")
    yield _legal(found)
    senders = found.profile.get("senders", {})
    has_senders = bool(senders.get("email") and senders.get("sms"))
    yield Point("SENDERS", has_senders, "E-mail or SMS has no sender; name both in [senders].")
    plans = found.plans_with_prices > 0
    yield Point("PLANS", plans, "No plan is on sale with a price list that holds today; add one to catalogue.toml.")
    faults = "; ".join(found.letter_faults)
    yield Point("LETTERS", not faults, f"Letters are missing or wrong: {faults}.")
    yield _clock(found)


def _legal(found: Situation) -> Point:
    legal = found.profile.get("legal", {})
    imprint = legal.get("imprint") or {}
    missing = [f"imprint.{language}" for language in found.languages if not imprint.get(language)]
    missing += [key for key in ("terms", "privacy") if not legal.get(key)]
    return Point("LEGAL", not missing, f"Legal texts are missing: {', '.join(missing)}; add them to [legal].")


def _clock(found: Situation) -> Point:
    if found.clock_is_moving:
        return Point("CLOCK", met=False, missing="The sandbox's clock is on its way; wait until it has arrived.")
    ahead = found.clock_at is not None and found.clock_at > found.now
    shown = found.clock_at.isoformat() if found.clock_at else ""
    missing = f"The sandbox's clock shows {shown}; time would go back. Begin with a new brand, or wait until then."
    return Point("CLOCK", not ahead, missing)
