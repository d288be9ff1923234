"""The words of an invoice, and numbers, dates and usage as a language writes them (Unicode CLDR, through Babel)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal

from mvne_platform.kernel import Money, Unit

FALLBACK = "en"
MEGABYTE = 1_000_000
GIGABYTE = 1_000 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's words; `words` by key, `services` by usage service. `locale` is the language's in CLDR."""

    language: str
    locale: str
    words: dict[str, str]
    services: dict[str, str]

    def usage(self, service: str, zone_name: str) -> str:
        """How an invoice line names usage: the service, and where to."""
        name = self.services.get(service, service)
        return f"{name} – {zone_name}" if zone_name else name

    def one_time(self, name: str) -> str:
        """How an invoice line names what is charged once."""
        return self.words["one_time"].format(name=name)

    def money(self, micros: int, currency: str) -> str:
        """An amount with its currency."""
        return format_currency(Money(micros, currency).amount, currency, locale=self.locale)

    def amount(self, micros: int, currency: str) -> str:
        """An amount of a column whose head names the currency."""
        return format_currency(Money(micros, currency).amount, currency, "#,##0.00", locale=self.locale)

    def day(self, day: date) -> str:
        """A date in words, such as 1. november 2026."""
        return format_date(day, "long", locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """A short span of dates, both included, such as 1.–31. okt. 2026."""
        if first == last:
            return format_date(first, "medium", locale=self.locale)
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def count(self, number: int) -> str:
        """A whole number, grouped by thousands."""
        return format_decimal(number, locale=self.locale)

    def quantity(self, amount: int, unit: Unit) -> str:
        """Usage as people count it: h:mm:ss, messages, MB or GB (decimal, as in the catalogue)."""
        if unit is Unit.SECOND:
            minutes, seconds = divmod(amount, 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        if unit is Unit.BYTE:
            size, name = (GIGABYTE, "GB") if amount >= GIGABYTE else (MEGABYTE, "MB")
            return f"{format_decimal(Decimal(amount) / size, '#,##0.00', locale=self.locale)} {name}"
        return self.count(amount)


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("texts.toml").read_text("utf-8"))


def wording(*languages: str) -> Wording:
    """The words in the first of `languages` that invoices speak; English when they speak none of them."""
    language = next((language for language in languages if language in _texts()), FALLBACK)
    words = {"locale": language, **_texts()[language]}
    services, locale = words.pop("services"), words.pop("locale")
    return Wording(language, locale, words, services)
