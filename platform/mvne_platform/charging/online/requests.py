"""What may be asked of online charging, in the terms of no protocol: HTTP, GraphQL, Nchf and Diameter translate to it.

A session is one service's usage under one rating group: of a Diameter message (RFC 8506, 3GPP TS 32.299) each
Multiple-Services-Credit-Control is a request of its own, of Nchf (TS 32.291) each multipleUnitUsage.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from mvne_platform.catalogue import Service
from mvne_platform.charging.online.errors import BadUsage
from mvne_platform.mediation import Identifier

LONGEST_TEXT = 64
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Usage:
    """Who uses what: the subject of a request. `at` is when it begins, in UTC to the second; None: now.

    `other_party` is E.164 with +, or a short code as dialled; `visited_network` is MCC-MNC (ITU-T E.212).
    """

    identifier: Identifier
    service: Service
    other_party: str | None = None
    visited_network: str | None = None
    at: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> tuple[str, ...]:
        """The content as text, to tell two requests apart."""
        at = self.at.isoformat() if self.at else ""
        said = (f"{name}={value}" for name, value in sorted(self.attributes.items()))
        return (*self.identifier, self.service.value, self.other_party or "", self.visited_network or "", at, *said)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """Charge `quantity` units (of the service's unit) at once. `id` is the client's own, a UUID made for this request.

    `client` is who asks: another client's id is never answered with this one's answer. `correlation` is the charging
    id under which a record of the same usage may come in a file: that one is then stored, and not charged again.
    """

    id: UUID
    usage: Usage
    quantity: int
    client: str = ""
    correlation: str | None = None

    @property
    def mark(self) -> int:
        """A number that another content under the same id would not have."""
        return _mark("charge", self.client, str(self.quantity), self.correlation or "", *self.usage.words())


@dataclass(frozen=True, slots=True)
class SessionStart:
    """Begin a session and ask for its first quota; `requested` None asks for what the plan gives.

    The session has the id of this request.
    """

    id: UUID
    usage: Usage
    requested: int | None = None
    client: str = ""
    correlation: str | None = None

    @property
    def mark(self) -> int:
        """A number that another content under the same id would not have."""
        asked = "" if self.requested is None else str(self.requested)
        return _mark("start", self.client, asked, self.correlation or "", *self.usage.words())


@dataclass(frozen=True, slots=True)
class SessionUpdate:
    """Report units used since the last report, and ask for more. `sequence` rises with each request of the session."""

    session_id: UUID
    sequence: int
    used: int
    requested: int | None = None
    client: str = ""

    @property
    def id(self) -> UUID:
        """The request's identity: the session and the number."""
        return report_id(self.session_id, self.sequence)

    @property
    def mark(self) -> int:
        """A number that another content under the same id would not have."""
        asked = "" if self.requested is None else str(self.requested)
        return _mark("update", self.client, str(self.used), asked)


@dataclass(frozen=True, slots=True)
class SessionRelease:
    """Report the last units used and end the session: what was held for more is given back.

    `expired`: nobody reports any more, and the platform ends it. No client's request has the id of that.
    """

    session_id: UUID
    sequence: int
    used: int
    client: str = ""
    expired: bool = False

    @property
    def id(self) -> UUID:
        """The request's identity: the session and the number."""
        return uuid5(self.session_id, "expired") if self.expired else report_id(self.session_id, self.sequence)

    @property
    def mark(self) -> int:
        """A number that another content under the same id would not have."""
        return _mark("release", self.client, str(self.used))


Opening = ChargeRequest | SessionStart
Report = SessionUpdate | SessionRelease
Request = Opening | Report


def check_texts(request: Opening) -> None:
    """Raise BadUsage for what cannot be stored as text: settlement would stumble over it when it is too late."""
    usage = request.usage
    texts = {
        "subscriber": usage.identifier[1],
        "other_party": usage.other_party,
        "visited_network": usage.visited_network,
        "correlation": request.correlation,
    }
    texts |= {f"attributes.{name}": value for name, value in usage.attributes.items()}
    for name, said in texts.items():
        if said is not None and not is_text(said, least=0 if name.startswith("attributes.") else 1):
            raise BadUsage(
                f"'{name}' is text of at most {LONGEST_TEXT} printable characters, or left out.",
                field=(name.partition(".")[0],),
            )


def is_text(said: str, least: int = 1) -> bool:
    """Whether it can be stored, sent and shown: some printable characters, not too many."""
    return least <= len(said) <= LONGEST_TEXT and said.isprintable()


def report_id(session_id: UUID, sequence: int) -> UUID:
    """The identity of a session's request with this number."""
    return uuid5(session_id, str(sequence))


def _mark(*words: str) -> int:
    digest = hashlib.blake2b(_SEPARATOR.join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
