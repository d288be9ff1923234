"""What online charging answers, and how an answer is kept: as JSON, byte for byte the same for every repetition."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from mvne_platform.catalogue import FinalUnitAction
from mvne_platform.kernel import MICROS, Unit

_CENTS = MICROS // 100


class Result(StrEnum):
    """Whether usage may go on."""

    GRANTED = "granted"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why not, where rating's own reasons do not say it. Codes are stable."""

    BALANCE_TOO_LOW = "balance_too_low"
    SPEND_LIMIT_REACHED = "spend_limit_reached"
    NOT_IN_SERVICE = "not_in_service"


@dataclass(frozen=True, slots=True)
class Grant:
    """Quota of a session: `units` beyond what is used, good for `validity_s` seconds (TS 32.299: Granted-Service-Unit).

    The network reports when `threshold` units or less are left. `final`: these are the last units there are, and what
    to do when they are used up.
    """

    units: int
    validity_s: int
    threshold: int
    final: FinalUnitAction | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request. Amounts are micros of `currency`; quantities are in `unit`.

    `units` are rated: of a charge what was asked, of a session what was used and granted. `amount_micros` is what they
    cost in all (a session's: since its start), of which `debited_micros` are taken from money and `accrued_micros`
    billed later. `used` is a session's total. A session that was refused more stays open until it is released.
    """

    id: UUID
    result: Result
    subscription_id: UUID
    service: str
    unit: Unit
    currency: str
    units: int = 0
    charged: int = 0
    amount_micros: int = 0
    debited_micros: int = 0
    accrued_micros: int = 0
    reason: str | None = None
    zone: str | None = None
    session_id: UUID | None = None
    sequence: int | None = None
    used: int | None = None
    ended: bool = False
    grant: Grant | None = None

    def to_json(self) -> bytes:
        """The answer as it is sent and stored."""
        said: dict[str, Any] = {
            "id": self.id,
            "result": self.result,
            "reason": self.reason,
            "subscription": self.subscription_id,
            "service": self.service,
            "zone": self.zone,
            "unit": self.unit,
            "units": self.units,
            "charged": self.charged,
            "amount": decimal(self.amount_micros),
            "debited": decimal(self.debited_micros),
            "accrued": decimal(self.accrued_micros),
            "currency": self.currency,
        }
        if self.session_id is not None:
            said |= self._session()
        return orjson.dumps(said)

    def _session(self) -> dict[str, Any]:
        grant = self.grant
        return {
            "session": self.session_id,
            "sequence": self.sequence,
            "used": self.used,
            "ended": self.ended,
            "grant": None
            if grant is None
            else {
                "units": grant.units,
                "valid_for_s": grant.validity_s,
                "threshold": grant.threshold,
                "final": grant.final,
            },
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client gets: the answer's JSON, and whether it is the first one of a repeated request."""

    body: bytes
    repeated: bool = False

    @property
    def answer(self) -> Answer:
        """The answer as a value."""
        return answer_of(self.body)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as it stands; quantities are in `unit`. `reauthorise`: what it was refused may be granted now."""

    id: UUID
    subscription_id: UUID
    service: str
    unit: Unit
    open: bool
    used: int
    granted: int
    sequence: int
    started_at: datetime
    expires_at: datetime
    reauthorise: bool


def answer_of(body: bytes | str) -> Answer:
    """A stored answer as a value."""
    said = orjson.loads(body)
    grant = said.get("grant")
    session = said.get("session")
    return Answer(
        id=UUID(said["id"]),
        result=Result(said["result"]),
        subscription_id=UUID(said["subscription"]),
        service=said["service"],
        unit=Unit(said["unit"]),
        currency=said["currency"],
        units=said["units"],
        charged=said["charged"],
        amount_micros=micros(said["amount"]),
        debited_micros=micros(said["debited"]),
        accrued_micros=micros(said["accrued"]),
        reason=said["reason"],
        zone=said["zone"],
        session_id=UUID(session) if session else None,
        sequence=said.get("sequence"),
        used=said.get("used"),
        ended=said.get("ended", False),
        grant=_grant(grant) if grant else None,
    )


def _grant(said: dict[str, Any]) -> Grant:
    final = said["final"]
    return Grant(said["units"], said["valid_for_s"], said["threshold"], FinalUnitAction(final) if final else None)


def decimal(amount_micros: int) -> str:
    """An amount as text with two to six decimals, never in exponent form: JSON's numbers would lose micros."""
    if amount_micros < 0:
        return "-" + decimal(-amount_micros)
    whole, micros_left = divmod(amount_micros, MICROS)
    if micros_left % _CENTS == 0:
        return f"{whole}.{micros_left // _CENTS:02}"
    return f"{whole}.{micros_left:06}".rstrip("0")


def micros(amount: str) -> int:
    """The inverse of `decimal`."""
    whole, _, rest = amount.partition(".")
    size = int(whole.lstrip("-")) * MICROS + int(rest.ljust(6, "0"))
    return -size if amount.startswith("-") else size
