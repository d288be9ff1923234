"""The form of `catalogue.toml`: what the brand sells, and the days whose hours are another weekday's."""

from typing import Annotated

from pydantic import Field

from mvne_platform.catalogue import HolidayDraft, OfferingContent, Overlay, PriceContent
from mvne_tenants.manifest.fields import Code, Day, Form, Line, Many, Texts


class HolidayForm(Form):
    """`[[holidays]]`: a day on which the time bands of another weekday hold (0 is Monday, 6 is Sunday)."""

    day: Day
    name: Line
    as_weekday: Annotated[int, Field(ge=0, le=6)] = 6

    def draft(self) -> HolidayDraft:
        """The holiday as the catalogue takes it."""
        return HolidayDraft(self.day, self.name, self.as_weekday)


class OverlayForm(Form):
    """`[[overlay]]`: the brand's own name or prices of a shared offering, or that it is not shown."""

    code: Code
    name: Texts = Field(default_factory=dict)
    prices: Annotated[tuple[PriceContent, ...], Many] = ()
    hidden: bool = False


class CatalogueForm(Form):
    """The whole of `catalogue.toml`: the brand's own offerings, or overlays of shared ones; holidays."""

    offerings: Annotated[tuple[OfferingContent, ...], Many] = ()
    overlay: Annotated[tuple[OverlayForm, ...], Many] = ()
    holidays: Annotated[tuple[HolidayForm, ...], Many] = ()

    @property
    def as_overlay(self) -> Overlay:
        """What the brand changes of the shared catalogue."""
        return Overlay(
            names={item.code: item.name for item in self.overlay if item.name},
            prices={item.code: [price.draft() for price in item.prices] for item in self.overlay if item.prices},
            hidden=frozenset(item.code for item in self.overlay if item.hidden),
        )
