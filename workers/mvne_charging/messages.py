"""The JSON of the charging interface, to and from requests: each field checked, each fault with cause and way out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from mvne_platform.catalogue import Service
from mvne_platform.charging.online import (
    LONGEST_TEXT,
    ChargeRequest,
    SessionRelease,
    SessionStart,
    SessionUpdate,
    SessionView,
    Usage,
    is_text,
)
from mvne_platform.kernel import InvalidInput
from mvne_platform.mediation import Identifier

KINDS = ("msisdn", "imsi", "iccid", "account")
MOST_UNITS = 10**15
_MOST_ATTRIBUTES = 16
_SERVICES = {service.value: service for service in Service}


class BadMessage(InvalidInput):
    """The body is not what this address takes."""

    code = "BAD_MESSAGE"


Body = dict[str, Any]


def body_of(raw: bytes) -> Body:
    """The JSON object that was sent; raises BadMessage."""
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadMessage(f"The body is not JSON: {error}.") from error
    if not isinstance(said, dict):
        raise BadMessage("The body is a JSON object; the guide to online charging shows one.")
    return said


def enquiry(body: Body) -> tuple[Usage, int]:
    """A price enquiry; raises BadMessage."""
    return _usage(body), _units(body, "quantity")


def charge(body: Body, client: str) -> ChargeRequest:
    """A one-shot charge; raises BadMessage."""
    return ChargeRequest(
        _uuid(body, "id"), _usage(body), _units(body, "quantity"), client, _optional(body, "correlation")
    )


def start(body: Body, client: str) -> SessionStart:
    """The start of a session; raises BadMessage."""
    requested = _units(body, "requested") if body.get("requested") is not None else None
    return SessionStart(_uuid(body, "id"), _usage(body), requested, client, _optional(body, "correlation"))


def update(session_id: UUID, body: Body, client: str) -> SessionUpdate:
    """A session's report that asks for more; raises BadMessage."""
    requested = _units(body, "requested") if body.get("requested") is not None else None
    return SessionUpdate(session_id, _sequence(body), _units(body, "used"), requested, client)


def release(session_id: UUID, body: Body, client: str) -> SessionRelease:
    """A session's last report; raises BadMessage."""
    return SessionRelease(session_id, _sequence(body), _units(body, "used"), client)


def shown(view: SessionView) -> bytes:
    """A session as it stands."""
    return orjson.dumps(
        {
            "session": view.id,
            "subscription": view.subscription_id,
            "service": view.service,
            "unit": view.unit,
            "open": view.open,
            "used": view.used,
            "granted": view.granted,
            "sequence": view.sequence,
            "started_at": view.started_at,
            "expires_at": view.expires_at,
            "reauthorise": view.reauthorise,
        },
        option=orjson.OPT_UTC_Z,
    )


def _usage(body: Body) -> Usage:
    service = _SERVICES.get(body.get("service", ""))
    if service is None:
        raise BadMessage(f"'service' is one of: {', '.join(_SERVICES)}.", field=("service",))
    return Usage(
        _subscriber(body.get("subscriber")),
        service,
        _optional(body, "other_party"),
        _optional(body, "visited_network"),
        _instant(body.get("at")),
        _attributes(body.get("attributes")),
    )


def _subscriber(said: object) -> Identifier:
    """By what the network names the subscriber: {"msisdn": "+45…"}."""
    if isinstance(said, dict) and len(said) == 1:
        ((kind, value),) = said.items()
        if kind in KINDS and isinstance(value, str) and is_text(value):
            return Identifier(kind, value)
    raise BadMessage(
        f'\'subscriber\' is an object with one of {", ".join(KINDS)}, such as {{"msisdn": "+4520123456"}}.',
        field=("subscriber",),
    )


def _units(body: Body, name: str) -> int:
    said = body.get(name)
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MOST_UNITS:
        return said
    raise BadMessage(f"'{name}' is a whole number of units from 0 to {MOST_UNITS}.", field=(name,))


def _sequence(body: Body) -> int:
    said = body.get("sequence")
    if isinstance(said, int) and not isinstance(said, bool) and 0 < said < 2**31:
        return said
    raise BadMessage(
        "'sequence' is a whole number above 0 that rises with each request of a session.", field=("sequence",)
    )


def _uuid(body: Body, name: str) -> UUID:
    try:
        return UUID(body[name])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise BadMessage(
            f"'{name}' is a UUID that you make for this request, and send again when you repeat it.", field=(name,)
        ) from None


def uuid_of(text: str) -> UUID | None:
    """A UUID in a path; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _optional(body: Body, name: str) -> str | None:
    said = body.get(name)
    if said is None:
        return None
    if isinstance(said, str) and is_text(said):
        return said
    raise BadMessage(f"'{name}' is text of 1 to {LONGEST_TEXT} printable characters, or left out.", field=(name,))


def _instant(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadMessage("'at' is an instant with its offset, such as 2026-10-05T10:00:00Z (RFC 3339).", field=("at",))
    return at.astimezone(UTC)


def _attributes(said: object) -> Mapping[str, str]:
    if said is None:
        return {}
    if isinstance(said, dict) and len(said) <= _MOST_ATTRIBUTES and all(map(_is_attribute, said.items())):
        return said
    raise BadMessage(
        f"'attributes' is an object of up to {_MOST_ATTRIBUTES} texts of up to {LONGEST_TEXT} printable characters.",
        field=("attributes",),
    )


def _is_attribute(pair: tuple[object, object]) -> bool:
    return all(isinstance(one, str) and is_text(one, least=0) for one in pair)
