"""The platform's own CSV: UTF-8, commas, a header, one record per line. See docs/reference/usage-files.md."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypedDict

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.kernel import Unit
from mvne_platform.mediation.formats import fields
from mvne_platform.mediation.formats.lines import Line, lines, rows, split
from mvne_platform.mediation.formats.port import FileRejected, FormatSettings, Position, RecordFault, Row
from mvne_platform.mediation.usage import Identifier, Part, UsageEvent

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
MAX_PARTS = 10_000

# Columns that a file may have besides, behind the others and in any order.
CORRELATION = "correlation"
PART = ("call", "part", "last")
ATTRIBUTE = "attribute."
MAX_ATTRIBUTES = 20
MAX_ATTRIBUTE = 200
MAX_ID = 100

_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
SERVICES = {service.value: service for service in Service}
# A call without a called number cannot be rated; abroad the visited network decides.
CALLING = {
    Service.VOICE_OUT,
    Service.VOICE_FORWARDED,
    Service.SMS_OUT,
    Service.MMS_OUT,
    Service.CONTENT,
}
ROAMING = {service for service in Service if service.startswith("roaming_")}
ANSWERED = {"": None, "true": True, "1": True, "false": False, "0": False}
_NUMBER = "a number in international form (+ and 6 to 15 digits)"


def read(path: Path, _settings: FormatSettings, start: Position) -> Iterator[Row]:
    """Rows of a file in the platform's format; raises FileRejected when the header is not the documented one."""
    return rows(path, start, 1, partial(_event, header(path)[len(COLUMNS) :]))


def parser(path: Path, _settings: FormatSettings) -> Callable[[Line], UsageEvent]:
    """How a single row of the file is understood."""
    extra = header(path)[len(COLUMNS) :]
    return lambda line: _event(extra, split(line))


def header(path: Path) -> tuple[str, ...]:
    """The columns the file has: the documented ones, and what it has besides. Raises FileRejected."""
    first = next(lines(path, 0), None)
    if first is None:
        raise FileRejected("The file is empty. Its first line must name the columns.")
    try:
        found = tuple(split(first))
    except RecordFault as fault:
        raise FileRejected(
            f"The first line is not a header: {fault.detail} It must read {','.join(COLUMNS)}"
        ) from fault
    extra = found[len(COLUMNS) :]
    if found[: len(COLUMNS)] != COLUMNS or not all(_is_optional(column) for column in extra):
        raise FileRejected(f"The header {_difference(found)}. The first line must read {','.join(COLUMNS)}")
    _check_extra(extra)
    return found


def _is_optional(column: str) -> bool:
    if column.startswith(ATTRIBUTE):
        return _ATTRIBUTE_NAME.fullmatch(column.removeprefix(ATTRIBUTE)) is not None
    return column == CORRELATION or column in PART


def _difference(found: tuple[str, ...]) -> str:
    missing = [column for column in COLUMNS if column not in found]
    unknown = [column[:40] for column in found if column not in COLUMNS and not _is_optional(column)]
    if missing:
        return f"lacks {', '.join(missing)}"
    return f"has {', '.join(unknown)}" if unknown else "has another order"


def _check_extra(extra: tuple[str, ...]) -> None:
    if len(set(extra)) < len(extra):
        raise FileRejected("The header names a column twice. Each column may stand there once.")
    if 0 < len(set(PART) & set(extra)) < len(PART):
        raise FileRejected(f"The header has only some of {', '.join(PART)}. Parts of calls need all three.")
    if sum(column.startswith(ATTRIBUTE) for column in extra) > MAX_ATTRIBUTES:
        raise FileRejected(f"The header has more than {MAX_ATTRIBUTES} attributes. Leave out those nobody reads.")


