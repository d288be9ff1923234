"""What was written to a customer, and the customer's points."""

from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import Desk, ask

LETTERS = """query ($id: ID!, $first: Int, $after: String) {
  letters(customerId: $id, first: $first, after: $after) {
    nodes { code channel recipient subject body state sentAt } pageInfo { hasNextPage endCursor }
  }
}"""


def test_letters_newest_first_page_by_page(wire: Wire, desk: Desk) -> None:
    csr = staff_token("csr")
    page = ask(wire, LETTERS, csr, id=desk["Customer"], first=1)["letters"]
    assert page["nodes"] == [
        {
            "code": "welcome",
            "channel": "EMAIL",
            "recipient": "anna@example.com",
            "subject": "Velkommen 1",
            "body": "Hej Anna",
            "state": "QUEUED",
            "sentAt": None,
        }
    ]
    assert page["pageInfo"]["hasNextPage"] is True
    rest = ask(wire, LETTERS, csr, id=desk["Customer"], after=page["pageInfo"]["endCursor"])["letters"]
    assert [letter["subject"] for letter in rest["nodes"]] == ["Velkommen 0"]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_the_points_of_a_customer(wire: Wire, desk: Desk) -> None:
    document = """query ($id: ID!) {
      loyaltyAccount(customerId: $id) { points enrolledAt entries { nodes { points } } }
      rewards { nodes { code points } }
    }"""
    answer = ask(wire, document, staff_token("marketing"), id=desk["Customer"])
    assert answer["loyaltyAccount"] == {
        "points": 0, "enrolledAt": "2026-11-01T05:00:00Z", "entries": {"nodes": []},
    }  # fmt: skip
    assert answer["rewards"]["nodes"] == [{"code": "gigabyte", "points": 60}, {"code": "hour", "points": 100}]
