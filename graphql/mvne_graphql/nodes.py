"""`node(id:)`: one of many types by its id; absent, of another brand, or never there all look the same."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import strawberry

from mvne_graphql.context import RequestContext
from mvne_graphql.relay import Node, key_of, split_id
from mvne_platform.kernel import NotFound

Finder: TypeAlias = Callable[[RequestContext, UUID], Node]
Id = Annotated[strawberry.ID, strawberry.argument(description="An id as this API gave it.")]


def found(finders: Mapping[str, Finder], context: RequestContext, given: str) -> Node | None:
    """The node behind an id, or None."""
    try:
        kind, key = split_id(given)
        finder = finders.get(kind)
        return finder(context, key) if finder else None
    except NotFound:
        return None


def one(context: RequestContext, kind: str, given: str, finder: Callable[[RequestContext, UUID], Any]) -> Any:
    """What a field such as `order(id:)` answers: None for what is not there."""
    try:
        return finder(context, key_of(given, kind))
    except NotFound:
        return None
