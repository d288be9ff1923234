"""Online charging's answers, and whose usage is meant."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.money import Money, QuantityUnit
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.catalogue import Service
from mvne_graphql.types.customer_parts import IdentifierKind
from mvne_platform import catalogue
from mvne_platform.charging import online
from mvne_platform.mediation import Identifier


@strawberry.enum(description="Whether usage may go on.")
class ChargingResult(Enum):
    """As charging answers."""

    GRANTED = strawberry.enum_value("granted", description="It may.")
    REFUSED = strawberry.enum_value("refused", description="It may not; `reason` says why.")


@strawberry.enum(description="What a network does when the last units are used.")
class FinalUnitAction(Enum):
    """As the plan says (3GPP TS 32.299: Final-Unit-Action)."""

    TERMINATE = strawberry.enum_value("terminate", description="Cut the connection off.")
    THROTTLE = strawberry.enum_value("throttle", description="Go on slowly, without reporting what is used.")


@strawberry.input(description="Who uses what.")
class UsageInput:
    """The subject of a request."""

    subscriber_kind: IdentifierKind = strawberry.field(
        default=IdentifierKind.MSISDN, description="By what the subscriber is named."
    )
    subscriber: str = strawberry.field(description="The number or name itself.")
    service: Service = strawberry.field(description="What is used.")
    other_party: str | None = strawberry.field(
        default=None, description="The called number, E.164 with +, or a short code as dialled."
    )
    visited_network: str | None = strawberry.field(default=None, description="MCC-MNC of the network, when roaming.")
    starts_at: datetime | None = strawberry.field(default=None, description="When it begins; now if absent.")

    def usage(self) -> online.Usage:
        """As charging wants it."""
        return online.Usage(
            Identifier(str(self.subscriber_kind.value), self.subscriber),
            catalogue.Service(str(self.service.value)),
            self.other_party or None,
            self.visited_network or None,
            self.starts_at,
        )


@strawberry.type(description="Quota of a session: units beyond what is used.")
class ChargingGrant:
    """As granted."""

    units: BigInt = strawberry.field(description="How many.")
    valid_for_s: int = strawberry.field(description="Seconds until the network has to report, at the latest.")
    threshold: BigInt = strawberry.field(description="Report when so many or fewer are left.")
    final_action: FinalUnitAction | None = strawberry.field(
        description="Set when these are the last units there are: what to do when they are used."
    )

    @classmethod
    def of(cls, grant: online.Grant) -> Self:
        """As clients read it."""
        return cls(
            units=BigInt(grant.units),
            valid_for_s=grant.validity_s,
            threshold=BigInt(grant.threshold),
            final_action=FinalUnitAction(grant.final.value) if grant.final else None,
        )


@strawberry.type(description="An answer of online charging.")
class ChargingAnswer:
    """The same for charges and sessions."""

    id: UUID = strawberry.field(description="The request's id; of a report: made of session and sequence number.")
    result: ChargingResult = strawberry.field(description="Whether usage may go on.")
    reason: str | None = strawberry.field(description="Why it may not, or why it is free: a stable code.")
    service: Service = strawberry.field(description="What is used.")
    zone: str | None = strawberry.field(description="The price list's zone.")
    unit: QuantityUnit = strawberry.field(description="What units count.")
    units: BigInt = strawberry.field(description="Units rated: of a session what is used and granted.")
    charged_units: BigInt = strawberry.field(description="The same in whole increments.")
    amount: Money = strawberry.field(description="What they cost in all; of a session since its start.")
    debited: Money = strawberry.field(description="What of it is taken from money.")
    accrued: Money = strawberry.field(description="What of it is billed later.")
    session_id: UUID | None = strawberry.field(description="The session, if it is one.")
    used_units: BigInt | None = strawberry.field(description="Units that a session has reported.")
    ended: bool = strawberry.field(description="Whether the session is over.")
    grant: ChargingGrant | None = strawberry.field(description="The session's quota.")

    @classmethod
    def of(cls, answer: online.Answer) -> Self:
        """As clients read it."""
        return cls(
            id=answer.id,
            result=ChargingResult(answer.result.value),
            reason=answer.reason,
            service=Service(answer.service),
            zone=answer.zone,
            unit=QuantityUnit(answer.unit.value),
            units=BigInt(answer.units),
            charged_units=BigInt(answer.charged),
            amount=Money.of(answer.amount_micros, answer.currency),
            debited=Money.of(answer.debited_micros, answer.currency),
            accrued=Money.of(answer.accrued_micros, answer.currency),
            session_id=answer.session_id,
            used_units=None if answer.used is None else BigInt(answer.used),
            ended=answer.ended,
            grant=ChargingGrant.of(answer.grant) if answer.grant else None,
        )
