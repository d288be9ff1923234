"""The examples of docs/guides/api.md, run one after the other as a reader would."""

import json
import re
from pathlib import Path
from typing import Any

from mvne_graphql.errors import Code
from mvne_graphql.relay import global_id
from tests.gateway.wire import SHOP, Wire, client_token
from tests.graphql.people import prepaid_line
from tests.platform.orders.shop import Shop

GUIDE = Path("docs/guides/api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```(?:\s*```json\n(.*?)```)?", GUIDE, re.DOTALL)


def _filled(variables: str, known: dict[str, str]) -> Any:
    for name, value in known.items():
        variables = variables.replace("{" + name + "}", value)
    return json.loads(variables or "{}")


def test_every_example_is_answered_without_an_error(wire: Wire, selling: Shop) -> None:
    token = client_token()
    known = {"offeringId": global_id("Offering", selling.smart.id), "subscriptionId": prepaid_line(micros=1).id}
    assert len(EXAMPLES) == 7
    for text, variables in EXAMPLES:
        data = wire.data(text, _filled(variables, known), token=token)
        for answer in data.values():
            assert answer, text
            assert answer.get("userErrors", []) == [], text
        order = data.get("placeOrder", {}).get("order")
        if order and "id" in order:
            known["orderId"] = order["id"]


def test_the_first_command_of_the_guide_works_as_printed(wire: Wire, selling: Shop) -> None:
    (body,) = re.findall(r"-d '(\{\"query\".*?\})'\n", GUIDE)
    answer = wire.client.post(f"{SHOP}/graphql", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["data"]["shop"] == {"name": "Test Brand", "currency": "DKK"}


def test_the_codes_it_lists_are_those_there_are() -> None:
    rows = re.findall(r"^\| (`[A-Z_]+`.*?) \|", GUIDE, re.MULTILINE)
    assert {code for row in rows for code in re.findall("[A-Z_]+", row)} == set(Code)
