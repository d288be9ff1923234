"""The console schema."""

import strawberry

from mvne_graphql.console.me import MeQueries
from mvne_graphql.directives import idempotent
from mvne_graphql.scalars import CONFIG


@strawberry.type(description="Everything that can be asked.")
class Query(MeQueries):
    """The root."""


schema = strawberry.Schema(query=Query, directives=[idempotent], config=CONFIG)