def _event(extra: tuple[str, ...], columns: list[str]) -> UsageEvent:
    width = len(COLUMNS) + len(extra)
    if len(columns) != width:
        raise RecordFault("column_count", f"This row has {len(columns)} columns instead of {width}.")
    record_id, service_code, subscriber, imsi, other, start, seconds, volume, count, network, answered, cause = columns[
        : len(COLUMNS)
    ]
    service = SERVICES.get(service_code)
    if service is None:
        raise RecordFault("bad_service", f"'{service_code[:40]}' is no service; known are {', '.join(SERVICES)}.")
    return UsageEvent(
        natural_key=("mvne-csv", fields.text(record_id, "record_id", MAX_ID), service, subscriber, imsi),
        identifiers=_identifiers(subscriber, imsi),
        service=service,
        start=fields.instant(start, "start"),
        **_counted(service, seconds, volume, count),
        other_party=_other_party(other, service),
        visited_network=_network(network, service),
        answered=_answered(answered, "answered"),
        cause=cause[:100] or None,
        **_besides(dict(zip(extra, columns[len(COLUMNS) :], strict=True))),
    )


class _Besides(TypedDict):
    correlation: str | None
    part: Part | None
    attributes: dict[str, str]


def _besides(extra: dict[str, str]) -> _Besides:
    return {
        "correlation": fields.at_most(extra.get(CORRELATION, ""), CORRELATION, MAX_ID) or None,
        "part": _part(*(extra.get(column, "") for column in PART)),
        "attributes": {
            column.removeprefix(ATTRIBUTE): fields.at_most(value, column, MAX_ATTRIBUTE)
            for column, value in extra.items()
            if column.startswith(ATTRIBUTE) and value
        },
    }


def _part(call: str, number: str, last: str) -> Part | None:
    if not call:
        if number or last:
            raise RecordFault(
                "missing_value", "The columns 'part' and 'last' name no call: the column 'call' is empty."
            )
        return None
    count = fields.number(number, "part", MAX_PARTS)
    if count == 0:
        raise RecordFault("bad_part", "The parts of a call are numbered from 1.")
    return Part(fields.at_most(call, "call", MAX_ID), count, last=_answered(last, "last") is True)


def _answered(value: str, column: str) -> bool | None:
    if value not in ANSWERED:
        raise RecordFault(f"bad_{column}", f"'{value[:60]}' in the column '{column}' is not true, false or empty.")
    return ANSWERED[value]


def _identifiers(subscriber: str, imsi: str) -> tuple[Identifier, ...]:
    found = fields.identifier("msisdn", subscriber, "subscriber", fields.E164, _NUMBER)
    found += fields.identifier("imsi", imsi, "imsi", fields.IMSI, "an IMSI of 14 or 15 digits (ITU-T E.212)")
    if not found:
        raise RecordFault("missing_value", "The columns 'subscriber' and 'imsi' are both empty.")
    return found


class _Counted(TypedDict, total=False):
    duration_s: int
    bytes: int
    count: int


def _counted(service: Service, seconds: str, volume: str, count: str) -> _Counted:
    unit = UNITS[service]
    if unit is Unit.SECOND:
        return {"duration_s": fields.number(seconds, "duration_s", MAX_SECONDS)}
    if unit is Unit.BYTE:
        return {"bytes": fields.number(volume, "bytes", MAX_BYTES)}
    return {"count": fields.number(count or "1", "count", MAX_MESSAGES)}


def _other_party(value: str, service: Service) -> str | None:
    if not value:
        if service in CALLING:
            raise RecordFault("missing_value", f"The column 'other_party' is empty, but {service} has a called number.")
        return None
    if value.startswith("+"):
        return fields.matching(value, "other_party", fields.E164, _NUMBER)
    return fields.matching(value, "other_party", fields.SHORT_CODE, "an international number or a short code")


def _network(value: str, service: Service) -> str | None:
    if value:
        return fields.matching(value, "visited_network", fields.NETWORK, "a network such as 262-01 (MCC-MNC)")
    if service in ROAMING:
        raise RecordFault("missing_value", f"The column 'visited_network' is empty, but the service is {service}.")
    return None
