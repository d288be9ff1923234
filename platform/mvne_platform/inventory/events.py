"""What happened to the stock."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class SimWithheld(Fact):
    """A free SIM was taken out of the stock: another brand uses its ICCID or IMSI."""

    sim_id: UUID


@dataclass(frozen=True, slots=True)
class NumberWithheld(Fact):
    """A free number was taken out of the stock: another brand uses it."""

    number_id: UUID
