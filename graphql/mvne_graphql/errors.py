"""What a client reads when something is not answered: a stable code, a message that helps, and no secrets."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self

from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mvne_platform.kernel import Category, DomainError
from mvne_platform.runtime import ActorKind
from mvne_platform.runtime.telemetry import logger

log = logger(__name__)


class Code(StrEnum):
    """Every `extensions.code` there is."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    THROTTLED = "THROTTLED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


CATEGORY_CODES = {
    Category.INVALID: Code.BAD_USER_INPUT,
    Category.CONFLICT: Code.BAD_USER_INPUT,
    Category.NOT_FOUND: Code.NOT_FOUND,
    Category.FORBIDDEN: Code.FORBIDDEN,
    Category.UNAVAILABLE: Code.UNAVAILABLE,
}

MASKED = "Something went wrong on our side. Tell support the correlation id; it leads to what happened."
AWAY = "The platform cannot reach its database at the moment. Try again in a few seconds."


class Refused(Exception):
    """A request that is not executed: its errors are the whole answer, with an HTTP status of its own.

    `well_formed` requests were understood as HTTP, and their fault lies in the GraphQL document.
    """

    def __init__(
        self,
        status: int,
        code: Code,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        extensions: dict[str, Any] | None = None,
        well_formed: bool = False,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        more = {"correlationId": correlation_id} if correlation_id else {}
        self.errors: list[dict[str, Any]] = [{"message": message, "extensions": {"code": code.value, **more}}]
        self.extensions = extensions
        self.well_formed = well_formed

    @classmethod
    def of(cls, errors: list[dict[str, Any]]) -> Self:
        """The refusal of a document, for several reasons."""
        refused = cls(400, Code.BAD_USER_INPUT, "", well_formed=True)
        refused.errors = errors
        return refused


class BadInput(GraphQLError):
    """A field's argument cannot be used; not a user error of a mutation, but of the program that sends it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": Code.BAD_USER_INPUT.value})


def coded(errors: Sequence[GraphQLError], code: Code) -> list[dict[str, Any]]:
    """Errors of a request that was not executed, all of one code."""
    return [_shown(error, code) for error in errors]


def answered(errors: Sequence[GraphQLError], actor: ActorKind, request_id: str) -> list[dict[str, Any]]:
    """Errors of an executed operation: refusals in their own words, everything unexpected masked and logged."""
    return [_answered(error, actor, request_id) for error in errors]


def _answered(error: GraphQLError, actor: ActorKind, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    if isinstance(cause, DomainError):
        code = CATEGORY_CODES[cause.category]
        if code is Code.FORBIDDEN and actor is ActorKind.PUBLIC:
            code = Code.UNAUTHENTICATED
        return _shown(error, code, reason=cause.code)
    if error.extensions and "code" in error.extensions:
        return _shown(error, Code(error.extensions["code"]))
    if cause is None:
        return _shown(error, Code.BAD_USER_INPUT)
    log.error("a resolver failed", path=list(error.path or ()), exc_info=cause)
    hidden = _shown(error, Code.INTERNAL_SERVER_ERROR, correlationId=request_id)
    return {**hidden, "message": MASKED}


def _shown(error: GraphQLError, code: Code, **more: str) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    shown["extensions"] = {"code": code.value, **more}
    return shown


def database_is_away(cause: BaseException | None) -> bool:
    """Whether the database could not be reached, or went away in the middle."""
    if isinstance(cause, PoolTimeout):
        return True
    if not isinstance(cause, DBAPIError):
        return False
    lost = cause.connection_invalidated or getattr(cause.orig, "sqlstate", None) in _STOPPING
    never_there = isinstance(cause, OperationalError | InterfaceError) and getattr(cause.orig, "sqlstate", None) is None
    return lost or never_there


# 57P01 admin shutdown, 57P02 crash shutdown, 57P03 cannot connect now, 53300 too many connections.
_STOPPING = {"57P01", "57P02", "57P03", "53300"}


def is_worth_repeating(cause: BaseException | None) -> bool:
    """Whether the transaction lost against another (deadlock, serialisation) and would likely succeed again."""
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in {"40001", "40P01"}
