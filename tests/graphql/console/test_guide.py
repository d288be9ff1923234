"""The examples of docs/guides/console-api.md work, one after the other, as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mvne_graphql.console.schema import schema
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import Desk
from tests.graphql.console.operations import manifest_of

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "console-api.md"
EXAMPLE = re.compile(r"```graphql\n(?P<document>.*?)```(?:\n\n```json\n(?P<variables>.*?)```)?", re.DOTALL)
FILES = "<a list of {path, content}>"


def examples() -> list[tuple[str, dict[str, Any]]]:
    """Documents and variables, in order."""
    found = EXAMPLE.finditer(GUIDE.read_text(encoding="utf-8"))
    return [(each["document"], json.loads(each["variables"] or "{}")) for each in found]


def filled_in(value: Any, desk: Desk) -> Any:
    """What stands in angle brackets, as the desk has it."""
    if isinstance(value, dict):
        return {key: filled_in(inner, desk) for key, inner in value.items()}
    if value == FILES:
        return manifest_of("mini")
    return desk[value[1:-1]] if isinstance(value, str) and value.startswith("<") else value


@pytest.fixture(scope="module")
def operator(wire: Wire) -> str:
    return staff_token("platform_operator", brand="*")


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_of_the_guide_works(wire: Wire, desk: Desk, operator: str, number: int) -> None:
    document, variables = examples()[number]
    data = wire.data(
        document, filled_in(variables, desk), at=CONSOLE, token=operator, brand="testbrand", key=f"example-{number}"
    )
    assert all(value is not None for value in data.values())
    if document.startswith("mutation"):
        (payload,) = data.values()
        assert payload["userErrors"] == []


def test_the_guide_shows_every_part_of_the_console() -> None:
    shown = "".join(document for document, _ in examples())
    assert len(examples()) > 15
    core = schema._schema
    assert core.query_type
    own = ("me", "brand", "brandApplication", "customersEverywhere", "identityVerifications", "networkRequests")
    own += ("usageFiles", "usageExceptions", "usageExceptionReasons", "billRuns", "invoices", "letters", "audit")
    assert [name for name in own if f"{name}(" not in shown and f"{name} " not in shown] == []
    assert set(own) <= set(core.query_type.fields)
