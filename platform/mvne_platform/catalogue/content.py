"""Offerings as data: the form in which manifests and shared catalogues state them (TOML or JSON)."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mvne_platform.catalogue.amounts import parse_amount, parse_percent, parse_quantity
from mvne_platform.catalogue.drafts import (
    AllowanceDraft,
    Characteristic,
    DiscountDraft,
    FinalUnitAction,
    OfferingDraft,
    OfflineDebit,
    OnlinePolicy,
    PriceDraft,
)
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.kernel import Unit


def _amount(value: object) -> int:
    if isinstance(value, str):
        return parse_amount(value)
    raise ValueError('write the amount in quotes, such as "149.00"')


def _quantity(value: object) -> int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return parse_quantity(str(value), None)
    raise ValueError('write a whole number, or one with a unit in quotes, such as "10GB"')


def _basis_points(value: object) -> int:
    if isinstance(value, str):
        return parse_percent(value)
    raise ValueError('write the percentage in quotes, such as "12.5"')


Micros = Annotated[int, BeforeValidator(_amount)]
BasisPoints = Annotated[int, BeforeValidator(_basis_points)]
Quantity = Annotated[int, BeforeValidator(_quantity)]


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CharacteristicContent(_Content):
    """A property shown to customers."""

    code: str
    name: dict[str, str]
    value: dict[str, str]


class PriceContent(_Content):
    """A price; `amount` is decimal text of the currency's main unit."""

    kind: PriceKind
    amount: Micros
    currency: str
    tax_class: str = "standard"
    period_days: int | None = None

    def draft(self) -> PriceDraft:
        """The price as the catalogue takes it."""
        return PriceDraft(self.kind, self.amount, self.currency, self.tax_class, self.period_days)


class AllowanceContent(_Content):
    """Units included in each period; `quantity` may carry a unit: "10GB", "5h", 100."""

    code: str
    unit: Unit
    quantity: Quantity
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    priority: int = 100
    rollover_periods: int = 0
    rollover_limit: Quantity | None = None
    shared: bool = False

    def draft(self) -> AllowanceDraft:
        """The allowance as the catalogue takes it."""
        return AllowanceDraft(
            code=self.code,
            unit=self.unit,
            quantity=self.quantity,
            services=self.services,
            zones=self.zones,
            priority=self.priority,
            rollover_periods=self.rollover_periods,
            rollover_limit=self.rollover_limit,
            shared=self.shared,
        )


class DiscountContent(_Content):
    """A discount on usage; `percent` is a number with at most two decimals, in quotes: "12.5"."""

    code: str
    percent: BasisPoints
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    def draft(self) -> DiscountDraft:
        """The discount as the catalogue takes it."""
        return DiscountDraft(self.code, self.percent, self.services, self.zones)


class OnlineContent(_Content):
    """How online sessions are granted quota: units by service, validity in seconds, what follows the last quota."""

    quotas: dict[str, Quantity] = Field(default_factory=dict)
    validity_s: int = 600
    final_unit_action: FinalUnitAction = FinalUnitAction.TERMINATE

    def draft(self) -> OnlinePolicy:
        """The policy as the catalogue takes it."""
        return OnlinePolicy(tuple(sorted(self.quotas.items())), self.validity_s, self.final_unit_action)


class OfferingContent(_Content):
    """An offering; names, descriptions and characteristics are by language."""

    code: str
    kind: OfferingKind
    payment_mode: PaymentMode
    name: dict[str, str]
    description: dict[str, str] = Field(default_factory=dict)
    characteristics: tuple[CharacteristicContent, ...] = ()
    price_list: str | None = None
    spend_limit: Micros | None = None
    offline_debit: OfflineDebit = OfflineDebit.FULL
    position: int = 0
    hidden: bool = False
    prices: tuple[PriceContent, ...] = ()
    allowances: tuple[AllowanceContent, ...] = ()
    discounts: tuple[DiscountContent, ...] = ()
    online: OnlineContent | None = None

    def draft(self) -> OfferingDraft:
        """The offering as `define_offering` takes it."""
        return OfferingDraft(
            code=self.code,
            kind=self.kind,
            payment_mode=self.payment_mode,
            name=self.name,
            description=self.description,
            characteristics=tuple(Characteristic(item.code, item.name, item.value) for item in self.characteristics),
            price_list=self.price_list,
            spend_limit_micros=self.spend_limit,
            offline_debit=self.offline_debit,
            position=self.position,
            hidden=self.hidden,
            prices=tuple(price.draft() for price in self.prices),
            allowances=tuple(allowance.draft() for allowance in self.allowances),
            discounts=tuple(discount.draft() for discount in self.discounts),
            online=self.online.draft() if self.online else None,
        )


class CatalogueContent(_Content):
    """A catalogue as published for brands to subscribe to."""

    offerings: tuple[OfferingContent, ...]


def read_catalogue(data: Mapping[str, Any]) -> CatalogueContent | list[Problem]:
    """A catalogue from parsed TOML or JSON, or every problem with its path."""
    try:
        content = CatalogueContent.model_validate(data)
    except ValidationError as error:
        return problems_of(error)
    codes = [item.code for item in content.offerings]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    return [Problem(("offerings", code), "two offerings have this code") for code in twice] or content


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic found, as problems with their paths."""
    return [
        Problem(tuple(str(part) for part in found["loc"]), found["msg"].removeprefix("Value error, "))
        for found in error.errors(include_url=False, include_input=False)
    ]
