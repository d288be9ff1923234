"""How deep, wide and dear an operation may be, and how much a client may ask for."""

import pytest

from mvne_graphql.budget import Budget, Level
from mvne_graphql.documents import Documents
from mvne_graphql.errors import Refused
from mvne_graphql.limits import MAX_COST
from mvne_graphql.storefront.schema import schema

DOCUMENTS = Documents(schema._schema)


def cost(text: str, **variables: object) -> int:
    return DOCUMENTS.read(text).operation(None).cost(variables)


def refused(text: str) -> list[str]:
    with pytest.raises(Refused) as raised:
        DOCUMENTS.read(text)
    return [error["message"] for error in raised.value.errors]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 0),
        ("{ shop { name currency } }", 1),
        # The connection, and one for each of its items; prices are stored with them.
        ("{ offerings(first: 10) { nodes { code prices { amount { amount } } } } }", 1 + 10),
        ("{ offerings { nodes { code } } }", 1 + 25),
        ("{ offerings(first: 10) { nodes { code } totalCount } }", 1 + 10 + 10),
        ("{ offerings(first: 10) { edges { node { code } } } }", 1 + 10),
        ("{ offerings(first: 10) { pageInfo { endCursor } } }", 1),
        ('{ subscription(id: "x") { buckets { ledger(first: 10) { nodes { reason } } } } }', 1 + 1 + 5 * (1 + 10)),
        ("{ __schema { types { name fields { name } } } }", 0),
    ],
)
def test_points_count_what_must_be_loaded(text: str, points: int) -> None:
    assert cost(text) == points


def test_variables_count_with_their_values_and_defaults() -> None:
    text = "query ($n: Int = 40) { offerings(first: $n) { nodes { code } } }"
    assert cost(text) == 41
    assert cost(text, n=7) == 8
    assert cost(text, n=None) == 26
    assert cost(text, n="many") == 26
    assert cost("query ($n: Int) { offerings(first: $n) { nodes { code } } }") == 26


def test_a_fragment_counts_where_it_is_used() -> None:
    text = """
    { a: offerings(first: 3) { ...Page } b: offerings(first: 5) { ...Page } }
    fragment Page on OfferingConnection { nodes { ...Item } }
    fragment Item on Offering { code }
    """
    assert cost(text) == (1 + 3) + (1 + 5)


def test_fragments_that_double_one_another_are_weighed_and_not_multiplied_out() -> None:
    doubling = "".join(
        f"fragment F{n} on Customer {{ accounts {{ ...I }} ...F{n + 1} ...F{n + 1} }} " for n in range(60)
    )
    text = '{ customer(id: "x") { ...F0 } } ' + doubling + "fragment F60 on Customer { id }"
    text += "fragment I on BillingAccount { invoices(first: 2) { nodes { id } } }"
    assert cost(text) == MAX_COST + 1


def test_twelve_fields_deep_is_the_deepest() -> None:
    deep = "id"
    for _ in range(5):
        deep = "subscriptions { customer { " + deep + " } }"
    fits = '{ customer(id: "x") { ' + deep + " } }"
    assert DOCUMENTS.read(fits).operation(None).measured.depth == 12
    assert refused('{ customer(id: "x") { subscriptions { customer { ' + deep + " } } } }") == [
        "The operation is 14 fields deep; 12 are allowed."
    ]


def test_fifteen_aliases_are_the_most_fragments_included() -> None:
    fifteen = " ".join(f"a{n}: shop {{ name }}" for n in range(15))
    assert DOCUMENTS.read("{" + fifteen + "}").operation(None).measured.aliases == 15
    assert refused("{" + fifteen + " another: shop { name } }") == ["The operation has 16 aliases; 15 are allowed."]
    spread = "{ ...A shop { ...B } } fragment A on Query {" + fifteen + "} fragment B on Shop { brand: name }"
    assert refused(spread) == ["The operation has 16 aliases; 15 are allowed."]


def test_two_thousand_tokens_are_the_most() -> None:
    (message,) = refused("{" + " shop { name }" * 500 + "}")
    assert "more than 2000 tokens" in message
    assert "nested too deeply" in refused("{a" * 900)[0]


def test_introspection_cannot_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    around = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
    assert refused(around) == ["Maximum introspection depth exceeded"]


def test_a_document_is_understood_once(monkeypatch: pytest.MonkeyPatch) -> None:
    documents, understood = Documents(schema._schema), []
    real = documents._understand
    monkeypatch.setattr(documents, "_understand", lambda text: understood.append(text) or real(text))
    for _ in range(3):
        documents.read("{ shop { name } }")
        with pytest.raises(Refused):
            documents.read("{ nonsense }")
    assert understood == ["{ shop { name } }", "{ nonsense }"]
    assert documents.knows("{ nonsense }")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("mvne_graphql.budget.time", made)
    return made


def test_points_return_while_they_are_not_used(clock: Clock) -> None:
    budget = Budget(per_second=10, capacity=100)
    assert budget.take("a", 90) == (True, budget_level(10))
    assert budget.take("a", 20) == (False, budget_level(10))
    assert budget_level(10).wait_for(20) == 1
    assert budget_level(10).wait_for(100) == 9
    clock.seconds += 1
    assert budget.take("a", 20) == (True, budget_level(0))
    clock.seconds += 1_000
    assert budget.take("a", 0) == (True, budget_level(100))


def test_each_client_has_points_of_its_own(clock: Clock) -> None:
    budget = Budget(per_second=10, capacity=100)
    budget.take("a", 100)
    assert budget.take("b", 100)[0]
    assert not budget.take("a", 1)[0]


def budget_level(available: int) -> Level:
    return Level(available, 100, 10)
