"""A group of decisions as the parameters of `charge_online`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import Struct, pack
from typing import Any, Protocol
from uuid import UUID

import orjson

from mvne_platform.charging.online import binary
from mvne_platform.charging.online.bookings import LAYOUT, booking_json, event_row
from mvne_platform.charging.online.holds import Takes, bucket_moves, counter_moves
from mvne_platform.charging.online.models import SessionState
from mvne_platform.charging.online.requests import ChargeRequest
from mvne_platform.charging.online.rules import Decision, Session
from mvne_platform.kernel import start_of_day
from mvne_platform.rating import CounterId
from mvne_platform.runtime import Brand

_NOTHING = b"\x01[]"
_SIXTEEN = b"\x00\x00\x00\x10"
_EIGHT, _LENGTH = Struct(">iq"), Struct(">i")


class PlainWritten(Protocol):
    """A plain charge ready to be written (see `plain`): bytes, and what it takes from the account's only bucket."""

    request: ChargeRequest
    line: bytes
    version: int
    bucket: bytes | None
    amount: int
    body: bytes
    booking: bytes
    event: bytes


@dataclass(slots=True)
class Written:
    """A decision with what it moves, and the versions of the purses that it was made on."""

    decision: Decision
    subscription_id: UUID
    versions: Mapping[UUID, int]
    moves: Takes
    counters: Mapping[CounterId, int]
    body: bytes

    @property
    def bump(self) -> bool:
        """Whether something of the purse moves that no bucket's trigger notices."""
        return not self.moves and (bool(self.counters) or self.decision.session is not None)


def written(decision: Decision, subscription_id: UUID, versions: Mapping[UUID, int]) -> Written:
    """A decision made ready to be written."""
    held = decision.counters_held
    return Written(
        decision,
        subscription_id,
        versions,
        bucket_moves(decision.before, decision.after),
        counter_moves(subscription_id, decision.before, decision.after) if held else {},
        decision.answer.to_json(),
    )


def parameters(group: Sequence[Written], now: datetime, brand: Brand) -> list[bytes | None]:
    """The parameters for a group of decisions, in binary."""
    numbered = [(binary.int4(number), one) for number, one in enumerate(group, 1)]
    purses = [(n, purse, version) for n, one in numbered for purse, version in one.versions.items()]
    moves = [(n, bucket, units) for n, one in numbered for bucket, units in one.moves]
    done = [(n, one) for n, one in numbered if one.decision.finished is not None]
    layout = binary.int8(LAYOUT)
    return [
        pack(">q", binary.microseconds(now)),
        None if brand.clock_at is None else pack(">q", binary.microseconds(brand.clock_at)),
        binary.array(binary.UUID_, [binary.uuid(one.decision.id) for one in group]),
        binary.array(binary.UUID_, [binary.uuid(one.subscription_id) for one in group]),
        binary.array(binary.INT8, [binary.int8(one.decision.mark) for one in group]),
        binary.array(binary.TEXT, [binary.text(one.decision.correlation) for one in group]),
        binary.array(binary.TEXT, [binary.octets(one.body) for one in group]),
        binary.array(binary.BOOL, [binary.boolean(one.bump) for one in group]),
        binary.array(binary.INT4, [n for n, _, _ in purses]),
        binary.array(binary.UUID_, [binary.uuid(purse) for _, purse, _ in purses]),
        binary.array(binary.INT8, [binary.int8(version) for _, _, version in purses]),
        binary.array(binary.INT4, [n for n, _, _ in moves]),
        binary.array(binary.UUID_, [binary.uuid(bucket) for _, bucket, _ in moves]),
        binary.array(binary.INT8, [binary.int8(units) for _, _, units in moves]),
        binary.array(binary.INT4, [n for n, _ in done]),
        binary.array(binary.INT8, [layout] * len(done)),
        binary.array(binary.TEXT, [binary.octets(_booking(one)) for _, one in done]),
        binary.array(binary.BYTEA, [binary.octets(_event(one)) for _, one in done]),
        _counters(group, brand.time_zone),
        _sessions(group),
    ]


def plain_parameters(group: Sequence[PlainWritten], now: datetime, brand: Brand) -> list[bytes | None]:
    """The parameters of `charge_plain`, in binary."""
    requests = [one.request for one in group]
    return [
        pack(">q", binary.microseconds(now)),
        None if brand.clock_at is None else pack(">q", binary.microseconds(brand.clock_at)),
        binary.array(binary.UUID_, [_SIXTEEN + request.id.bytes for request in requests]),
        binary.array(binary.UUID_, [_SIXTEEN + one.line for one in group]),
        binary.array(binary.INT8, [_EIGHT.pack(8, one.version) for one in group]),
        binary.array(binary.INT8, [_EIGHT.pack(8, request.mark) for request in requests]),
        binary.array(binary.TEXT, [binary.text(request.correlation) for request in requests]),
        binary.array(binary.TEXT, [_LENGTH.pack(len(one.body)) + one.body for one in group]),
        binary.array(binary.UUID_, [binary.NULL if one.bucket is None else _SIXTEEN + one.bucket for one in group]),
        binary.array(binary.INT8, [_EIGHT.pack(8, one.amount) for one in group]),
        pack(">q", LAYOUT),
        binary.array(binary.TEXT, [_LENGTH.pack(len(one.booking)) + one.booking for one in group]),
        binary.array(binary.BYTEA, [_LENGTH.pack(len(one.event)) + one.event for one in group]),
    ]


def _booking(one: Written) -> bytes:
    finished = one.decision.finished
    return booking_json(finished, one.decision.after, list(one.versions)) if finished else b""


def _event(one: Written) -> bytes:
    finished = one.decision.finished
    return event_row(finished) if finished else b""


def _counters(group: Sequence[Written], zone: str) -> bytes:
    moved = [
        {
            "n": number,
            "subscription_id": counter.subscription_id,
            "code": counter.code,
            "period_start": start_of_day(counter.period, zone),
            "units": units,
        }
        for number, one in enumerate(group, 1)
        for counter, units in one.counters.items()
    ]
    return b"\x01" + orjson.dumps(moved) if moved else _NOTHING


def _sessions(group: Sequence[Written]) -> bytes:
    seen = [
        {"n": number, "session": _session_row(one.decision.session)}
        for number, one in enumerate(group, 1)
        if one.decision.session is not None
    ]
    return b"\x01" + orjson.dumps(seen) if seen else _NOTHING


def _session_row(session: Session) -> dict[str, Any]:
    usage, hold = session.usage, session.hold
    return {
        "id": session.id,
        "subscription_id": session.subscription_id,
        "group_id": session.group_id,
        "client": session.client,
        "state": SessionState.OPEN if session.open else SessionState.ENDED,
        "identifier_kind": usage.identifier.kind,
        "identifier": usage.identifier.value,
        "service": usage.service,
        "other_party": usage.other_party,
        "visited_network": usage.visited_network,
        "operator": session.numbers.operator,
        "number_class": session.numbers.number_class,
        "attributes": dict(usage.attributes),
        "started_at": session.started_at,
        "expires_at": session.expires_at,
        "sequence": session.sequence,
        "used": session.used,
        "granted": session.granted,
        "bucket_ids": [bucket for bucket, _ in hold.takes],
        "bucket_units": [units for _, units in hold.takes],
        "accrued_micros": hold.accrued_micros,
        "counter": hold.counter,
        "counted": hold.counted,
        "counters_held": session.counters_held,
        "period": hold.period,
        "correlation": session.correlation,
        "short": session.short,
        "version_id": session.version_id,
    }
