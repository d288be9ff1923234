"""What both sides of a brand's life cycle name."""

from enum import Enum

import strawberry


@strawberry.enum(description="Where a brand stands.")
class BrandState(Enum):
    """As in the registry."""

    SANDBOX = strawberry.enum_value("sandbox", description="Nothing is real; its clock can be moved.")
    LIVE = strawberry.enum_value("live", description="Real customers, real time.")
    SUSPENDED = strawberry.enum_value("suspended", description="Stopped for a while.")
    CLOSING = strawberry.enum_value("closing", description="Takes no new customers.")
    CLOSED = strawberry.enum_value("closed", description="Gone.")
