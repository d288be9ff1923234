"""Whether each offering can be sold by the brand: its price list, zones, tax classes and languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from mvne_platform import catalogue
from mvne_platform.catalogue import OfferingDraft, Problem
from mvne_platform.catalogue.editing import CatalogueContent, OfferingContent
from mvne_tenants.manifest.catalogue import CatalogueForm
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.source import Source, Table
from mvne_tenants.manifest.toml_lines import KeyPath

_WAYS_OUT = {
    "price_list": "Name a list that has a folder below price_lists/.",
    "zones": "Name a zone of zones.csv, or leave zones out to cover all.",
    "services": "List services that are counted in the allowance's unit.",
    "period_days": "Give period_days to recurring prepaid prices and to no others.",
    "spend_limit": "Keep spend_limit for hybrid plans.",
    "currency": "State prices in the brand's currency.",
    "name": "Add the name in that language.",
    "description": "Add the description in that language, or leave the description out.",
    "prices": "Keep one recurring price.",
    "code": "Choose another code.",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the rest of the manifest an offering stands on; empty where it could not be read.

    `zones` are the zone codes by price list, None for a list whose zones cannot be told; `tax_classes` None likewise.
    """

    currency: str
    languages: tuple[str, ...]
    zones: Mapping[str, frozenset[str] | None]
    tax_classes: frozenset[str] | None

    @property
    def as_surroundings(self) -> catalogue.Surroundings:
        """The same for the catalogue's own rules."""
        known = {code: zones or frozenset() for code, zones in self.zones.items()}
        return catalogue.Surroundings(self.currency, self.languages, known)

    def can_tell(self, problem: Problem, price_list: str | None) -> bool:
        """Whether a problem is one, or only the consequence of a fault named elsewhere."""
        if problem.subject[-1] == "currency":
            return bool(self.currency)
        if problem.subject[-1] == "zones":
            lists = [self.zones.get(price_list)] if price_list else list(self.zones.values())
            return None not in lists
        return True


def tax_classes_on(brand: Table, day: date | None) -> frozenset[str] | None:
    """The tax classes with a rate on `day`; None when no rates can be read."""
    rates = [(rate.text("class"), rate.values.get("from")) for rate in brand.table("tax").tables("rate")]
    if not rates or day is None:
        return None
    return frozenset(name for name, start in rates if isinstance(start, date) and start <= day)


def own_offering_faults(source: Source, ground: Ground) -> Iterator[Fault]:
    """The faults of a brand's own offerings beyond their form."""
    seen: set[str] = set()
    for table in source.root.tables("offerings"):
        code = table.text("code")
        if code and code in seen:
            yield table.fault("code", "REPEATED", f"Two offerings have the code '{code}'.", "Choose another code.")
        seen.add(code)
        yield from _tax_faults(table, ground)
        draft = _draft(table)
        if draft is None:
            yield from _loose_faults(table, ground)
        else:
            yield from _problem_faults(draft, table, ground)
    for table in source.root.tables("overlay"):
        cause = "An overlay changes a shared catalogue, and this brand has its own."
        yield table.fault("code", "NOT_SHARED", cause, "Change the offering itself, or subscribe in brand.toml.")


def shared_offering_faults(
    source: Source, form: CatalogueForm, content: CatalogueContent, version: int, ground: Ground
) -> Iterator[Fault]:
    """The faults of a shared catalogue as this brand would sell it."""
    for table in source.root.tables("offerings"):
        cause = "The brand sells from a shared catalogue and has no offerings of its own."
        yield table.fault("code", "NOT_OWN", cause, "Use [[overlay]] with the code of a shared offering.")
    overlays = {table.text("code"): table for table in source.root.tables("overlay")}
    for problem in catalogue.overlay_problems(content, form.as_overlay):
        yield overlays[problem.subject[1]].fault("code", "UNKNOWN_OFFERING", _sentence(problem), "Correct the code.")
    for table in overlays.values():
        yield from _tax_faults(table, ground)
    for draft in catalogue.overlaid(content, version, form.as_overlay):
        yield from _problem_faults(draft, overlays.get(draft.code, source.root), ground)


def _draft(table: Table) -> OfferingDraft | None:
    try:
        return OfferingContent.model_validate(table.values).draft()
    except ValidationError:
        return None


def _problem_faults(draft: OfferingDraft, table: Table, ground: Ground) -> Iterator[Fault]:
    for problem in catalogue.offering_problems(draft, ground.as_surroundings):
        if ground.can_tell(problem, draft.price_list):
            path: KeyPath = tuple(int(part) if part.isdigit() else part for part in problem.subject)
            key = path[0] if path[0] in ("name", "description") else path[-1]
            way_out = _WAYS_OUT.get(str(key), "Correct the value.")
            cause = f"Offering '{draft.code}': {_sentence(problem)}"
            yield table.fault(path, f"OFFERING_{str(key).upper()}", cause, way_out)


def _loose_faults(table: Table, ground: Ground) -> Iterator[Fault]:
    """What can be said of an offering whose form is faulty, so that its other faults are not hidden."""
    code, price_list = table.text("code"), table.text("price_list")
    if price_list and price_list not in ground.zones:
        cause = f"Offering '{code}': the brand has no price list '{price_list}'."
        yield table.fault("price_list", "OFFERING_PRICE_LIST", cause, _WAYS_OUT["price_list"])
    for language in ground.languages:
        if language not in table.table("name").values:
            cause = f"Offering '{code}': there is no name in the brand's language '{language}'."
            yield table.fault("name", "OFFERING_NAME", cause, _WAYS_OUT["name"])
    zones = ground.zones.get(price_list)
    for allowance in table.tables("allowances"):
        for _, zone in allowance.texts("zones"):
            if zones is not None and zone not in zones:
                cause = f"Offering '{code}': zone '{zone}' is not in price list '{price_list}'."
                yield allowance.fault("zones", "OFFERING_ZONES", cause, _WAYS_OUT["zones"])


def _tax_faults(table: Table, ground: Ground) -> Iterator[Fault]:
    for price in table.tables("prices"):
        tax_class = price.text("tax_class") or "standard"
        if ground.tax_classes is not None and tax_class not in ground.tax_classes:
            cause = f"No tax rate of class '{tax_class}' is in force when the brand begins."
            yield price.fault("tax_class", "UNKNOWN_TAX_CLASS", cause, "Add the rate to [tax], or use another class.")


def _sentence(problem: Problem) -> str:
    return problem.message.rstrip(".") + "."
