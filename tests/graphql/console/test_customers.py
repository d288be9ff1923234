"""Customers are found by whatever they can tell; at every brand granted, and at no other."""

import json

import pytest

from mvne_platform import party
from mvne_platform.runtime import BrandRow, brand_work, platform_work
from tests.gateway.wire import CONSOLE, Wire, staff, staff_token
from tests.graphql.console.desk import Desk, ask
from tests.plugins.cluster import START

SEARCH = "query ($search: String!) { customers(search: $search) { nodes { id } totalCount } }"
EVERYWHERE = """query ($search: String!) {
  customersEverywhere(search: $search) { hits { brand customerId number name email foundBy } notSearched }
}"""


def found(wire: Wire, token: str, search: str) -> list[str]:
    """The ids of the customers found at testbrand."""
    return [node["id"] for node in ask(wire, SEARCH, token, search=search)["customers"]["nodes"]]


def test_by_name_address_and_every_kind_of_number(wire: Wire, desk: Desk, other_desk: Desk, admin: str) -> None:
    anna = [desk["Customer"]]
    spaced = f"{desk.msisdn[:3]} {desk.msisdn[3:5]} {desk.msisdn[5:]}"
    for text in (
        "anna", "ANNA sørensen", "sør", "anna@example.com", desk.customer_number, desk.customer_number.lower(),
        desk.msisdn, spaced, desk.msisdn.removeprefix("+"), desk.invoice_number, desk.invoice_number.lower(),
    ):  # fmt: skip
        assert found(wire, admin, text) == anna, text
    assert len(found(wire, admin, desk.order_number)) == 1
    assert found(wire, admin, desk.order_number) == found(wire, admin, "bent")
    for text in ("nobody", "+4599999999", other_desk.msisdn, "T999999"):
        assert found(wire, admin, text) == [], text


def test_numbers_are_looked_up_only_where_the_reader_may_read_what_has_them(wire: Wire, desk: Desk) -> None:
    finance, back_office = staff_token("finance"), staff_token("back_office")
    assert found(wire, finance, desk.order_number) == []
    assert found(wire, finance, desk.invoice_number) == [desk["Customer"]]
    assert len(found(wire, back_office, desk.order_number)) == 1
    assert found(wire, back_office, desk.invoice_number) == []


