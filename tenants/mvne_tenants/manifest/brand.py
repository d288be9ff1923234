"""The form of `brand.toml`: who the brand is and how it works."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from mvne_platform.tax import RateDraft
from mvne_tenants.manifest.fields import (
    Code,
    Colour,
    Country,
    Currency,
    Day,
    Email,
    Form,
    Host,
    Language,
    Line,
    Many,
    Percent,
    Proses,
    Slug,
    SmsSender,
    TimeZone,
    WebAddress,
    refuse,
)
from mvne_tenants.manifest.usage_sources import UsageSourceForm

Scope = Literal["catalogue", "shop", "care", "usage"]


class Identity(Form):
    """`[brand]`: the name, the place and the languages, most important first."""

    slug: Slug
    name: Line
    country: Country
    currency: Currency
    time_zone: TimeZone
    languages: Annotated[tuple[Language, ...], Many, Field(min_length=1, max_length=8)]
    hosts: Annotated[tuple[Host, ...], Many, Field(min_length=1, max_length=10)]


class Legal(Form):
    """`[legal]`: the company that bills, as it stands on invoices and at the foot of the site."""

    name: Line
    address: Annotated[tuple[Line, ...], Many, Field(min_length=1, max_length=6)]
    vat_id: Line
    registration: Line
    email: Email
    # What customers agree to, by language, and where the whole text is. Needed before going live.
    imprint: Proses = Field(default_factory=dict)
    terms: WebAddress | None = None
    privacy: WebAddress | None = None


class Look(Form):
    """`[look]`: two colours and a logo. Pages and invoices derive text colours that can be read on them."""

    primary: Colour
    accent: Colour
    logo: Line


class Senders(Form):
    """`[senders]`: in whose name letters go out."""

    email: Email
    sms: SmsSender


class TaxRateForm(Form):
    """`[[tax.rate]]`: the percentage of a class of goods from a day on."""

    tax_class: Code = Field(alias="class")
    valid_from: Day = Field(alias="from")
    percent: Percent
    label: Line

    def draft(self, country: str) -> RateDraft:
        """The rate as tax takes it."""
        return RateDraft(country, self.tax_class, self.valid_from, int(self.percent * 10_000), self.label)


class Tax(Form):
    """`[tax]`: whether catalogue and usage prices include tax, and the dated rates."""

    prices_include_tax: bool
    rate: Annotated[tuple[TaxRateForm, ...], Many, Field(min_length=1)]


class Billing(Form):
    """`[billing]`: invoices. The month's run starts `run_after_hours` after midnight of the first, brand time."""

    legal_entity: Code
    invoice_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,6}-?$")]
    due_days: Annotated[int, Field(ge=0, le=90)]
    run_after_hours: Annotated[int, Field(ge=0, le=72)] = 6


class Prepaid(Form):
    """`[prepaid]`: days after a failed renewal on which it is tried again; after the last, the plan lapses."""

    retry_days: Annotated[tuple[Annotated[int, Field(ge=1, le=60)], ...], Many, Field(max_length=10)] = (1, 2, 3)

    @field_validator("retry_days")
    @classmethod
    def _rising(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if list(days) != sorted(set(days)):
            refuse("RETRY_DAYS", "The days do not rise.", "Count each from the first failure, as in [1, 2, 3].")
        return days


class InventoryPolicy(Form):
    """`[inventory]`: for how many days a number rests between two customers."""

    quarantine_days: Annotated[int, Field(ge=0, le=730)] = 90


class Adapters(Form):
    """`[adapters]`: which outside systems serve the brand; their addresses are settings of the installation."""

    network: Literal["http"] = "http"
    payment: Literal["http"] = "http"
    identity: Literal["http"] = "http"
    email: Literal["smtp"] = "smtp"
    sms: Literal["http"] = "http"


class Verification(Form):
    """`[verification]`: whether a customer's identity is verified before activation."""

    identity: bool = False


class PbxUsage(Form):
    """`[usage.asterisk]`, `[usage.freeswitch]`: the country of a PBX's national numbers, and what its clock shows."""

    country: Country
    time_zone: TimeZone | None = None


class Usage(Form):
    """`[usage]`: settings of formats; and the percents of allowances and spend limits at which customers are told."""

    asterisk: PbxUsage | None = None
    freeswitch: PbxUsage | None = None
    # How long the parts of a call are waited for before it is rated with those that are there.
    parts_wait_hours: Annotated[int, Field(ge=1, le=744)] = 24
    notice_percents: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Many, Field(max_length=10)] = (
        50,
        80,
        100,
    )

    @field_validator("notice_percents")
    @classmethod
    def _rising(cls, percents: tuple[int, ...]) -> tuple[int, ...]:
        if list(percents) != sorted(set(percents)):
            refuse("NOTICE_PERCENTS", "The percentages do not rise.", "Name each once, as in [50, 80, 100].")
        return percents


class Sandbox(Form):
    """`[sandbox]`: the day whose midnight, in the brand's zone, a new brand's clock shows."""

    clock: date


class CatalogueMode(Form):
    """`[catalogue]`: an own catalogue, or a version of a shared one with the brand's overlay."""

    mode: Literal["own", "shared"] = "own"
    shared: Code | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class ApiClientForm(Form):
    """`[[api_client]]`: a shop or portal that signs in with client credentials."""

    name: Line
    scopes: Annotated[tuple[Scope, ...], Many, Field(min_length=1)]


class BrandForm(Form):
    """The whole of `brand.toml`."""

    brand: Identity
    legal: Legal
    look: Look
    senders: Senders
    tax: Tax
    billing: Billing
    prepaid: Prepaid = Prepaid()
    inventory: InventoryPolicy = InventoryPolicy()
    adapters: Adapters = Adapters()
    verification: Verification = Verification()
    usage: Usage = Usage()
    sandbox: Sandbox
    catalogue: CatalogueMode = CatalogueMode()
    api_client: Annotated[tuple[ApiClientForm, ...], Many] = ()
    usage_source: Annotated[tuple[UsageSourceForm, ...], Many, Field(max_length=100)] = ()
