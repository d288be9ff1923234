"""Parsing, validating and measuring a document: once, however often it is sent."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.validation import recommended_rules, specified_rules
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from mvne_graphql.errors import Code, Refused, coded
from mvne_graphql.limits import MAX_TOKENS, Measured, Scale, faults

KEPT = 1_000
# Built once: rules made per request would cost ten times what executing does.
RULES = tuple(dict.fromkeys([*specified_rules, *recommended_rules, MaybeNullValidationRule, OneOfInputValidationRule]))


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a valid document, ready to execute."""

    document: DocumentNode
    node: OperationDefinitionNode
    measured: Measured
    introspects_only: bool

    def cost(self, variables: Mapping[str, Any]) -> int:
        """What executing costs with these variables, in points."""
        return self.measured.weight.cost({**self._defaults(), **variables})

    def _defaults(self) -> dict[str, int]:
        return {
            each.variable.name.value: int(each.default_value.value)
            for each in self.node.variable_definitions or ()
            if isinstance(each.default_value, IntValueNode)
        }

    @property
    def is_mutation(self) -> bool:
        """Whether it may change something."""
        return self.node.operation is OperationType.MUTATION


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document's operations by name."""

    operations: dict[str, Operation]

    def operation(self, name: str | None) -> Operation:
        """The operation to execute; raises Refused when the choice is open or there is none of this name."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise Refused(400, Code.BAD_USER_INPUT, "Send `operationName`: the document has more than one operation.")
        if name not in self.operations:
            raise Refused(400, Code.BAD_USER_INPUT, f"The document has no operation named '{name[:80]}'.")
        return self.operations[name]


@dataclass(frozen=True, slots=True)
class Faults:
    """Why a document is not executed."""

    code: Code
    errors: tuple[GraphQLError, ...]


class Documents:
    """The documents of one schema, faulty ones too; the least recently used are forgotten."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: OrderedDict[str, Document | Faults] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, text: str) -> bool:
        """Whether the document costs nothing more to understand."""
        return text in self._known

    def read(self, text: str) -> Document:
        """The document; raises Refused with every fault of it."""
        with self._lock:
            known = self._known.get(text)
            if known is not None:
                self._known.move_to_end(text)
        if known is None:
            known = self._understand(text)
            with self._lock:
                self._known[text] = known
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
        if isinstance(known, Faults):
            raise Refused.of(coded(known.errors, known.code))
        return known

    def _understand(self, text: str) -> "Document | Faults":
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            return Faults(Code.GRAPHQL_PARSE_FAILED, (error,))
        found = validate(self._schema, document, RULES)
        if found:
            return Faults(Code.GRAPHQL_VALIDATION_FAILED, tuple(found))
        operations = self._measured(document)
        found = [fault for operation in operations.values() for fault in faults(operation.measured)]
        return Faults(Code.GRAPHQL_VALIDATION_FAILED, tuple(found)) if found else Document(operations)

    def _measured(self, document: DocumentNode) -> dict[str, Operation]:
        scale = Scale(self._schema, document)
        return {
            (node.name.value if node.name else ""): Operation(
                document,
                node,
                scale.measure(node),
                # A fragment at the root may hide anything: only plain `__` fields count as introspection.
                all(isinstance(one, FieldNode) and one.name.value[:2] == "__" for one in node.selection_set.selections),
            )
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
