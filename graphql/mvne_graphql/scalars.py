"""Scalars beyond those of the GraphQL specification. Numbers that JSON would round travel as strings."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType
from uuid import UUID

import strawberry
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
LanguageCode = NewType("LanguageCode", str)


def _read_decimal(value: Any) -> Decimal:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", value, re.ASCII):
        return Decimal(value)
    raise ValueError('A Decimal is a string such as "12.50", without an exponent.')


def _read_big_int(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value, re.ASCII):
        return int(value)
    raise ValueError('A BigInt is a string of digits such as "5368709120".')


def _read_instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError('A DateTime is RFC 3339 text such as "2026-10-01T00:00:00Z".') from error
    if instant.tzinfo is None:
        raise ValueError("A DateTime says its offset from UTC, or ends in Z.")
    return instant.astimezone(UTC)


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError('A Date is ISO 8601 text such as "2026-10-01".') from error


def _read_uuid(value: Any) -> UUID:
    if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value, re.ASCII):
        return UUID(value)
    raise ValueError('A UUID is text such as "01890a5d-ac96-774b-bcce-b302099a8057".')


def _code(pattern: str, example: str) -> Any:
    compiled = re.compile(pattern)

    def read(value: Any) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise ValueError(f'This is not a code such as "{example}".')

    return read


def _scalar(name: str, description: str, *, read: Any, write: Any = str, specified_by: str | None = None) -> Any:
    return strawberry.scalar(
        name=name, description=description, serialize=write, parse_value=read, specified_by_url=specified_by
    )


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: _scalar(
        "Decimal",
        "An exact decimal number as a string, never in exponent form.",
        read=_read_decimal,
        write=lambda value: format(value, "f"),
    ),
    BigInt: _scalar("BigInt", "A whole number of up to 64 bits, as a string.", read=_read_big_int),
    CurrencyCode: _scalar(
        "CurrencyCode",
        "A currency by its three letters in ISO 4217, such as EUR.",
        read=_code(r"[A-Z]{3}", "EUR"),
        specified_by="https://www.iso.org/iso-4217-currency-codes.html",
    ),
    CountryCode: _scalar(
        "CountryCode",
        "A country by its two letters in ISO 3166-1, such as DK.",
        read=_code(r"[A-Z]{2}", "DK"),
        specified_by="https://www.iso.org/iso-3166-country-codes.html",
    ),
    LanguageCode: _scalar(
        "LanguageCode",
        "A language by its tag in BCP 47, such as da.",
        read=_code(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "da"),
        specified_by="https://www.rfc-editor.org/info/bcp47",
    ),
    datetime: _scalar(
        "DateTime",
        "An instant in UTC as RFC 3339 text.",
        read=_read_instant,
        write=_write_instant,
        specified_by="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    UUID: _scalar(
        "UUID",
        "An id that the client makes, as text with hyphens; version 7 is kindest to the database.",
        read=_read_uuid,
        specified_by="https://www.rfc-editor.org/rfc/rfc9562",
    ),
    date: _scalar(
        "Date", "A calendar date of the brand's time zone, as ISO 8601 text.", read=_read_date, write=date.isoformat
    ),
}


def as_json(value: Mapping[str, Any] | None) -> JSON | None:
    """A stored JSON object as the scalar of that name."""
    return None if value is None else JSON(dict(value))


CONFIG = StrawberryConfig(scalar_map=SCALARS)
