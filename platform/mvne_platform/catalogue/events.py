"""What happened in the catalogue."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class OfferingDefined(Fact):
    """A version of an offering came into force; the version before it, if any, is closed."""

    offering_id: UUID
    code: str
    version: int


@dataclass(frozen=True, slots=True)
class OfferingRetired(Fact):
    """An offering is no longer sold; what is installed stays."""

    offering_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class PriceListVersionAdded(Fact):
    """A price list has new rates from an instant on."""

    price_list_version_id: UUID
    code: str
    version: int
