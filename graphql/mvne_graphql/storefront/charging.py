"""Prices, charges and sessions at the moment of use, for API clients with the scope `charging`.

The same commands as behind `mvne charging`; each request is a transaction of its own here, and its `id` what makes
repeating it safe.
"""

from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.charging import ChargingAnswer, UsageInput
from mvne_platform.charging import online
from mvne_platform.kernel import NotFound

_ID = "A UUID made for this request; sent again, it gets the first answer."
_CORRELATION = (
    "The charging id under which a record of the same usage may come in a file; it is not charged again then."
)


@strawberry.input(description="A charge at once.")
class ChargeUsageInput:
    """What `chargeUsage` needs."""

    id: UUID = strawberry.field(description=_ID)
    usage: UsageInput = strawberry.field(description="Who uses what.")
    quantity: BigInt = strawberry.field(description="How many units of the service.")
    correlation: str | None = strawberry.field(default=None, description=_CORRELATION)
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="The start of a session.")
class StartChargingSessionInput:
    """What `startChargingSession` needs."""

    id: UUID = strawberry.field(description=f"{_ID} It becomes the session's.")
    usage: UsageInput = strawberry.field(description="Who uses what.")
    requested: BigInt | None = strawberry.field(default=None, description="Units asked for; the plan's if absent.")
    correlation: str | None = strawberry.field(default=None, description=_CORRELATION)
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A report of a session that asks for more.")
class UpdateChargingSessionInput:
    """What `updateChargingSession` needs."""

    session_id: UUID = strawberry.field(description="The session.")
    sequence: int = strawberry.field(description="Higher with each request of the session; the start was 0.")
    used: BigInt = strawberry.field(description="Units used since the last report.")
    requested: BigInt | None = strawberry.field(default=None, description="Units asked for; the plan's if absent.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="The last report of a session.")
class ReleaseChargingSessionInput:
    """What `releaseChargingSession` needs."""

    session_id: UUID = strawberry.field(description="The session.")
    sequence: int = strawberry.field(description="Higher with each request of the session; the start was 0.")
    used: BigInt = strawberry.field(description="Units used since the last report.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type
class _ChargingPayload(Payload):
    """A refused charge is an answer; a user error is a request that can never work."""

    answer: ChargingAnswer | None = strawberry.field(default=None, description="The answer.")
    repeated: bool = strawberry.field(default=False, description="Whether the request came before: the first answer.")

    @classmethod
    def of(cls, reply: online.Reply) -> Self:
        """From the domain's reply."""
        return cls(answer=ChargingAnswer.of(reply.answer), repeated=reply.repeated)


@strawberry.type(description="What was answered to a charge.")
class ChargeUsagePayload(_ChargingPayload):
    """Granted and booked a moment later, or refused."""


@strawberry.type(description="What was answered to the start of a session.")
class StartChargingSessionPayload(_ChargingPayload):
    """With its first quota."""


@strawberry.type(description="What was answered to a report that asks for more.")
class UpdateChargingSessionPayload(_ChargingPayload):
    """With the next quota."""


@strawberry.type(description="What was answered to the end of a session.")
class ReleaseChargingSessionPayload(_ChargingPayload):
    """With what it came to."""


@strawberry.type
class ChargingQueries:
    """Root fields."""

    @resolved(
        "What usage would cost now, and whether it could be paid; null when nobody holds the number. Nothing is held."
    )
    def usage_price(
        self,
        info: Info,
        usage: Annotated[UsageInput, strawberry.argument(description="Who uses what.")],
        quantity: Annotated[BigInt, strawberry.argument(description="How many units of the service.")],
    ) -> ChargingAnswer | None:
        """A price enquiry."""
        try:
            return ChargingAnswer.of(online.price(info.context.ctx, usage.usage(), quantity, _client(info.context)))
        except NotFound:
            return None


@strawberry.type
class ChargingMutations:
    """Root fields."""

    @mutation("Charges usage at once, or refuses it. Repeating it under the same `id` is safe.")
    def charge_usage(self, info: Info, given: Annotated[ChargeUsageInput, INPUT]) -> ChargeUsagePayload:
        """One-shot."""
        request = online.ChargeRequest(
            given.id, given.usage.usage(), given.quantity, _client(info.context), given.correlation
        )
        return ChargeUsagePayload.of(online.charge(info.context.ctx, request))

    @mutation("Opens a session with its first quota, or refuses it. Repeating it under the same `id` is safe.")
    def start_charging_session(
        self, info: Info, given: Annotated[StartChargingSessionInput, INPUT]
    ) -> StartChargingSessionPayload:
        """Reserves."""
        request = online.SessionStart(
            given.id, given.usage.usage(), given.requested, _client(info.context), given.correlation
        )
        return StartChargingSessionPayload.of(online.start_session(info.context.ctx, request))

    @mutation("Takes a report of use and grants more. Repeating it with the same `sequence` is safe.")
    def update_charging_session(
        self, info: Info, given: Annotated[UpdateChargingSessionInput, INPUT]
    ) -> UpdateChargingSessionPayload:
        """Commits and reserves."""
        request = online.SessionUpdate(
            given.session_id, given.sequence, given.used, given.requested, _client(info.context)
        )
        return UpdateChargingSessionPayload.of(online.report(info.context.ctx, request))

    @mutation("Takes the last report of use and ends a session. Repeating it with the same `sequence` is safe.")
    def release_charging_session(
        self, info: Info, given: Annotated[ReleaseChargingSessionInput, INPUT]
    ) -> ReleaseChargingSessionPayload:
        """Commits and releases."""
        request = online.SessionRelease(given.session_id, given.sequence, given.used, _client(info.context))
        return ReleaseChargingSessionPayload.of(online.report(info.context.ctx, request))


def _client(context: RequestContext) -> str:
    """Whose request ids and sessions these are: the token's client."""
    return context.ctx.actor.id
