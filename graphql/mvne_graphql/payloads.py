"""Mutations: one input, one payload, one transaction; refusals are user errors of the payload."""

import functools
from collections.abc import Callable
from enum import Enum
from typing import Any, Self, TypeVar, cast, get_type_hints

import strawberry

from mvne_graphql import idempotency
from mvne_graphql.context import RequestContext
from mvne_graphql.domains import refusals
from mvne_graphql.errors import BadInput
from mvne_platform.kernel import Category, DomainError

DRY_RUN = "Do everything, answer the same payload, and keep nothing."
INPUT = strawberry.argument(name="input", description="What to do.")
# A missing permission is an error of the operation; everything else is an answer to it.
IN_PAYLOAD = set(Category) - {Category.FORBIDDEN}
Resolver = TypeVar("Resolver", bound=Callable[..., Any])


# The codes belong to the domains. New ones may come with any version; none goes.
CODES = Enum(  # type: ignore[misc]  # the members are known only once every domain is imported
    "CODES",
    [(code, strawberry.enum_value(code, description=meaning)) for code, meaning in refusals().items()],
)
UserErrorCode = strawberry.enum(CODES, name="UserErrorCode", description="Why something was refused; more may come.")


@strawberry.type(description="Why a mutation did not do what was asked. Nothing was changed.")
class UserError:
    """A DomainError as data."""

    message: str = strawberry.field(description="The cause and the way out, in English.")
    code: str = strawberry.field(graphql_type=UserErrorCode, description="The cause, for programs.")
    field: list[str] | None = strawberry.field(description="The path of the input field at fault, if it is one.")

    @classmethod
    def of(cls, error: DomainError) -> "UserError":
        """The refusal as clients read it."""
        path = [_camel(part) for part in error.field]
        return cls(message=error.message, code=error.code, field=["input", *path] if path else None)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@strawberry.type(description="What to know about something that was done nevertheless.")
class Warning:  # noqa: A001  # the API's word; nobody warns from this module
    """A remark that refuses nothing."""

    message: str = strawberry.field(description="What to know, in English.")
    code: str = strawberry.field(description="The same, for programs.")


@strawberry.type
class Payload:
    """What every payload has."""

    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty if it was."
    )
    warnings: list[Warning] = strawberry.field(default_factory=list, description="What to know although it was done.")

    @classmethod
    def refusing(cls, error: DomainError) -> Self:
        """The payload of a refusal; one that has more to tell than its message overrides this."""
        return cls(user_errors=[UserError.of(error)])


def mutation(
    description: str, *, keyed: bool = False, keyless: bool = False, cost: int = 10
) -> Callable[[Resolver], Any]:
    """A mutation field that calls a command; `keyed` ones must carry an idempotency key unless they are dry runs.

    `keyless` ones ignore a key: they are the platform's own, not a brand's, and by their nature safe to repeat; or what
    they answer is shown once, and kept under no key.
    """

    def decorate(resolve: Resolver) -> Any:
        @functools.wraps(resolve)
        def guarded(self: Any, info: strawberry.Info[RequestContext, None], **arguments: Any) -> Any:
            work = info.context.work
            work.is_dry_run = bool(getattr(arguments.get("given"), "dry_run", False))
            work.key = None if keyless else work.key
            if keyed and not work.is_dry_run and work.key is None:
                raise BadInput(
                    f"`{info.field_name}` moves money or reaches the network: send the header {idempotency.HEADER} "
                    "or @idempotent(key:), so that repeating it is safe."
                )
            if work.key is not None and not work.is_dry_run:
                idempotency.claim(work.ctx, work.key, info.context.request_digest)
            try:
                return resolve(self, info, **arguments)
            except DomainError as error:
                if error.category not in IN_PAYLOAD:
                    raise
                work.is_refused, work.leaves_trace = True, error.leaves_trace
                return _payload_type(resolve).refusing(error)

        return strawberry.mutation(guarded, description=description, metadata={"cost": cost})

    return decorate


@functools.cache
def _payload_type(resolve: Callable[..., Any]) -> type[Payload]:
    return cast("type[Payload]", get_type_hints(resolve)["return"])
