"""Asterisk's Master.csv, as the module cdr_csv writes it: 18 columns, no header, local times; outgoing voice calls.

A call has a row per leg with one `uniqueid`, so the natural key is everything that tells legs apart; a row that is
equal in all of it is a repeat. See docs/reference/usage-files.md.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from mvne_platform.catalogue import Service
from mvne_platform.mediation.formats import fields
from mvne_platform.mediation.formats.lines import Line, lines, rows, split
from mvne_platform.mediation.formats.numbers import to_e164
from mvne_platform.mediation.formats.port import FileRejected, FormatSettings, Position, RecordFault, Row
from mvne_platform.mediation.usage import Identifier, UsageEvent

COLUMNS = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
)
# Left out is what a switch may fill in differently when it writes the same leg again.
_NOT_IN_KEY = {"accountcode", "dcontext", "clid", "lastapp", "lastdata", "amaflags", "userfield"}
_KEY = [index for index, column in enumerate(COLUMNS) if column not in _NOT_IN_KEY]
_DISPOSITIONS = {"ANSWERED": True, "NO ANSWER": False, "BUSY": False, "FAILED": False, "CONGESTION": False}
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
# `uniqueid` is [<system>-]<Unix second in which the channel was made>.<counter>
_UNIQUEID = re.compile(r"(?:.*-)?([0-9]{9,11})\.[0-9]+")
MAX_SECONDS = 31 * 86_400
_LOOKED_AT = 5


def read(path: Path, settings: FormatSettings, start: Position) -> Iterator[Row]:
    """Rows of a Master.csv; raises FileRejected when none of the first lines has its 18 columns."""
    first = list(islice(lines(path, 0), _LOOKED_AT))
    if not any(_width(line) == len(COLUMNS) for line in first):
        what = f"has {_width(first[0])} columns" if first else "is missing: the file is empty"
        raise FileRejected(
            f"The first line {what}; Asterisk's Master.csv has {len(COLUMNS)} and no header. "
            "Name the right format, or send the file that cdr_csv wrote."
        )
    return rows(path, start, 0, partial(_event, settings))


def parser(_path: Path, settings: FormatSettings) -> Callable[[Line], UsageEvent]:
    """How a single row is understood."""
    return lambda line: _event(settings, split(line))


def _width(line: Line) -> int:
    try:
        return len(split(line))
    except RecordFault:
        return 0


def _event(settings: FormatSettings, columns: list[str]) -> UsageEvent:
    if len(columns) != len(COLUMNS):
        raise RecordFault("column_count", f"This row has {len(columns)} columns instead of {len(COLUMNS)}.")
    record = dict(zip(COLUMNS, columns, strict=True))
    disposition = record["disposition"]
    if disposition not in _DISPOSITIONS:
        raise RecordFault("bad_disposition", f"'{disposition[:40]}' is none of {', '.join(_DISPOSITIONS)}.")
    fields.text(record["uniqueid"], "uniqueid", 150)
    return UsageEvent(
        natural_key=("asterisk", *(columns[index] for index in _KEY)),
        identifiers=_identifiers(record["accountcode"], record["src"], settings),
        service=Service.VOICE_OUT,
        start=_start(record["start"], record["uniqueid"], settings.zone),
        duration_s=fields.number(record["billsec"], "billsec", MAX_SECONDS),
        other_party=_called(record["dst"], settings),
        answered=_DISPOSITIONS[disposition],
        cause=disposition,
    )


def _identifiers(account: str, src: str, settings: FormatSettings) -> tuple[Identifier, ...]:
    found = fields.identifier("account", account, "accountcode", fields.ACCOUNT, "an account code")
    number = to_e164(src, settings.country, settings.short_codes)
    if number is not None and number.startswith("+"):
        found = (*found, Identifier("msisdn", number))
    if fields.ACCOUNT.fullmatch(src):
        found = (*found, Identifier("account", src))
    if not found and not src:
        raise RecordFault("missing_value", "The columns 'src' and 'accountcode' are both empty.")
    if not found:
        raise RecordFault("bad_src", f"{fields.quoted(src)} in the column 'src' is not a number or an account.")
    return found


def _called(dst: str, settings: FormatSettings) -> str:
    number = to_e164(fields.text(dst, "dst", 80), settings.country, settings.short_codes)
    if number is None:
        raise RecordFault("bad_dst", f"{fields.quoted(dst)} in the column 'dst' is no number.")
    return number


def _start(local: str, uniqueid: str, zone: str) -> datetime:
    """The start in UTC. In the hour that a clock change repeats, the channel's own Unix second decides which it was."""
    fields.matching(local, "start", _LOCAL, "a time such as 2026-10-01 12:00:00")
    try:
        candidates = fields.instants(datetime.fromisoformat(local), ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        raise RecordFault("bad_start", f"'{local}' in the column 'start' is no date and time.") from error
    if not candidates:
        raise RecordFault("bad_start", f"'{local}' did not exist in {zone}: the clocks were moved forward over it.")
    return fields.since_1970(min(candidates, key=partial(_distance, uniqueid)), "start")


def _distance(uniqueid: str, start: datetime) -> float:
    made = _UNIQUEID.fullmatch(uniqueid)
    return abs(start.timestamp() - int(made[1])) if made else 0
