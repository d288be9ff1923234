"""Requests to the network and what went over the wire."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import Node, global_id
from mvne_graphql.scalars import as_json
from mvne_graphql.types.customers import Subscription
from mvne_platform import provisioning, subscriptions


@strawberry.enum(description="What the network is asked to do with a line.")
class NetworkOperation(Enum):
    """As in provisioning."""

    ACTIVATE = strawberry.enum_value("activate", description="Begin service.")
    SUSPEND = strawberry.enum_value("suspend", description="Stop for a while.")
    RESUME = strawberry.enum_value("resume", description="Go on.")
    TERMINATE = strawberry.enum_value("terminate", description="End for good.")


@strawberry.enum(description="Where a request to the network stands.")
class NetworkRequestState(Enum):
    """As in provisioning."""

    OPEN = strawberry.enum_value("open", description="Asked, or about to be; no final answer yet.")
    DONE = strawberry.enum_value("done", description="The network did it.")
    FAILED = strawberry.enum_value("failed", description="Refused, or never answered; waits for a person.")


@strawberry.type(description="One question to the network and its answer, secrets removed.")
class NetworkExchange:
    """As it went over the wire."""

    sent: JSON = strawberry.field(description="The question.")
    received: JSON | None = strawberry.field(description="The answer; null if none came.")
    status: str = strawberry.field(description="What came of it.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="One thing asked of the network for a subscription.")
class NetworkRequest(Node):
    """Its id makes repetition harmless."""

    operation: NetworkOperation = strawberry.field(description="What was asked.")
    state: NetworkRequestState = strawberry.field(description="Where it stands.")
    adapter: str = strawberry.field(description="Which network was asked.")
    msisdn: str = strawberry.field(description="The line's number as the network was told.")
    imsi: str = strawberry.field(description="The line's IMSI as the network was told.")
    attempts: int = strawberry.field(description="How many times in a row no answer came.")
    error_code: str | None = strawberry.field(description="Why it failed, for programs.")
    error_message: str | None = strawberry.field(description="Why it failed, for people.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    answered_at: datetime | None = strawberry.field(description="When the final answer came.")
    key: strawberry.Private[UUID]
    subscription_key: strawberry.Private[UUID]

    @resolved("What went over the wire, oldest first, the latest 100.", size=2)
    def exchanges(self, info: Info) -> list[NetworkExchange]:
        """For those who may read network requests."""
        return [
            NetworkExchange(sent=JSON(row.sent), received=as_json(row.received), status=row.status, at=row.at)
            for row in provisioning.exchanges(info.context.ctx, self.key)
        ]

    @resolved("Whose line it is about.")
    def subscription(self, info: Info) -> Subscription:
        """For those who may read subscriptions."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))

    @classmethod
    def of(cls, row: provisioning.NetworkRequest) -> Self:
        """The request."""
        return cls(
            id=global_id("NetworkRequest", row.id),
            operation=NetworkOperation(row.operation),
            state=NetworkRequestState(row.state),
            adapter=row.adapter,
            msisdn=row.payload["msisdn"],
            imsi=row.payload["imsi"],
            attempts=row.attempts,
            error_code=row.error_code,
            error_message=row.error_message,
            requested_at=row.requested_at,
            answered_at=row.answered_at,
            key=row.id,
            subscription_key=row.subscription_id,
        )
