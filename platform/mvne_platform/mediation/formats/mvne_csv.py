"""The platform's own CSV: UTF-8, commas, a header, one record per line. See docs/reference/usage-files.md."""

from collections.abc import Iterator
from pathlib import Path

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.kernel import Unit
from mvne_platform.mediation.formats import fields
from mvne_platform.mediation.formats.lines import lines, rows, split
from mvne_platform.mediation.formats.port import FileRejected, FormatSettings, Position, RecordFault, Row
from mvne_platform.mediation.usage import Identifier, UsageEvent

COLUMNS = (
    "record_id",
    "service",
    "subscriber",
    "imsi",
    "other_party",
    "start",
    "duration_s",
    "bytes",
    "count",
    "visited_network",
    "answered",
    "cause",
)
MAX_SECONDS = 31 * 86_400
MAX_BYTES = 1 << 50
MAX_MESSAGES = 10_000

_SERVICES = {service.value: service for service in Service}
# A call without a called number cannot be rated; abroad the visited network decides.
_CALLING = {Service.VOICE_OUT, Service.SMS_OUT, Service.MMS_OUT}
_ROAMING = {service for service in Service if service.startswith("roaming_")}
_ANSWERED = {"": None, "true": True, "1": True, "false": False, "0": False}
_NUMBER = "a number in international form (+ and 6 to 15 digits)"


def read(path: Path, _settings: FormatSettings, start: Position) -> Iterator[Row]:
    """Rows of a file in the platform's format; raises FileRejected when the header is not the documented one."""
    _check_header(path)
    return rows(path, start, 1, _event)


def _check_header(path: Path) -> None:
    header = next(lines(path, 0), None)
    if header is None:
        raise FileRejected("The file is empty. Its first line must name the columns.")
    try:
        found = tuple(split(header))
    except RecordFault as fault:
        raise FileRejected(
            f"The first line is not a header: {fault.detail} It must read {','.join(COLUMNS)}"
        ) from fault
    if found == COLUMNS:
        return
    missing = [column for column in COLUMNS if column not in found]
    unknown = [column[:40] for column in found if column not in COLUMNS]
    what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}" if unknown else "has another order"
    raise FileRejected(f"The header {what}. The first line must read {','.join(COLUMNS)}")


def _event(columns: list[str]) -> UsageEvent:
    if len(columns) != len(COLUMNS):
        raise RecordFault("column_count", f"This row has {len(columns)} columns instead of {len(COLUMNS)}.")
    record_id, service_code, subscriber, imsi, other, start, seconds, volume, count, network, answered, cause = columns
    service = _SERVICES.get(service_code)
    if service is None:
        raise RecordFault("bad_service", f"'{service_code[:40]}' is no service; known are {', '.join(_SERVICES)}.")
    if answered not in _ANSWERED:
        raise RecordFault("bad_answered", f"'{answered}' in the column 'answered' is not true, false or empty.")
    return UsageEvent(
        natural_key=("mvne-csv", fields.text(record_id, "record_id", 100), service, subscriber, imsi),
        identifiers=_identifiers(subscriber, imsi),
        service=service,
        start=fields.instant(start, "start"),
        **_counted(service, seconds, volume, count),
        other_party=_other_party(other, service),
        visited_network=_network(network, service),
        answered=_ANSWERED[answered],
        cause=cause[:100] or None,
    )


def _identifiers(subscriber: str, imsi: str) -> tuple[Identifier, ...]:
    found = fields.identifier("msisdn", subscriber, "subscriber", fields.E164, _NUMBER)
    found += fields.identifier("imsi", imsi, "imsi", fields.IMSI, "an IMSI of 14 or 15 digits (ITU-T E.212)")
    if not found:
        raise RecordFault("missing_value", "The columns 'subscriber' and 'imsi' are both empty.")
    return found


def _counted(service: Service, seconds: str, volume: str, count: str) -> dict[str, int]:
    unit = UNITS[service]
    if unit is Unit.SECOND:
        return {"duration_s": fields.number(seconds, "duration_s", MAX_SECONDS)}
    if unit is Unit.BYTE:
        return {"bytes": fields.number(volume, "bytes", MAX_BYTES)}
    return {"count": fields.number(count or "1", "count", MAX_MESSAGES)}


def _other_party(value: str, service: Service) -> str | None:
    if not value:
        if service in _CALLING:
            raise RecordFault("missing_value", f"The column 'other_party' is empty, but {service} has a called number.")
        return None
    if value.startswith("+"):
        return fields.matching(value, "other_party", fields.E164, _NUMBER)
    return fields.matching(value, "other_party", fields.SHORT_CODE, "an international number or a short code")


def _network(value: str, service: Service) -> str | None:
    if value:
        return fields.matching(value, "visited_network", fields.NETWORK, "a network such as 262-01 (MCC-MNC)")
    if service in _ROAMING:
        raise RecordFault("missing_value", f"The column 'visited_network' is empty, but the service is {service}.")
    return None
