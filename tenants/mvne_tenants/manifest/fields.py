"""The kinds of value a manifest is made of; each refusal has its own code and says the way out."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NoReturn
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_territory_currencies
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from mvne_platform.runtime.tenancy import RESERVED_SLUGS

_HOST = re.compile(r"(?=.{3,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
_SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+[1-9][0-9]{5,14}")


class Form(BaseModel):
    """A table of the manifest: unknown keys and values of another type are faults."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=False)


def refuse(code: str, message: str, way_out: str) -> NoReturn:
    """Refuse a value from inside a validator."""
    # Braces would be read as places to fill in; the text goes in as a value instead.
    raise PydanticCustomError(code, "{cause}", {"cause": message, "way_out": way_out})


def _checked(test: Callable[[str], bool], code: str, message: str, way_out: str) -> Any:
    def check(value: str) -> str:
        if not test(value):
            refuse(code, message.format(value), way_out)
        return value

    return AfterValidator(check)


@cache
def _countries() -> frozenset[str]:
    known = Locale("en").territories
    return frozenset(str(code) for code in known if re.fullmatch("[A-Z]{2}", str(code))) - {"EU", "EZ", "UN", "ZZ"}


@cache
def _currencies() -> frozenset[str]:
    return frozenset(currency for country in _countries() for currency in get_territory_currencies(country))


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if re.fullmatch("[a-z]{2}", str(code)))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))


def _is_slug_free(slug: str) -> bool:
    return slug not in RESERVED_SLUGS and not slug.startswith("pg")


Line = Annotated[
    str,
    Field(min_length=1, max_length=300),
    _checked(lambda v: v == v.strip() and v.isprintable(), "TEXT", "'{}' is not one clean line.", "Trim the text."),
]
Prose = Annotated[str, Field(min_length=1, max_length=4000)]
Code = Annotated[
    str,
    _checked(
        lambda v: bool(re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", v)),
        "CODE",
        "'{}' cannot be a code.",
        "Begin with a small letter; then small letters, digits, '_' or '-', at most 40 in all.",
    ),
]
Slug = Annotated[
    str,
    _checked(
        lambda v: bool(re.fullmatch(r"[a-z][a-z0-9]{1,29}", v)),
        "SLUG",
        "'{}' cannot name a brand.",
        "Use 2 to 30 small letters and digits, a letter first: it names the schema and the roles too.",
    ),
    _checked(_is_slug_free, "RESERVED_SLUG", "'{}' is a name the platform keeps for itself.", "Choose another slug."),
]
Country = Annotated[
    str,
    _checked(
        lambda v: v in _countries(), "UNKNOWN_COUNTRY", "'{}' is no country.", "Use an ISO 3166-1 code such as DK."
    ),
]
Currency = Annotated[
    str,
    _checked(
        lambda v: v in _currencies(),
        "UNKNOWN_CURRENCY",
        "'{}' is no currency in use.",
        "Use an ISO 4217 code such as DKK.",
    ),
]
TimeZone = Annotated[
    str,
    _checked(
        lambda v: v in _zones(),
        "UNKNOWN_TIME_ZONE",
        "'{}' is no time zone.",
        "Use a name of the IANA database such as Europe/Copenhagen.",
    ),
]
Language = Annotated[
    str,
    _checked(
        lambda v: v in _languages(), "UNKNOWN_LANGUAGE", "'{}' is no language.", "Use an ISO 639-1 code such as da."
    ),
]
Host = Annotated[
    str,
    _checked(
        lambda v: bool(_HOST.fullmatch(v)),
        "HOST",
        "'{}' is no host name.",
        "Write it in small letters, with a dot, without scheme, port or path.",
    ),
]
Email = Annotated[
    str,
    _checked(
        lambda v: bool(_EMAIL.fullmatch(v)),
        "EMAIL",
        "'{}' is no e-mail address.",
        "Write the bare address, such as hello@brand.example.",
    ),
]
SmsSender = Annotated[
    str,
    _checked(
        lambda v: bool(_SMS_SENDER.fullmatch(v)),
        "SMS_SENDER",
        "'{}' cannot be the sender of a text message.",
        "Use up to 11 letters, digits and spaces, or a number with + and country code.",
    ),
]
Colour = Annotated[
    str,
    _checked(
        lambda v: bool(re.fullmatch("#[0-9a-fA-F]{6}", v)),
        "COLOUR",
        "'{}' is no colour.",
        "Write it as # and six hexadecimal digits.",
    ),
]
WebAddress = Annotated[
    str,
    Field(max_length=300),
    _checked(
        lambda v: bool(re.fullmatch(r"https://[^\s\"<>']+", v)),
        "WEB_ADDRESS",
        "'{}' is no web address.",
        "Begin with https://.",
    ),
]


def exact_decimal(value: object) -> Decimal:
    """A number of TOML as it is written; refuses texts and truths."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        refuse("WRONG_TYPE", f"{value!r} is not a number.", "Write a plain number such as 25 or 8.1, without quotes.")
    return Decimal(value)


Percent = Annotated[Decimal, BeforeValidator(exact_decimal), Field(ge=0, le=100, decimal_places=4)]
Day = Annotated[date, Field(strict=True)]
Many = Field(strict=False)  # TOML has arrays; forms keep tuples

Texts = dict[Language, Line]
Proses = dict[Language, Prose]


def valid(kind: Any, value: str) -> str:
    """The text if it is of `kind`, else an empty one."""
    try:
        return str(TypeAdapter(kind).validate_python(value, strict=True))
    except ValidationError:
        return ""
