"""GraphQL over HTTP: media types, status codes, malformed requests, and errors that say what to do."""

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from mvne_gateway.edge_settings import EdgeSettings
from mvne_graphql.errors import Refused
from mvne_graphql.transport import LEGACY, MODERN, media_type
from mvne_platform.runtime import settings
from tests.gateway.wire import SHOP, Wire, client_token, opened

NAME = {"query": "{ shop { name } }"}


def post(wire: Wire, body: Any, **headers: str) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Accept": MODERN, **headers}
    answer: httpx2.Response = wire.client.post(f"{SHOP}/graphql", content=content, headers=sent)
    return answer


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, LEGACY),
        ("", LEGACY),
        ("*/*", LEGACY),
        ("application/*", LEGACY),
        (MODERN, MODERN),
        (f"{MODERN}; charset=utf-8", MODERN),
        (f"{MODERN}, {LEGACY};q=0.9", MODERN),
        (f"{MODERN};q=0.5, {LEGACY}", LEGACY),
        (f"{LEGACY}, {MODERN}", MODERN),
        (f"{MODERN};q=0, */*", LEGACY),
        ("text/html, application/xhtml+xml, */*;q=0.8", LEGACY),
    ],
)
def test_the_client_chooses_the_media_type(accept: str | None, kind: str) -> None:
    assert media_type(accept) == kind


@pytest.mark.parametrize("accept", ["text/html", f"{MODERN};charset=latin-1", f"{LEGACY};q=0", f"{LEGACY};q=x"])
def test_a_client_that_accepts_neither_is_told(wire: Wire, accept: str) -> None:
    with pytest.raises(Refused) as refused:
        media_type(accept)
    assert refused.value.status == 406
    assert post(wire, NAME, Accept=accept).status_code == 406


def test_the_answer_has_the_type_that_was_asked_for(wire: Wire) -> None:
    assert post(wire, NAME).headers["content-type"] == f"{MODERN}; charset=utf-8"
    assert post(wire, NAME, Accept=LEGACY).headers["content-type"] == f"{LEGACY}; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ shop"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ shoop { name } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($id: ID!) { offering(id: $id) { code } }"}, "BAD_USER_INPUT"),
        ({"query": "query A { shop { name } } query B { shop { name } }"}, "BAD_USER_INPUT"),
    ],
)
def test_what_is_not_executed_is_400_and_has_no_data_but_old_clients_expect_200(
    wire: Wire, body: dict[str, Any], code: str
) -> None:
    modern, legacy = post(wire, body), post(wire, body, Accept=LEGACY)
    assert modern.status_code == 400
    for answer in (modern, legacy):
        assert "data" not in answer.json()
        assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert legacy.status_code == (400 if "A {" in body["query"] else 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        [NAME],
        "text",
        {},
        {"query": None},
        {"query": ""},
        {"query": 7},
        {**NAME, "variables": []},
        {**NAME, "variables": "{}"},
        {**NAME, "operationName": 1},
        {**NAME, "extensions": "x"},
        {**NAME, "operationName": "Other"},
    ],
)
def test_a_malformed_request_is_400_for_every_client(wire: Wire, body: Any) -> None:
    for accept in (MODERN, LEGACY):
        answer = post(wire, body, Accept=accept)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=x", ""])
def test_only_json_in_utf8_is_read(wire: Wire, kind: str) -> None:
    assert post(wire, NAME, **{"Content-Type": kind}).status_code == 415


def test_a_client_that_sends_a_hash_is_told_to_send_the_text(wire: Wire) -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    for accept, status in ((MODERN, 400), (LEGACY, 200)):
        answer = post(wire, body, Accept=accept)
        assert answer.status_code == status
        (error,) = answer.json()["errors"]
        assert (error["message"], error["extensions"]["code"]) == (
            "PersistedQueryNotFound",
            "PERSISTED_QUERY_NOT_FOUND",
        )