def test_a_search_says_when_it_is_too_short(wire: Wire, desk: Desk, admin: str) -> None:
    for document in (SEARCH, EVERYWHERE):
        answer = wire.ask(document, {"search": " a "}, at=CONSOLE, token=admin, brand="testbrand").json()
        (error,) = answer["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "SEARCH_TOO_SHORT"}


@pytest.mark.parametrize("strange", [r"\ud800", r"\u0000", r"anna\uDFFF"])
def test_a_text_that_is_none_is_refused_before_anything_is_asked(
    wire: Wire, desk: Desk, admin: str, strange: str
) -> None:
    body = json.dumps({"query": SEARCH, "variables": {"search": "…"}}).replace(r"\u2026", strange)
    headers = {"Authorization": f"Bearer {admin}", "X-Brand": "testbrand", "Content-Type": "application/json"}
    answer = wire.client.post(f"{CONSOLE}/graphql", content=body.encode(), headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


def test_all_customers_are_read_page_by_page(wire: Wire, desk: Desk, admin: str) -> None:
    with brand_work("testbrand") as ctx:
        for number in range(3):
            new = party.NewCustomer(given_name="Carl", family_name=f"Dam {number}", email="carl@example.com")
            party.create_customer(ctx, new)
    document = """query ($after: String) {
      customers(first: 2, after: $after) { nodes { id familyName } pageInfo { hasNextPage hasPreviousPage endCursor } }
    }"""
    names: list[str] = []
    after, steps = None, []
    for _ in range(9):
        page = ask(wire, document, admin, after=after)["customers"]
        names += [node["familyName"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        steps.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert names == ["Dam 2", "Dam 1", "Dam 0", "Kjær", "Sørensen"]
    assert steps == [(False, True), (True, True), (True, False)]


def test_what_a_search_finds_is_paged_too(wire: Wire, desk: Desk, admin: str) -> None:
    document = """query ($after: String) {
      customers(search: "example.com", first: 1, after: $after) { nodes { id } pageInfo { endCursor } }
    }"""
    assert ask(wire, document, admin, after=None)["customers"]["nodes"] == []  # an address begins otherwise
    document = document.replace("example.com", "anna@")
    first = ask(wire, document, admin, after=None)["customers"]
    assert first["nodes"] == [{"id": desk["Customer"]}]
    assert ask(wire, document, admin, after=first["pageInfo"]["endCursor"])["customers"]["nodes"] == []


def test_one_search_finds_at_every_brand_granted_and_says_where(wire: Wire, desk: Desk, other_desk: Desk) -> None:
    operator = staff_token("platform_operator", brand="*")
    answer = ask(wire, EVERYWHERE, operator, None, search="anna")["customersEverywhere"]
    assert answer == {
        "hits": [
            {
                "brand": here.brand,
                "customerId": here["Customer"],
                "number": here.customer_number,
                "name": "Anna Sørensen",
                "email": "anna@example.com",
                "foundBy": "CUSTOMER",
            }
            for here in (other_desk, desk)
        ],
        "notSearched": [],
    }
    for text, found_by in ((desk.msisdn, "LINE"), (desk.order_number, "ORDER"), (desk.invoice_number, "INVOICE")):
        hits = ask(wire, EVERYWHERE, operator, None, search=text)["customersEverywhere"]["hits"]
        assert (found_by, "testbrand") in {(hit["foundBy"], hit["brand"]) for hit in hits}


def test_brands_that_are_not_granted_are_not_searched(wire: Wire, desk: Desk, other_desk: Desk) -> None:
    csr = staff_token("csr", brand="otherbrand")
    hits = ask(wire, EVERYWHERE, csr, None, search="anna")["customersEverywhere"]["hits"]
    assert [hit["brand"] for hit in hits] == ["otherbrand"]
    assert ask(wire, EVERYWHERE, csr, None, search=desk.msisdn)["customersEverywhere"]["hits"] == []


def test_with_customers_at_no_brand_the_search_is_refused(wire: Wire, desk: Desk) -> None:
    marketing = staff_token("marketing")
    assert wire.codes(EVERYWHERE, {"search": "anna"}, at=CONSOLE, token=marketing) == ["FORBIDDEN"]


@pytest.fixture
def half_made_brand(wire: Wire) -> None:
    """A brand that is registered and has no schema yet."""
    with platform_work() as db:
        known = db.get_one(BrandRow, "testbrand")
        db.add(
            BrandRow(
                slug="halfmade", brand_role="halfmade_app", name="Half made", state="sandbox", country="DK",
                currency="DKK", time_zone=known.time_zone, languages=["da"], profile=known.profile,
                manifest_digest="", created_at=START,
            )
        )  # fmt: skip


def test_a_brand_that_is_being_made_spoils_nobodys_search(wire: Wire, desk: Desk, half_made_brand: None) -> None:
    operator = staff_token("platform_operator", brand="*")
    answer = ask(wire, EVERYWHERE, operator, None, search=desk.msisdn)["customersEverywhere"]
    assert [hit["brand"] for hit in answer["hits"]] == ["testbrand"]
    assert answer["notSearched"] == ["halfmade"]


def test_a_customer_with_accounts_lines_balances_and_identifiers(wire: Wire, desk: Desk) -> None:
    document = """query ($id: ID!) {
      customer(id: $id) {
        number givenName familyName email
        addresses { city }
        accounts { number currency billedUntil invoices { nodes { number } } }
        subscriptions {
          state paymentMode
          identifiers { kind value }
          products { isPlan offering { code } }
          buckets { code money { amount currencyCode } }
        }
      }
    }"""
    csr = staff("csr")
    customer = ask(wire, document, csr.token, id=desk["Customer"])["customer"]
    assert (customer["number"], customer["givenName"], customer["familyName"]) == (
        desk.customer_number, "Anna", "Sørensen",
    )  # fmt: skip
    assert customer["addresses"] == [{"city": "Risskov"}]
    (account,) = customer["accounts"]
    assert (account["currency"], account["billedUntil"]) == ("DKK", "2026-11-01")
    assert account["invoices"]["nodes"] == [{"number": desk.invoice_number}]
    (line,) = customer["subscriptions"]
    assert (line["state"], line["paymentMode"]) == ("ACTIVE", "HYBRID")
    assert line["identifiers"] == [{"kind": "MSISDN", "value": desk.msisdn}]
    assert line["products"] == [{"isPlan": True, "offering": {"code": "smart"}}]
    assert line["buckets"] == [{"code": "main", "money": {"amount": "40.00", "currencyCode": "DKK"}}]
