"""What makes a customer, an address, a document valid. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mvne_platform.party.errors import InvalidCustomer, SearchTooShort
from mvne_platform.party.models import CustomerKind

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s.]+(\.[^@\s.]+)+")
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DOCUMENT = re.compile(r"[A-Za-z0-9-]{3,40}")
GROUP_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_OLDEST = date(1900, 1, 1)
_EMAIL_LENGTH = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_NAME_LENGTH = 100
_SEARCH_AT_LEAST, _SEARCH_AT_MOST = 2, 100
ADDRESS_ROLES = ("billing", "shipping")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """A postal address as it was entered; `country` is ISO 3166-1 alpha-2."""

    role: str = "billing"
    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A customer as entered; without a language the brand's first holds."""

    given_name: str
    family_name: str
    email: str
    kind: CustomerKind = CustomerKind.INDIVIDUAL
    organization: str | None = None
    phone: str | None = None
    birth_date: date | None = None
    language: str | None = None
    addresses: tuple[NewAddress, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An identity document; its number is secret: kept sealed, never logged."""

    number: str = field(repr=False)
    country: str


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """A searched text, lower-cased, and its first and remaining words if there are several."""

    text: str
    first: str
    rest: str


def checked_customer(new: NewCustomer, languages: Sequence[str], today: date) -> NewCustomer:
    """The customer with blanks trimmed; raises InvalidCustomer that names the first wrong field."""
    given_name = _name(new.given_name, "given_name")
    family_name = _name(new.family_name, "family_name")
    organization = _name(new.organization or "", "organization") if _needs_organization(new) else None
    language = new.language or languages[0]
    if language not in languages:
        raise InvalidCustomer(
            f"The brand has no texts in '{language}'; choose one of {', '.join(languages)}.", field=("language",)
        )
    _check_birth_date(new.birth_date, today)
    return replace(
        new,
        given_name=given_name,
        family_name=family_name,
        organization=organization,
        email=_email(new.email),
        phone=_phone(new.phone),
        language=language,
        addresses=tuple(_address(address, index) for index, address in enumerate(new.addresses)),
    )


def checked_document(document: Document) -> Document:
    """The document with blanks removed; raises InvalidCustomer (field `number` or `country`)."""
    number = "".join(document.number.split())
    if not _DOCUMENT.fullmatch(number):
        raise InvalidCustomer("A document number has 3 to 40 letters, digits or hyphens.", field=("number",))
    if not _COUNTRY.fullmatch(document.country):
        raise InvalidCustomer("The country that issued the document is two capital letters: DK.", field=("country",))
    return replace(document, number=number)


def search_terms(text: str) -> SearchTerms:
    """The searched text made comparable; raises SearchTooShort below two characters."""
    words = text.lower().split()
    joined = " ".join(words)[:_SEARCH_AT_MOST]
    if len(joined) < _SEARCH_AT_LEAST:
        raise SearchTooShort("Search for at least two characters of a name, number or e-mail address.", field=("text",))
    return SearchTerms(joined, words[0], " ".join(words[1:]))


def _needs_organization(new: NewCustomer) -> bool:
    return new.kind is CustomerKind.ORGANIZATION or bool(new.organization)


def _name(value: str, field_name: str) -> str:
    name = " ".join(value.split())
    if not 0 < len(name) <= _NAME_LENGTH or not name.isprintable():
        raise InvalidCustomer(f"A name of 1 to {_NAME_LENGTH} characters is needed here.", field=(field_name,))
    return name


def _email(value: str) -> str:
    email = value.strip()
    if len(email) > _EMAIL_LENGTH or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise InvalidCustomer("This is no e-mail address; it looks like name@example.com.", field=("email",))
    return email


def _phone(value: str | None) -> str | None:
    phone = re.sub(r"[\s()./-]", "", value or "")
    if not phone:
        return None
    if not _E164.fullmatch(phone):
        raise InvalidCustomer(
            "A phone number begins with + and the country's code (ITU-T E.164): +45 20 12 34 56.", field=("phone",)
        )
    return phone


def _check_birth_date(birth_date: date | None, today: date) -> None:
    if birth_date is not None and not _OLDEST <= birth_date <= today:
        raise InvalidCustomer("The birth date lies in the future or before 1900.", field=("birth_date",))


def _address(address: NewAddress, index: int) -> NewAddress:
    where = ("addresses", str(index))
    if address.role not in ADDRESS_ROLES:
        raise InvalidCustomer("An address is for billing or shipping.", field=(*where, "role"))
    lines = tuple(line for line in (" ".join(line.split()) for line in address.lines) if line)
    postal_code, city = address.postal_code.strip(), " ".join(address.city.split())
    for name, filled in (("lines", lines), ("postal_code", postal_code), ("city", city)):
        if not filled:
            raise InvalidCustomer("An address needs street, postal code and city.", field=(*where, name))
    if not _COUNTRY.fullmatch(address.country):
        raise InvalidCustomer("A country is two capital letters (ISO 3166-1): DK.", field=(*where, "country"))
    return replace(address, lines=lines, postal_code=postal_code, city=city)