def test_questions_may_be_asked_by_get_and_nothing_done(wire: Wire) -> None:
    asked = {"query": "query ($id: ID!) { offering(id: $id) { code } }", "variables": '{"id": "x"}'}
    answer = wire.client.get(f"{SHOP}/graphql", params=asked, headers={"Accept": MODERN})
    assert answer.json()["data"] == {"offering": None}
    token = {"Authorization": f"Bearer {client_token()}", "Accept": MODERN}
    done = {"query": 'mutation { createQuote(input: {offeringId: "x"}) { userErrors { code } } }'}
    answer = wire.client.get(f"{SHOP}/graphql", params=done, headers=token)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    broken = wire.client.get(f"{SHOP}/graphql", params={**asked, "variables": "{"}, headers={"Accept": MODERN})
    assert broken.status_code == 400
    assert wire.client.put(f"{SHOP}/graphql").status_code == 405


def test_an_error_of_a_field_leaves_the_others_answered(wire: Wire) -> None:
    answer = wire.ask('{ shop { name } order(id: "x") { number } rewards { nodes { code } } }')
    content = answer.json()
    assert (answer.status_code, content["data"]) == (200, None)
    partial = wire.ask('{ shop { name } payment(id: "x") { state } }').json()
    assert partial["data"] == {"shop": {"name": "Test Brand"}, "payment": None}


def test_a_bug_is_masked_and_found_again_by_its_id(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("mvne_platform.catalogue.sellable", broken)
    answer = wire.ask("{ offerings { nodes { code } } }", headers={"X-Request-Id": "trace-me-0001"})
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "correlationId": "trace-me-0001"}
    assert "hunter2" not in answer.text
    assert answer.headers["x-request-id"] == "trace-me-0001"


def test_a_bug_outside_the_resolvers_is_masked_too(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("mvne_graphql.execution.execute", broken)
    answer = wire.ask("{ shop { name } }")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret of the house" not in answer.text


def test_a_page_is_between_none_and_a_hundred(wire: Wire) -> None:
    for first in (-1, 101):
        assert wire.codes(f"{{ offerings(first: {first}) {{ nodes {{ code }} }} }}") == ["BAD_USER_INPUT"]
    text = "query ($after: String) { offerings(after: $after) { nodes { code } } }"
    for after in ("x", "åå"):
        assert wire.codes(text, {"after": after}) == ["BAD_USER_INPUT"]


def test_an_operation_beyond_the_ceiling_is_refused_before_it_runs(wire: Wire) -> None:
    lines = "F on Customer { subscriptions { buckets { ledger(first: 100) { nodes { reason } } } } }"
    one = f"query ($id: ID!) {{ customer(id: $id) {{ ...F }} }} fragment {lines}"
    many = " ".join(f"c{number}: customer(id: $id) {{ ...F }}" for number in range(12))
    assert wire.ask(one, {"id": "x"}, token=client_token()).status_code == 200
    answer = wire.ask(f"query ($id: ID!) {{ {many} }} fragment {lines}", {"id": "x"}, token=client_token())
    assert answer.status_code == 400
    assert "costs more than 10000 points" in answer.json()["errors"][0]["message"]


def test_who_asks_too_much_waits_and_others_do_not(wire: Wire) -> None:
    text = "{ offerings(first: 100) { nodes { code } } }"
    with opened(EdgeSettings(cost_per_second=1, cost_capacity=330)) as small:
        mine, other = client_token(), client_token()
        answers = [small.ask(text, token=mine) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert answers[0].json()["extensions"]["cost"]["requested"] == 101
        refused = answers[2]
        assert refused.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert "data" not in refused.json()
        assert 1 <= int(refused.headers["retry-after"]) <= 101
        assert small.ask(text, token=other).status_code == 200
        assert small.ask("{ shop { name } }", token=mine).status_code == 200


def test_new_documents_cost_what_it_takes_to_understand_them(wire: Wire) -> None:
    with opened(EdgeSettings(cost_per_second=1, cost_capacity=120)) as small:
        token = client_token()
        statuses = [small.ask(f"{{ nonsense{n} }}", token=token).status_code for n in range(3)]
        assert statuses == [400, 400, 429]


def test_graphiql_is_shown_in_development_only(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert "GraphiQL" in wire.client.get(f"{SHOP}/graphql", headers=browser).text
    production = replace(settings(), development=False)
    monkeypatch.setattr("mvne_gateway.graphql_route.settings", lambda: production)
    assert "GraphiQL" not in wire.client.get(f"{SHOP}/graphql", headers=browser).text
