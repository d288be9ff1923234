"""The reader of formats that are described as data: delimited, fixed width, JSON Lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.kernel import Unit
from mvne_platform.mediation.formats import fields, values
from mvne_platform.mediation.formats.cutting import CUTTERS, LIMITS, Cut, Record
from mvne_platform.mediation.formats.description import Description, Ref, TextField
from mvne_platform.mediation.formats.lines import Line, answered, lines
from mvne_platform.mediation.formats.mvne_csv import (
    CALLING,
    MAX_ATTRIBUTE,
    MAX_BYTES,
    MAX_ID,
    MAX_MESSAGES,
    MAX_PARTS,
    MAX_SECONDS,
    ROAMING,
    SERVICES,
)
from mvne_platform.mediation.formats.port import FileRejected, FormatSettings, Position, RecordFault, Row
from mvne_platform.mediation.formats.tail import body_end
from mvne_platform.mediation.usage import Identifier, Part, UsageEvent

_ROAMING_OF = {
    Service.VOICE_OUT: Service.ROAMING_VOICE_OUT,
    Service.VOICE_IN: Service.ROAMING_VOICE_IN,
    Service.SMS_OUT: Service.ROAMING_SMS_OUT,
    Service.MMS_OUT: Service.ROAMING_MMS_OUT,
    Service.DATA: Service.ROAMING_DATA,
}


def read(path: Path, settings: FormatSettings, start: Position) -> Iterator[Row]:
    """Rows of a file of a described format; raises FileRejected for a header that lacks columns."""
    description = _description(settings)
    return _rows(path, description, parser(path, settings), start)


def parser(path: Path, settings: FormatSettings) -> Callable[[Line], UsageEvent]:
    """How a single row of the file is understood."""
    description = _description(settings)
    return Events(description, settings, CUTTERS[description.kind](description, path)).event


def _description(settings: FormatSettings) -> Description:
    if settings.description is None:
        raise FileRejected("This format has no description. Describe it before files of it are read.")
    return settings.description


def _rows(path: Path, description: Description, parse: Callable[[Line], UsageEvent], start: Position) -> Iterator[Row]:
    stop = body_end(path, description.footer_rows)
    source = lines(path, start.offset, LIMITS[description.kind])
    begin = start.offset
    if begin == 0:
        for _ in range(description.header_rows):
            line = next(source, None)
            begin = line.end if line else begin
    for number, line in enumerate(source, start.rows + description.header_rows + 1):
        if begin >= stop:
            return
        begin = line.end
        yield answered(number, line, parse, description.encoding)


@dataclass(frozen=True, slots=True)
class Events:
    """Records of one file as usage events."""

    description: Description
    settings: FormatSettings
    cut: Cut

    @property
    def country(self) -> str:
        """Whose national form the numbers have."""
        return self.description.country or self.settings.country

    @property
    def zone(self) -> str:
        """What the writer's clock shows."""
        return self.description.time_zone or self.settings.zone

    def event(self, line: Line) -> UsageEvent:
        """The event of a line; raises RecordFault."""
        return _Record(self, self.cut(line)).event()


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: its columns, and how they are understood."""

    events: Events
    columns: Record

    def event(self) -> UsageEvent:
        service, network = self._service()
        start = self._time("start")
        other = self._number("other_party")
        if other is None and service in CALLING:
            raise RecordFault("missing_value", f"There is no other_party, but {service} has a called number.")
        return UsageEvent(
            natural_key=(self._format(), service, *self._key()),
            identifiers=self._identifiers(),
            service=service,
            start=start,
            duration_s=self._seconds(start) if UNITS[service] is Unit.SECOND else None,
            bytes=self._bytes() if UNITS[service] is Unit.BYTE else None,
            count=self._count() if UNITS[service] is Unit.MESSAGE else None,
            other_party=other,
            visited_network=network,
            answered=values.truth(self._text("answered"), "answered"),
            cause=self._text("cause")[:100] or None,
            part=self._part(),
            correlation=fields.at_most(self._text("correlation"), "correlation", MAX_ID) or None,
            attributes=self._attributes(),
        )

    def _key(self) -> tuple[str, ...]:
        """What tells the record from others; with nothing in it, records of one second would be taken for one."""
        named = self.events.description.natural_key
        key = tuple(self._column(ref) for ref in named)
        if not any(key):
            raise RecordFault("missing_value", f"There is nothing in the natural key ({', '.join(map(str, named))}).")
        return key

    def _format(self) -> str:
        return self.events.settings.format

    def _field(self, name: str) -> TextField | None:
        field: TextField | None = getattr(self.events.description.fields, name)
        return field

    def _text(self, name: str) -> str:
        field = self._field(name)
        return "" if field is None else self._meant(field, name)

    def _meant(self, field: TextField, name: str) -> str:
        if field.constant is not None:
            return field.constant
        written = [self._column(ref) for ref in field.columns]
        return values.meant(field, field.join.join(written) if any(written) else "", name)

    def _column(self, ref: Ref) -> str:
        try:
            return self.columns(ref)
        except KeyError as error:
            raise RecordFault("column_count", f"This row has no column {ref}.") from error

    def _service(self) -> tuple[Service, str | None]:
        """The service as it is charged: at home there is no visited network, elsewhere the subscriber roams."""
        code = fields.text(self._text("service"), "service", MAX_ID)
        if code not in SERVICES:
            raise RecordFault("bad_service", f"'{code[:40]}' is no service; known are {', '.join(SERVICES)}.")
        service = SERVICES[code]
        written = self._text("visited_network")
        if not written:
            if service in ROAMING:
                raise RecordFault("missing_value", f"There is no visited_network, but the service is {service}.")
            return service, None
        network = values.network(written, "visited_network")
        home = self.events.description.home_networks
        if not home or service in ROAMING:
            return service, network
        return (service, None) if network in home else (_ROAMING_OF.get(service, service), network)

    def _identifiers(self) -> tuple[Identifier, ...]:
        msisdn = self._number("msisdn")
        if msisdn and not msisdn.startswith("+"):
            raise RecordFault("bad_msisdn", f"'{msisdn}' for msisdn is a short code and names nobody.")
        found: tuple[Identifier, ...] = (Identifier("msisdn", msisdn),) if msisdn else ()
        found += fields.identifier("imsi", self._text("imsi"), "imsi", fields.IMSI, "an IMSI of 14 or 15 digits")
        found += fields.identifier("iccid", self._text("iccid"), "iccid", fields.ICCID, "an ICCID of 18 to 20 digits")
        found += fields.identifier("account", self._text("account"), "account", fields.ACCOUNT, "an account code")
        if not found:
            raise RecordFault("missing_value", "The record names no subscriber.")
        return found

    def _number(self, name: str) -> str | None:
        field = getattr(self.events.description.fields, name)
        if field is None:
            return None
        return values.number(
            field, self._meant(field, name), name, self.events.country, self.events.settings.short_codes
        )

    def _time(self, name: str) -> datetime:
        field = getattr(self.events.description.fields, name)
        return values.instant(field, fields.text(self._meant(field, name), name, MAX_ID), name, self.events.zone)

    def _seconds(self, start: datetime) -> int:
        described = self.events.description.fields
        if described.duration is None and described.end is not None:
            passed = int((self._time("end") - start).total_seconds())
            if not 0 <= passed <= MAX_SECONDS:
                raise RecordFault("bad_end", f"The end is {passed} seconds after the start.")
            return passed
        written = fields.text(self._text("duration"), "duration", MAX_ID)
        field = described.duration
        return values.seconds(field, written, "duration", self.events.description.decimal, MAX_SECONDS) if field else 0

    def _bytes(self) -> int:
        field = self.events.description.fields.bytes
        written = [self._column(ref) for ref in field.columns] if field else []
        if field is None or not any(written):
            raise RecordFault("missing_value", "There is no volume (bytes).")
        return values.volume(field, written, "bytes", self.events.description.decimal, MAX_BYTES)

    def _count(self) -> int:
        return fields.number(self._text("count") or "1", "count", MAX_MESSAGES)

    def _part(self) -> Part | None:
        call = self._text("call")
        if not call:
            return None
        number = fields.number(self._text("part"), "part", MAX_PARTS)
        if number == 0:
            raise RecordFault("bad_part", "The parts of a call are numbered from 1.")
        return Part(fields.at_most(call, "call", MAX_ID), number, last=values.truth(self._text("last"), "last") is True)

    def _attributes(self) -> dict[str, str]:
        described = self.events.description.fields.attributes
        texts = {name: self._meant(field, f"attributes.{name}") for name, field in described.items()}
        return {name: fields.at_most(text, f"attributes.{name}", MAX_ATTRIBUTE) for name, text in texts.items() if text}
