"""`node(id:)`: one of many types by its id; absent, of another brand, or never there all look the same."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.relay import Node, UnreadableId, key_of, split_id
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


def node_fields(finders: Mapping[str, Finder]) -> type:
    """The root fields of a schema whose types `finders` can find."""

    @strawberry.type
    class NodeFields:
        @resolved("The thing with this id; null if there is none in this brand, or none of this API.")
        def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002  # Relay's word
            return found(finders, info.context, id)

    return NodeFields


__all__ = ["Finder", "Id", "UnreadableId", "found", "node_fields", "one"]
