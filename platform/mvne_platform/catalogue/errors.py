"""Refusals of the catalogue."""

from collections.abc import Iterable

from mvne_platform.catalogue.faults import Fault, PlacedFinding, Problem, Severity
from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class UnknownOffering(NotFound):
    """The brand has no such offering, or sells it no longer."""

    code = "UNKNOWN_OFFERING"


class UnknownPriceList(NotFound):
    """The brand has no such price list."""

    code = "UNKNOWN_PRICE_LIST"


class UnknownSharedCatalogue(NotFound):
    """No such shared catalogue, or not that version of it, has been published."""

    code = "UNKNOWN_SHARED_CATALOGUE"


class OfferingInvalid(InvalidInput):
    """An offering contradicts itself or the brand; `problems` lists everything that is wrong with it."""

    code = "OFFERING_INVALID"

    def __init__(self, offering_code: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(str(problem) for problem in self.problems)
        super().__init__(f"The offering '{offering_code}' cannot be sold so: {listed}.", field=self.problems[0].subject)


class PriceListInvalid(InvalidInput):
    """A price list contradicts itself or leaves usage without a price; `problems` lists everything."""

    code = "PRICE_LIST_INVALID"

    def __init__(self, price_list_code: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(str(problem) for problem in self.problems)
        super().__init__(
            f"The price list '{price_list_code}' cannot rate usage so: {listed}.", field=self.problems[0].subject
        )


class PriceListFilesFaulty(InvalidInput):
    """Files of a price list cannot be read or published; `findings` lists everything, with file and line."""

    code = "PRICE_LIST_FILES_FAULTY"

    def __init__(self, price_list_code: str, findings: Iterable[PlacedFinding]) -> None:
        self.findings = tuple(findings)
        errors = [str(one.place) for one in self.findings if one.severity is Severity.ERROR]
        super().__init__(
            f"The price list '{price_list_code}' cannot be published: {'; '.join(errors)}.", field=("files",)
        )


class PriceListVersionFixed(DomainError):
    """Rates that may have priced usage never change; new ones need a later instant."""

    code = "PRICE_LIST_VERSION_FIXED"
    category = Category.CONFLICT


class SharedCatalogueInvalid(InvalidInput):
    """The content or a brand's overlay of a shared catalogue is faulty; `faults` lists everything."""

    code = "SHARED_CATALOGUE_INVALID"

    def __init__(self, faults: Iterable[Fault | Problem]) -> None:
        self.faults = tuple(faults)
        listed = "; ".join(str(fault) for fault in self.faults)
        super().__init__(f"The shared catalogue cannot be used so: {listed}.")


class InvalidAssignment(InvalidInput):
    """A price list cannot be assigned so."""

    code = "INVALID_ASSIGNMENT"


class AssignmentOverlaps(DomainError):
    """Another assignment begins within the span."""

    code = "ASSIGNMENT_OVERLAPS"
    category = Category.CONFLICT


class UnknownAssignment(NotFound):
    """The brand has no such assignment of a price list."""

    code = "UNKNOWN_ASSIGNMENT"


class InvalidContract(InvalidInput):
    """A host contract contradicts its price list or another contract."""

    code = "INVALID_CONTRACT"
