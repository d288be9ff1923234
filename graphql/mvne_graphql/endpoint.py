"""One GraphQL endpoint: a schema with its limits, budget and rules of answering."""

import json
from typing import Any

import strawberry

from mvne_graphql import execution, idempotency
from mvne_graphql.budget import Budget, Level
from mvne_graphql.context import RequestContext
from mvne_graphql.documents import Documents, Operation
from mvne_graphql.errors import AWAY, Code, Refused, answered, coded, database_is_away
from mvne_graphql.limits import MAX_COST
from mvne_graphql.transport import Posed
from mvne_platform.runtime import ActorKind
from mvne_platform.runtime.telemetry import logger

# Understanding a document for the first time takes about as long as loading this many objects.
READING_COST = 50
log = logger(__name__)


class Endpoint:
    """Answers operations of one schema. Called from worker threads."""

    def __init__(self, schema: strawberry.Schema, budget: Budget, *, sign_in_first: bool) -> None:
        """`sign_in_first`: whoever brings no token may only introspect."""
        self._schema = schema._schema  # noqa: SLF001  # Strawberry shows its graphql-core schema nowhere else
        self._documents = Documents(self._schema)
        self._budget = budget
        self._sign_in_first = sign_in_first

    def answer(self, posed: Posed, client: str, context: RequestContext) -> dict[str, Any]:
        """Execute, and answer `data`, `errors` and `extensions`; raises Refused for what is not executed.

        `client` is whose budget pays.
        """
        operation = self._understood(posed, client)
        self._check(operation, posed, context)
        cost = operation.cost(posed.variables)
        level = self._charged(client, cost)
        context.request_digest = idempotency.digest(
            posed.text, posed.operation_name or "", json.dumps(posed.variables, sort_keys=True)
        )
        content = self._executed(operation, posed, context)
        content["extensions"] = {"cost": _shown(cost, level)}
        return content

    def _understood(self, posed: Posed, client: str) -> Operation:
        if not self._documents.knows(posed.text):
            self._charged(client, READING_COST)
        return self._documents.read(posed.text).operation(posed.operation_name)

    def _check(self, operation: Operation, posed: Posed, context: RequestContext) -> None:
        if posed.by_get and operation.is_mutation:
            raise Refused(405, Code.BAD_USER_INPUT, "Send mutations by POST.", headers={"Allow": "POST"})
        if self._sign_in_first and context.actor.kind is ActorKind.PUBLIC and not operation.introspects_only:
            raise Refused(
                401,
                Code.UNAUTHENTICATED,
                "Sign in first: POST /sign-in, then send the token as `Authorization: Bearer …`.",
                headers={"WWW-Authenticate": "Bearer"},
            )

    def _charged(self, client: str, cost: int) -> Level:
        if cost > MAX_COST:
            message = f"The operation costs more than {MAX_COST} points; ask for fewer items, or page by page."
            raise Refused(400, Code.GRAPHQL_VALIDATION_FAILED, message, well_formed=True)
        enough, level = self._budget.take(client, cost)
        if not enough:
            raise Refused(
                429,
                Code.THROTTLED,
                f"The operation costs {cost} points and {level.available} are left; try again when they have returned.",
                headers={"Retry-After": str(level.wait_for(cost))},
                extensions={"cost": _shown(cost, level)},
            )
        return level

    def _executed(self, operation: Operation, posed: Posed, context: RequestContext) -> dict[str, Any]:
        try:
            result = execution.run(self._schema, operation, posed.variables, context)
        except Exception as error:
            if database_is_away(error):
                raise away() from error
            raise
        errors = result.errors or []
        if any(database_is_away(error.original_error) for error in errors):
            log.error("the database is away", errors=[str(error) for error in errors])
            raise away()
        if result.data is None and errors and all(error.path is None for error in errors):
            raise Refused.of(coded(errors, Code.BAD_USER_INPUT))  # the variables did not fit: nothing was executed
        content: dict[str, Any] = {"data": result.data}
        if errors:
            content["errors"] = answered(errors, context.actor.kind, context.request_id)
        return content


def away() -> Refused:
    """The answer while the database cannot be reached."""
    return Refused(503, Code.UNAVAILABLE, AWAY, headers={"Retry-After": "2"})


def _shown(cost: int, level: Level) -> dict[str, int]:
    return {
        "requested": cost,
        "maximum": MAX_COST,
        "available": level.available,
        "capacity": level.capacity,
        "restoredPerSecond": level.per_second,
    }
