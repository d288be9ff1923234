"""The shape of the console's schema: everything is described, every mutation looks alike."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from mvne_graphql.console.schema import schema
from tests.gateway.wire import CONSOLE, Wire
from tests.graphql.console.desk import Desk
from tests.graphql.console.operations import OPERATIONS

CORE = schema._schema
# What moves money or reaches the network.
KEYED = {
    "addSharingMember",
    "adjustAllowance",
    "adjustBalance",
    "bookRerating",
    "decideIdentity",
    "issueVouchers",
    "openSharingGroup",
    "placeOrder",
    "pullUsageSource",
    "rateUsageFailuresAgain",
    "redeemReward",
    "redeemVoucher",
    "releaseUsageFile",
    "removeSharingMember",
    "retryNetworkRequest",
    "retryUsageFile",
    "runBilling",
    "testUsageSource",
    "topUp",
    "writeOffUsageFailures",
}


def parts() -> Iterator[tuple[str, str | None]]:
    """Every type of ours, field, argument and value, with its description."""
    for name, type_ in CORE.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", member.description) for value, member in type_.values.items())
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from _fields(type_)


def _fields(
    type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType,
) -> Iterator[tuple[str, str | None]]:
    for name, field in type_.fields.items():
        yield f"{type_.name}.{name}", field.description
        for argument_name, argument in getattr(field, "args", {}).items():
            yield f"{type_.name}.{name}({argument_name}:)", argument.description


def test_everything_is_described() -> None:
    assert [name for name, description in parts() if not description] == []


def test_no_amount_is_a_float() -> None:
    fields = [
        f"{name}.{field_name}"
        for name, type_ in CORE.type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType) and not is_introspection_type(type_)
        for field_name, field in type_.fields.items()
        if str(field.type).strip("[]!") == "Float"
    ]
    assert fields == []


def test_a_mutation_has_one_input_and_one_payload_with_user_errors() -> None:
    assert CORE.mutation_type
    for name, field in CORE.mutation_type.fields.items():
        title = f"{name[0].upper()}{name[1:]}"
        assert {key: str(argument.type) for key, argument in field.args.items()} == {"input": f"{title}Input!"}
        payload = CORE.type_map[f"{title}Payload"]
        assert str(field.type) == f"{payload.name}!"
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"
        assert str(payload.fields["warnings"].type) == "[Warning!]!"


@pytest.mark.parametrize("name", sorted(CORE.mutation_type.fields if CORE.mutation_type else ()))
def test_what_moves_money_or_reaches_the_network_needs_a_key(wire: Wire, desk: Desk, admin: str, name: str) -> None:
    operation = OPERATIONS[name](desk)
    given = dict(operation.variables["input"])
    if name in KEYED:
        given.pop("dryRun", None)  # a dry run needs no key
    answer = wire.ask(operation.document, {"input": given}, at=CONSOLE, token=admin, brand="testbrand").json()
    messages = [error["message"] for error in answer.get("errors", ())]
    assert any("send the header Idempotency-Key" in message for message in messages) == (name in KEYED)
