"""The form of `catalogue.toml`: what the brand sells, and the days whose hours are another weekday's."""

from typing import Annotated

from pydantic import Field

from mvne_platform.catalogue import HolidayDraft, Overlay
from mvne_platform.catalogue.editing import ContractDraft, OfferingContent, PriceContent
from mvne_platform.kernel import start_of_day
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


class CustomerGroupForm(Form):
    """`[[customer_groups]]`: customers that share something; of several groups the lowest rank counts first.

    `price_list` is what prices their usage from `from` on, whatever their plans name.
    """

    code: Code
    name: Line
    rank: Annotated[int, Field(ge=0, le=10_000)] = 100
    price_list: Line | None = None
    valid_from: Day | None = Field(default=None, alias="from")


class HostContractForm(Form):
    """`[[host_contracts]]`: the wholesale list by which the host operator charges the brand, from a day to a day."""

    code: Code
    operator: Line
    price_list: Line
    valid_from: Day = Field(alias="from")
    valid_to: Day | None = Field(default=None, alias="to")

    def draft(self, time_zone: str) -> ContractDraft:
        """The contract as the catalogue takes it; days begin at midnight of the brand's zone."""
        ends = start_of_day(self.valid_to, time_zone) if self.valid_to else None
        begins = start_of_day(self.valid_from, time_zone)
        return ContractDraft(self.code, self.operator, self.price_list, begins, ends)


class CatalogueForm(Form):
    """The whole of `catalogue.toml`: the brand's own offerings, or overlays of shared ones; holidays.

    Customer groups and host contracts too, for they choose among the brand's price lists.
    """

    offerings: Annotated[tuple[OfferingContent, ...], Many] = ()
    overlay: Annotated[tuple[OverlayForm, ...], Many] = ()
    holidays: Annotated[tuple[HolidayForm, ...], Many] = ()
    customer_groups: Annotated[tuple[CustomerGroupForm, ...], Many] = ()
    host_contracts: Annotated[tuple[HostContractForm, ...], Many] = ()

    @property
    def as_overlay(self) -> Overlay:
        """What the brand changes of the shared catalogue."""
        return Overlay(
            names={item.code: item.name for item in self.overlay if item.name},
            prices={item.code: [price.draft() for price in item.prices] for item in self.overlay if item.prices},
            hidden=frozenset(item.code for item in self.overlay if item.hidden),
        )
