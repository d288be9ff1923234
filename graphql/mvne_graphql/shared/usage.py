"""Single rated events."""

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id
from mvne_graphql.relay import UnreadableId
from mvne_graphql.types.usage import RatedEvent, event_key
from mvne_platform import charging


@strawberry.type
class RatedEventQueries:
    """Root fields."""

    @resolved("A rated event; null if there is none, or if it is one that is never shown.")
    def rated_event(self, info: Info, id: Id) -> RatedEvent | None:  # noqa: A002  # Relay's word
        """By id."""
        try:
            subscription_id, key = event_key(id)
        except UnreadableId:
            return None
        record = charging.usage_event(info.context.ctx, subscription_id, key)
        return RatedEvent.of(record) if record else None
