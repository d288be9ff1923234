from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mvne_platform.party import (
    Document,
    InvalidCustomer,
    NewAddress,
    NewCustomer,
    SearchTooShort,
    checked_customer,
    checked_document,
)
from mvne_platform.party.models import CustomerKind
from mvne_platform.party.rules import SearchTerms, search_terms

TODAY = date(2026, 10, 1)
ADDRESS = NewAddress(lines=(" Vestergade  1 ", ""), postal_code=" 8000", city="Aarhus  C", country="DK")
ANNA = NewCustomer(
    given_name="  Anna  Marie ",
    family_name="Sørensen",
    email=" Anna@Example.com ",
    phone="+45 20 12-34 56",
    birth_date=date(1990, 2, 28),
    addresses=(ADDRESS,),
)


def test_blanks_go_and_the_brands_first_language_is_assumed() -> None:
    checked = checked_customer(ANNA, ("da", "en"), TODAY)
    assert checked == NewCustomer(
        given_name="Anna Marie",
        family_name="Sørensen",
        email="Anna@Example.com",
        phone="+4520123456",
        birth_date=date(1990, 2, 28),
        language="da",
        addresses=(NewAddress(lines=("Vestergade 1",), postal_code="8000", city="Aarhus C", country="DK"),),
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"given_name": "   "}, ("given_name",)),
        ({"family_name": "x" * 101}, ("family_name",)),
        ({"family_name": "Sør\x00ensen"}, ("family_name",)),
        ({"email": "anna"}, ("email",)),
        ({"email": "anna@example"}, ("email",)),
        ({"email": "anna@b.example, boss@b.example"}, ("email",)),
        ({"email": "anna\r\nBcc: x@b.example"}, ("email",)),
        ({"email": f"{'a' * 250}@b.example"}, ("email",)),
        ({"phone": "20123456"}, ("phone",)),
        ({"phone": "+0123456789"}, ("phone",)),
        ({"language": "de"}, ("language",)),
        ({"birth_date": date(2026, 10, 2)}, ("birth_date",)),
        ({"birth_date": date(1899, 12, 31)}, ("birth_date",)),
        ({"kind": CustomerKind.ORGANIZATION}, ("organization",)),
        ({"addresses": (replace(ADDRESS, role="holiday"),)}, ("addresses", "0", "role")),
        ({"addresses": (ADDRESS, replace(ADDRESS, lines=(" ",)))}, ("addresses", "1", "lines")),
        ({"addresses": (replace(ADDRESS, postal_code=""),)}, ("addresses", "0", "postal_code")),
        ({"addresses": (replace(ADDRESS, city=" "),)}, ("addresses", "0", "city")),
        ({"addresses": (replace(ADDRESS, country="Denmark"),)}, ("addresses", "0", "country")),
    ],
)
def test_the_wrong_field_is_named(change: dict[str, Any], field: tuple[str, ...]) -> None:
    with pytest.raises(InvalidCustomer) as refused:
        checked_customer(replace(ANNA, **change), ("da", "en"), TODAY)
    assert refused.value.field == field
    assert refused.value.code == "INVALID_CUSTOMER"


def test_someone_born_today_is_not_from_the_future() -> None:
    assert checked_customer(replace(ANNA, birth_date=TODAY), ("da",), TODAY).birth_date == TODAY


def test_a_document_number_loses_its_blanks_and_is_not_shown() -> None:
    document = checked_document(Document(number="A 123 456", country="DK"))
    assert document.number == "A123456"
    assert repr(document) == "Document(country='DK')"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (Document(number="A!", country="DK"), ("number",)),
        (Document(number="", country="DK"), ("number",)),
        (Document(number="A123456", country="Denmark"), ("country",)),
    ],
)
def test_a_document_that_cannot_be_is_refused(document: Document, field: tuple[str, ...]) -> None:
    with pytest.raises(InvalidCustomer) as refused:
        checked_document(document)
    assert refused.value.field == field


def test_a_searched_text_is_split_into_first_and_other_words() -> None:
    assert search_terms("  Anna MARIE  Sørensen ") == SearchTerms("anna marie sørensen", "anna", "marie sørensen")


@pytest.mark.parametrize("text", ["", "  ", "a", " å "])
def test_one_character_is_too_little_to_search_for(text: str) -> None:
    with pytest.raises(SearchTooShort):
        search_terms(text)
