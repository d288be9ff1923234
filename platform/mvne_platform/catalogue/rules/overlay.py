"""A shared catalogue as one brand sells it: its own names and prices, and what it hides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mvne_platform.catalogue.content import CatalogueContent
from mvne_platform.catalogue.drafts import OfferingDraft, PriceDraft
from mvne_platform.catalogue.faults import Problem


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a brand changes of a shared catalogue, by offering code.

    `names` replaces the name in the languages it gives and keeps the others; `prices` replaces all prices of an
    offering; `hidden` are not shown for sale.
    """

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    prices: Mapping[str, Sequence[PriceDraft]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


def overlay_problems(content: CatalogueContent, overlay: Overlay) -> list[Problem]:
    """Codes the overlay names and the shared catalogue does not have."""
    codes = {item.code for item in content.offerings}
    return [
        Problem((part, code), f"the shared catalogue has no offering '{code}'")
        for part, named in _named(overlay)
        for code in sorted(named)
        if code not in codes
    ]


def _named(overlay: Overlay) -> Iterator[tuple[str, frozenset[str]]]:
    yield "names", frozenset(overlay.names)
    yield "prices", frozenset(overlay.prices)
    yield "hidden", overlay.hidden


def overlaid(content: CatalogueContent, version: int, overlay: Overlay) -> list[OfferingDraft]:
    """The offerings of a shared catalogue's version as the brand sells them, in the catalogue's order."""
    return [_overlaid(item.draft(), version, overlay) for item in content.offerings]


def _overlaid(draft: OfferingDraft, version: int, overlay: Overlay) -> OfferingDraft:
    return replace(
        draft,
        name={**draft.name, **overlay.names.get(draft.code, {})},
        prices=tuple(overlay.prices.get(draft.code, draft.prices)),
        hidden=draft.hidden or draft.code in overlay.hidden,
        shared_version=version,
    )
