"""Who may do what at the console: the reviewed table permissions.csv, held against every role and every operation."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from mvne_graphql.console.schema import schema
from mvne_platform import access
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import Desk
from tests.graphql.console.operations import OPERATIONS, Operation
from tests.graphql.console.traces import stored

TABLE = Path(__file__).with_name("permissions.csv")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; without a permission, whoever has signed in may."""

    operation: str
    permission: str
    roles: frozenset[str]


def table() -> list[Line]:
    """The table as reviewed."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Line(row["operation"], row["permission"], frozenset(row["roles"].split())) for row in rows]


@pytest.fixture(scope="module")
def tokens(wire: Wire) -> dict[str, str]:
    """A member of staff per role, at testbrand only."""
    return {role: staff_token(role) for role in access.ROLES}


def codes(wire: Wire, operation: Operation, token: str | None, key: str) -> list[str]:
    """The codes of an operation's errors, if it has any."""
    brand = "testbrand" if token else None
    answer = wire.ask(operation.document, operation.variables, at=CONSOLE, token=token, brand=brand, key=key)
    return [error["extensions"]["code"] for error in answer.json().get("errors", ())]


def test_the_table_names_every_operation_and_every_operation_is_tried() -> None:
    core = schema._schema
    assert core.query_type
    assert core.mutation_type
    fields = {*core.query_type.fields, *core.mutation_type.fields}
    assert Counter(line.operation for line in table()) == Counter(fields)
    assert set(OPERATIONS) == fields


@pytest.mark.parametrize("line", [line for line in table() if line.permission], ids=lambda line: line.operation)
def test_the_table_says_what_the_roles_allow(line: Line) -> None:
    assert line.roles == {role for role, allowed in access.ROLES.items() if line.permission in allowed}


@pytest.mark.parametrize("line", table(), ids=lambda line: line.operation)
def test_who_may_may_and_who_may_not_changes_nothing(
    wire: Wire, desk: Desk, other_desk: Desk, tokens: dict[str, str], line: Line
) -> None:
    operation = OPERATIONS[line.operation](desk)
    before = stored()
    for role in tokens.keys() - line.roles:
        assert codes(wire, operation, tokens[role], f"{line.operation}-{role}") == ["FORBIDDEN"], role
    assert codes(wire, operation, None, "anyone") == ["UNAUTHENTICATED"]
    assert stored() == before
    for role in sorted(line.roles):
        assert codes(wire, operation, tokens[role], f"{line.operation}-{role}") == [], role


def test_a_role_at_another_brand_is_none_here(wire: Wire, desk: Desk, other_desk: Desk) -> None:
    """The operator of otherbrand asks for testbrand's things, by their ids and by its name."""
    stranger, before = staff_token("brand_admin", brand="otherbrand"), stored()
    for name, made in OPERATIONS.items():
        operation = made(desk)
        answer = wire.ask(
            operation.document, operation.variables, at=CONSOLE, token=stranger, brand="testbrand", key=name
        )
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN"), name
        assert "not among the brands granted to you" in error["message"]
    assert stored() == before
