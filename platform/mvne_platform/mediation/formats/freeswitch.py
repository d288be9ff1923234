"""FreeSWITCH's call records as mod_json_cdr writes them: a JSON document per leg, one per file or one after another.

The module writes `<uuid>.cdr.json` in one line, and percent-encodes the values of `variables` unless it is told not to
(parameter encode-values). See docs/reference/usage-files.md.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.kernel import Unit
from mvne_platform.mediation.formats import fields
from mvne_platform.mediation.formats.cutting import document
from mvne_platform.mediation.formats.lines import Line, answered, lines
from mvne_platform.mediation.formats.numbers import to_e164
from mvne_platform.mediation.formats.port import FileRejected, FormatSettings, Position, RecordFault, Row
from mvne_platform.mediation.usage import Identifier, UsageEvent

MAX_RECORD_BYTES = 256 * 1024
MAX_SECONDS = 31 * 86_400
_LATEST = 1 << 36
# Seen from the switch: `inbound` is the leg of who calls, `outbound` the leg to who is called.
_SERVICES = {"inbound": Service.VOICE_OUT, "outbound": Service.VOICE_IN}
_VOICE = {service.value: service for service in Service if UNITS[service] is Unit.SECOND}
# Channel variables that a dial plan sets for us.
SERVICE_VARIABLE = "mvne_service"
CORRELATION_VARIABLE = "mvne_correlation"


def read(path: Path, settings: FormatSettings, start: Position) -> Iterator[Row]:
    """The documents of a file; raises FileRejected for one that does not begin with a JSON object."""
    with path.open("rb") as file:
        first = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first != b"{":
        what = "is empty" if not first else "begins with an array" if first == b"[" else "is no JSON"
        raise FileRejected(
            f"The file {what}. Send what mod_json_cdr wrote: one JSON object per leg, one after another."
        )
    return _rows(path, settings, start)


def parser(_path: Path, settings: FormatSettings) -> Callable[[Line], UsageEvent]:
    """How a single document is understood."""
    return partial(_event, settings)


def _rows(path: Path, settings: FormatSettings, start: Position) -> Iterator[Row]:
    for number, record in enumerate(records(path, start.offset), start.rows + 1):
        yield answered(number, record, partial(_event, settings))


def records(path: Path, offset: int) -> Iterator[Line]:
    """The documents from the byte `offset` on: a line each, or from a line that begins with { to one that does with }.

    A document that does not end costs no other: the next line that begins with { begins the next one.
    """
    held: list[bytes] = []
    end, size, cut = offset, 0, False
    for line in lines(path, offset, MAX_RECORD_BYTES):
        begins = line.content.startswith(b"{")
        if held and begins:
            yield _record(held, end, too_long=cut)
            held, size, cut = [], 0, False
        end = line.end
        if not held and not line.content.strip():
            continue
        size += len(line.content)
        cut = cut or line.too_long or size > MAX_RECORD_BYTES
        if not cut or not held:
            held.append(line.content)
        if _ends(line.content, alone=len(held) == 1, begins=begins):
            yield _record(held, end, too_long=cut)
            held, size, cut = [], 0, False
    if held:
        yield _record(held, end, too_long=cut)


def _ends(content: bytes, *, alone: bool, begins: bool) -> bool:
    if alone:
        return not begins or content.rstrip().endswith(b"}")
    return content.startswith(b"}")


def _record(held: list[bytes], end: int, *, too_long: bool) -> Line:
    return Line(b" ".join(part.strip() for part in held) if len(held) > 1 else held[0], end, too_long)


def _event(settings: FormatSettings, record: Line) -> UsageEvent:
    whole = document(record)
    variables = _object(whole, "variables")
    profile = _profile(whole)
    service = _service(variables, whole)
    caller, called = _plain(profile, "caller_id_number"), _plain(profile, "destination_number")
    incoming = service in (Service.VOICE_IN, Service.ROAMING_VOICE_IN)
    subscriber, other = (called, caller) if incoming else (caller, called)
    return UsageEvent(
        natural_key=("freeswitch", fields.text(_variable(variables, "uuid"), "uuid", 100)),
        identifiers=_identifiers(_variable(variables, "accountcode"), subscriber, settings),
        service=service,
        start=_start(variables),
        duration_s=fields.number(_variable(variables, "billsec"), "billsec", MAX_SECONDS),
        other_party=_other(other, settings, called=not incoming),
        answered=_variable(variables, "answer_epoch") not in ("", "0"),
        cause=_variable(variables, "hangup_cause")[:100] or None,
        correlation=fields.at_most(_variable(variables, CORRELATION_VARIABLE), CORRELATION_VARIABLE, 100) or None,
    )


def _service(variables: Mapping[str, object], whole: object) -> Service:
    chosen = _variable(variables, SERVICE_VARIABLE)
    if chosen:
        if chosen not in _VOICE:
            raise RecordFault("bad_service", f"'{chosen[:40]}' in the variable {SERVICE_VARIABLE} is no voice service.")
        return _VOICE[chosen]
    direction = _variable(variables, "direction") or _plain(_object(whole, "channel_data"), "direction")
    if direction not in _SERVICES:
        raise RecordFault("bad_direction", f"'{direction[:40]}' for the direction is none of {', '.join(_SERVICES)}.")
    return _SERVICES[direction]


def _start(variables: Mapping[str, object]) -> datetime:
    second = fields.number(_variable(variables, "start_epoch"), "start_epoch", _LATEST)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


def _identifiers(account: str, subscriber: str, settings: FormatSettings) -> tuple[Identifier, ...]:
    found = fields.identifier("account", account, "accountcode", fields.ACCOUNT, "an account code")
    number = to_e164(subscriber, settings.country, settings.short_codes)
    if number is not None and number.startswith("+"):
        return (*found, Identifier("msisdn", number))
    if subscriber:
        return (*found, *fields.identifier("account", subscriber, "caller", fields.ACCOUNT, "a number or an account"))
    if not found:
        raise RecordFault("missing_value", "The record names neither an account nor the subscriber's number.")
    return found


def _other(written: str, settings: FormatSettings, *, called: bool) -> str | None:
    number = to_e164(written, settings.country, settings.short_codes)
    if number is None and called:
        raise RecordFault("bad_destination_number", f"{fields.quoted(written)} as the destination is no number.")
    return number


def _profile(whole: object) -> Mapping[str, object]:
    """The caller profile of the leg as it ended: the first of the call flow; older versions write only one."""
    flow = whole.get("callflow") if isinstance(whole, dict) else None
    latest = flow[0] if isinstance(flow, list) and flow else flow
    return _object(latest, "caller_profile")


def _object(found: object, name: str) -> Mapping[str, object]:
    member = found.get(name) if isinstance(found, dict) else None
    if not isinstance(member, dict):
        raise RecordFault("missing_value", f"The record has no '{name}'.")
    return member


def _variable(variables: Mapping[str, object], name: str) -> str:
    return _checked(unquote(_plain(variables, name)), name)


def _plain(members: Mapping[str, object], name: str) -> str:
    value = members.get(name, "")
    return _checked(value, name) if isinstance(value, str) else str(value)


def _checked(text: str, name: str) -> str:
    if not text.isprintable():
        raise RecordFault("control_character", f"'{name}' holds a control character.")
    return text.strip()
