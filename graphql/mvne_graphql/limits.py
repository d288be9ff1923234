"""How deep, how wide and how dear a document may be. Every fragment is weighed once, so none can multiply the work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from mvne_graphql.relay import DEFAULT_PAGE

# A number, or the name of a variable with its default.
Times: TypeAlias = int | tuple[str, int]

MAX_DEPTH, MAX_ALIASES, MAX_TOKENS, MAX_COST = 12, 15, 2_000, 10_000


@dataclass(frozen=True, slots=True)
class Weight:
    """What a selection costs: `own`, and `inner` as often as `times` says."""

    own: int = 0
    times: Times = 1
    inner: tuple["Weight", ...] = ()

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The cost with these variable values; stops counting beyond the most anyone may ask."""
        return self._count(variables, {})

    def _count(self, variables: Mapping[str, Any], known: dict[int, int]) -> int:
        if id(self) not in known:
            within = sum(part._count(variables, known) for part in self.inner) if self.inner else 0  # noqa: SLF001  # itself
            known[id(self)] = min(self.own + self._factor(variables) * within, MAX_COST + 1)
        return known[id(self)]

    def _factor(self, variables: Mapping[str, Any]) -> int:
        if isinstance(self.times, int):
            return self.times
        name, default = self.times
        value = variables.get(name, default)
        return max(int(value), 1) if isinstance(value, int | float) else default


@dataclass(frozen=True, slots=True)
class Measured:
    """One selection's depth, aliases and weight."""

    depth: int
    aliases: int
    weight: Weight


class Scale:
    """Measures one valid document; each fragment once, whatever the number of its uses."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[tuple[str, Times], Measured] = {}

    def measure(self, operation: OperationDefinitionNode) -> Measured:
        """The operation's depth, aliases and weight."""
        return self._selections(operation.selection_set, self._schema.get_root_type(operation.operation), 1)

    def _selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, page: Times) -> Measured:
        """`page` is how many items the connection has whose fields these are."""
        parts = [self._selection(node, parent, page) for node in selection_set.selections]
        return Measured(
            depth=max((part.depth for part in parts), default=0),
            aliases=sum(part.aliases for part in parts),
            weight=Weight(inner=tuple(part.weight for part in parts if part.weight != _NOTHING)),
        )

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, page: Times) -> Measured:
        if isinstance(node, FieldNode):
            return self._field(node, parent, page)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, page)
        inline = cast("InlineFragmentNode", node)
        condition = inline.type_condition
        on = self._schema.get_type(condition.name.value) if condition else parent
        return self._selections(inline.selection_set, on, page)

    def _fragment(self, name: str, page: Times) -> Measured:
        if (name, page) not in self._measured:
            node = self._fragments[name]
            on = self._schema.get_type(node.type_condition.name.value)
            self._measured[name, page] = self._selections(node.selection_set, on, page)
        return self._measured[name, page]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: Times) -> Measured:
        aliased = int(node.alias is not None)
        field = _definition(parent, node.name.value)
        if field is None:
            return Measured(1, aliased, _NOTHING)
        own = _own_cost(field)
        if node.selection_set is None:
            return Measured(1, aliased, Weight(own=own) if own else _NOTHING)
        below = self._selections(node.selection_set, get_named_type(field.type), _page(field, node))
        item = int(node.name.value in _ITEMS and page != 1)
        times = page if item else _usual_length(field)
        weight = Weight(own=own, times=times, inner=(Weight(own=item), below.weight))
        return Measured(1 + below.depth, aliased + below.aliases, weight)


_NOTHING = Weight()
_ITEMS = ("nodes", "edges")


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    """The field's definition; None for `__typename` and introspection, which cost nothing."""
    return parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None


def _metadata(field: GraphQLField) -> Any:
    return field.extensions["strawberry-definition"].metadata


def _own_cost(field: GraphQLField) -> int:
    """What the field's own work costs: said in its metadata; else 1 if a resolver runs, nothing for stored values."""
    said = _metadata(field).get("cost")
    return int(said) if said is not None else int(field.extensions["strawberry-definition"].base_resolver is not None)


def _usual_length(field: GraphQLField) -> int:
    return int(_metadata(field).get("size", 1))


def _page(field: GraphQLField, node: FieldNode) -> Times:
    """How many items a connection is asked for; 1 for a field that is none."""
    if "first" not in field.args:
        return 1
    for argument in node.arguments or ():
        if argument.name.value == "first" and isinstance(argument.value, IntValueNode):
            return max(int(argument.value.value), 1)
        if argument.name.value == "first" and isinstance(argument.value, VariableNode):
            return (argument.value.name.value, DEFAULT_PAGE)
    return DEFAULT_PAGE


def faults(measured: Measured) -> list[GraphQLError]:
    """What forbids the document, apart from its cost, which depends on the variables."""
    found = []
    if measured.depth > MAX_DEPTH:
        found.append(GraphQLError(f"The operation is {measured.depth} fields deep; {MAX_DEPTH} are allowed."))
    if measured.aliases > MAX_ALIASES:
        found.append(GraphQLError(f"The operation has {measured.aliases} aliases; {MAX_ALIASES} are allowed."))
    return found
