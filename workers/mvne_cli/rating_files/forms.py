"""The tables of a tariff folder besides its price lists, and `tariff.toml`: what each column holds."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from mvne_cli.rating_files.tables import Instant, Record, Words
from mvne_platform.catalogue import NumberClass, OfflineDebit, PaymentMode
from mvne_platform.catalogue.editing import BasisPoints, Micros, Quantity
from mvne_platform.kernel import Unit
from mvne_platform.rating import SPEND


def _signed(value: object, read: ValidatorFunctionWrapHandler) -> int:
    below_zero = isinstance(value, str) and value.startswith("-")
    found: int = read(value[1:] if below_zero and isinstance(value, str) else value)
    return -found if below_zero else found


Balance = Annotated[Micros, WrapValidator(_signed)]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no time zone such as Europe/Copenhagen")
    return name


class Settings(BaseModel):
    """`tariff.toml`: what the price lists themselves do not say.

    `valid_from` is the first day of price lists that do not lie in a folder of their day; `price_list` the one of
    subscribers who name none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    valid_from: date = date(1970, 1, 1)
    price_list: str | None = None
    wholesale_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    holidays: dict[date, Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = {}


class SubscriberRecord(Record):
    """Whose usage it is that names `subscriber` (a number with +, or an IMSI), from an instant on.

    Rows of one `subscription` are the same customer: on other terms from another day on, or under another identifier.
    """

    subscriber: str
    subscription: str | None = None
    valid_from: Instant | None = None
    price_list: str | None = None
    payment_mode: PaymentMode = PaymentMode.POSTPAID
    offline_debit: OfflineDebit = OfflineDebit.FULL
    spend_limit: Micros | None = None
    group: str | None = None

    @property
    def name(self) -> str:
        """The subscription's name."""
        return self.subscription or self.subscriber


class OwnedRecord(Record):
    """Something that belongs to a subscription or, shared, to a group of them."""

    subscription: str | None = None
    group: str | None = None

    @model_validator(mode="after")
    def _one_owner(self) -> "OwnedRecord":
        if (self.subscription is None) == (self.group is None):
            raise ValueError("name either 'subscription' or 'group'")
        return self

    @property
    def owner(self) -> str:
        """Its name, whichever it is."""
        return self.subscription or self.group or ""


class BucketRecord(OwnedRecord):
    """A `quantity` of units, or an `amount` of money; the money bucket `main` is the one that may go below zero."""

    bucket: str
    unit: Unit
    quantity: Quantity | None = None
    amount: Balance | None = None
    currency: str | None = None
    services: Words = frozenset()
    zones: Words = frozenset()
    priority: int = 100
    valid_from: Instant | None = None
    valid_to: Instant | None = None

    @model_validator(mode="after")
    def _holds_what_its_unit_is(self) -> "BucketRecord":
        needed, other = (self.amount, self.quantity) if self.unit is Unit.MONEY else (self.quantity, self.amount)
        if needed is None or other is not None:
            column = "amount" if self.unit is Unit.MONEY else "quantity"
            raise ValueError(f"a bucket of the unit '{self.unit}' has its content in '{column}' and only there")
        return self

    @property
    def content(self) -> int:
        """Units, or micros."""
        return (self.amount if self.unit is Unit.MONEY else self.quantity) or 0


class CounterRecord(Record):
    """What had been counted before the first event: an `amount` under `spend`, a `quantity` under those of tiers."""

    subscription: str
    counter: str
    period: date
    quantity: Quantity | None = None
    amount: Micros | None = None

    @model_validator(mode="after")
    def _is_of_a_month(self) -> "CounterRecord":
        if self.period.day != 1:
            raise ValueError(f"the period '{self.period}' is not the first day of a month")
        if (self.counter == SPEND) != (self.quantity is None) or (self.quantity is None) == (self.amount is None):
            raise ValueError(f"'{SPEND}' has an 'amount', every other counter a 'quantity'")
        return self

    @property
    def content(self) -> int:
        """Micros under `spend`, else units."""
        return (self.amount if self.quantity is None else self.quantity) or 0


class DiscountRecord(Record):
    """A percentage off the usage of services and zones."""

    subscription: str
    discount: str
    percent: BasisPoints
    services: Words = frozenset()
    zones: Words = frozenset()
    valid_from: Instant | None = None
    valid_to: Instant | None = None


class PortedRecord(Record):
    """A number, or a range up to `last`, that belongs to `operator` during a span; none: it is ported no more.

    The columns are those of the product's portability files; here `valid_from` may be empty.
    """

    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{5,14}$")]
    last: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{5,14}$")] | None = None
    operator: str | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None


class ShortCodeRecord(Record):
    """What a code as dialled stands for during a span, or with an asterisk (`+4580*`) every number that begins so.

    The columns are those of the product's short code files; here `valid_from` may be empty.
    """

    code: Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{1,14}\*?|[0-9*#]{1,15})$")]
    number_class: NumberClass | None = Field(None, alias="class")
    name: str | None = None
    source: str | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None

    @property
    def is_prefix(self) -> bool:
        """Whether longer numbers are meant too: an asterisk is a digit of codes as dialled."""
        return self.code.startswith("+") and self.code.endswith("*")
