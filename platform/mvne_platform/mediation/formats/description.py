"""A format described as data: what an operator's file looks like, so that it needs no code.

The handbook (guides/add-a-cdr-format) tells it with examples.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import orjson
import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mvne_platform.catalogue import Service
from mvne_platform.mediation.errors import BadFormat

# Only encodings in which a line feed is one byte and always a line feed: files are cut before they are decoded.
Encoding = Literal["utf-8", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "cp1250", "cp1252", "cp437", "cp850"]
DurationUnit = Literal["second", "tenth", "millisecond", "minute", "clock"]
VolumeUnit = Literal["B", "kB", "KiB", "MB", "MiB", "GB", "GiB"]
Rounding = Literal["up", "down", "nearest"]
RFC_3339, UNIX, UNIX_MS = "rfc3339", "unix", "unix_ms"
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NETWORK = re.compile(r"[0-9]{3}-[0-9]{2,3}")
# A day and a time that no two directives write alike.
_SAMPLE = datetime(2026, 10, 25, 23, 41, 0, tzinfo=UTC)


def _time_pattern(pattern: str) -> str:
    if pattern in (RFC_3339, UNIX, UNIX_MS):
        return pattern
    wall = _SAMPLE if "%z" in pattern else _SAMPLE.replace(tzinfo=None)
    try:
        told = datetime.strptime(_SAMPLE.strftime(pattern), pattern)  # noqa: DTZ007  # the pattern may have no zone
    except ValueError as error:
        raise ValueError(f"'{pattern}' cannot be read back ({error})") from error
    if told != wall:
        raise ValueError(
            f"'{pattern}' does not tell the day and the minute; use directives such as %Y-%m-%d %H:%M:%S, "
            f"or {RFC_3339}, {UNIX}, {UNIX_MS}"
        )
    return pattern


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"'{code}' is no country code such as DK (ISO 3166-1)")
    return code


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no time zone such as Europe/Copenhagen (IANA)")
    return name


def _network(name: str) -> str:
    if not _NETWORK.fullmatch(name):
        raise ValueError(f"'{name}' is no network such as 238-01 (MCC-MNC)")
    return name


Position = Annotated[int, Field(ge=1, le=1_000)]
# A column by its name (a dotted path in JSON), or by its place, the first being 1.
Ref = Annotated[str, Field(min_length=1, max_length=100)] | Position
Text = Annotated[str, Field(max_length=200)]


class Form(BaseModel):
    """A table of a description: unknown keys and values of another type are faults."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TextField(Form):
    """Where a text comes from: a column, several joined by `join`, or a constant.

    `values` turns what stands there into what it means (anything else is a fault); `default` is for an empty column.
    """

    column: Ref | tuple[Ref, ...] | None = None
    join: Annotated[str, Field(max_length=5)] = " "
    constant: Text | None = None
    values: dict[str, Text] | None = None
    default: Text | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "TextField":
        if (self.column is None) == (self.constant is None):
            raise ValueError("has either `column` or `constant`")
        if self.column == ():
            raise ValueError("names no column")
        return self

    @property
    def columns(self) -> tuple[Ref, ...]:
        """The columns it reads."""
        if self.column is None:
            return ()
        return self.column if isinstance(self.column, tuple) else (self.column,)


class NumberField(TextField):
    """A telephone number: as `dialled` in the country, or `international` digits (+, 00 or nothing before them).

    `carrier_codes` are dialled before the number to select a carrier, and left out.
    """

    form: Literal["dialled", "international"] = "dialled"
    carrier_codes: tuple[Annotated[str, Field(pattern=r"^[0-9*#]{1,8}$")], ...] = ()


class TimeField(TextField):
    """An instant: the first of `patterns` (strptime's directives, rfc3339, unix, unix_ms) that fits decides.

    Times without an offset are the wall clock of the zone; in an hour that is repeated, the first one is meant.
    """

    patterns: Annotated[
        tuple[Annotated[str, AfterValidator(_time_pattern)], ...], Field(min_length=1, max_length=10)
    ] = (RFC_3339,)


class DurationField(TextField):
    """Seconds; `clock` is hh:mm:ss or mm:ss. Parts of a second are rounded."""

    unit: DurationUnit = "second"
    rounding: Rounding = "up"


class VolumeField(TextField):
    """Bytes; several columns (up and down) are added."""

    unit: VolumeUnit = "B"
    rounding: Rounding = "up"


class Fields(Form):
    """What of the record becomes what of the event; see docs/reference/usage-files.md for the meanings."""

    service: TextField
    start: TimeField
    end: TimeField | None = None
    msisdn: NumberField | None = None
    imsi: TextField | None = None
    iccid: TextField | None = None
    account: TextField | None = None
    other_party: NumberField | None = None
    duration: DurationField | None = None
    bytes: VolumeField | None = None
    count: TextField | None = None
    visited_network: TextField | None = None
    answered: TextField | None = None
    cause: TextField | None = None
    correlation: TextField | None = None
    call: TextField | None = None
    part: TextField | None = None
    last: TextField | None = None
    attributes: Annotated[dict[str, TextField], Field(max_length=20)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> "Fields":
        if not (self.msisdn or self.imsi or self.iccid or self.account):
            raise ValueError("name no subscriber: one of msisdn, imsi, iccid, account is needed")
        if len({field is None for field in (self.call, self.part, self.last)}) > 1:
            raise ValueError("parts of calls need `call`, `part` and `last`")
        known = {service.value for service in Service}
        meant = (self.service.values or {}).values() if self.service.constant is None else (self.service.constant,)
        if unknown := sorted(set(meant) - known):
            raise ValueError(f"service: '{unknown[0]}' is no service; known are {', '.join(sorted(known))}")
        if wrong := [name for name in self.attributes if not _ATTRIBUTE.fullmatch(name)]:
            raise ValueError(f"attributes: '{wrong[0]}' cannot be a name; use small letters, digits and _")
        return self

    def all(self) -> dict[str, TextField]:
        """Every field that is described, by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields if name != "attributes"}
        described = {name: field for name, field in named.items() if field is not None}
        return described | {f"attributes.{name}": field for name, field in self.attributes.items()}


class FixedColumn(Form):
    """A column of a fixed-width file: `length` characters from `start` on, the first being 1.

    A line may end within a `ragged` one, whose padding the writer leaves out; within any other it is broken.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    start: Annotated[int, Field(ge=1, le=4_096)]
    length: Annotated[int, Field(ge=1, le=4_096)]
    ragged: bool = False


class Mark(Form):
    """A number in a header or trailer row: at a `column` of a delimited row, or `length` characters from `start` on.

    `row` counts header rows from the top, trailer rows from the first one of the trailer.
    """

    place: Literal["header", "trailer"]
    row: Annotated[int, Field(ge=1, le=100)] = 1
    column: Position | None = None
    start: Annotated[int, Field(ge=1, le=4_096)] | None = None
    length: Annotated[int, Field(ge=1, le=18)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Mark":
        if (self.column is None) == (self.start is None) or (self.start is None) != (self.length is None):
            raise ValueError("has either `column`, or `start` and `length`")
        return self


class Description(Form):
    """A format as data. `kind` says how a file is cut into columns; `natural_key` which columns tell records apart.

    `columns` names the columns of a delimited file in their order (`header`: its last header row does) or places those
    of a fixed-width file; JSON has its own names. Records with a visited network outside `home_networks` roam.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["delimited", "fixed-width", "json-lines"]
    encoding: Encoding = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(max_length=1)] = '"'
    header_rows: Annotated[int, Field(ge=0, le=100)] = 0
    footer_rows: Annotated[int, Field(ge=0, le=100)] = 0
    columns: Literal["header"] | tuple[FixedColumn, ...] | tuple[str, ...] = ()
    country: Annotated[str, AfterValidator(_country)] | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    decimal: Literal[".", ","] = "."
    fields: Fields
    natural_key: Annotated[tuple[Ref, ...], Field(min_length=1, max_length=20)]
    home_networks: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    sequence: Mark | None = None
    declared_records: Mark | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Description":
        self._check_columns()
        for name, mark in (("sequence", self.sequence), ("declared_records", self.declared_records)):
            rows = 0 if mark is None else self.header_rows if mark.place == "header" else self.footer_rows
            if mark is not None and mark.row > rows:
                raise ValueError(
                    f"{name}: there is no {mark.place} row {mark.row}; raise `{mark.place}_rows`".replace(
                        "trailer_rows", "footer_rows"
                    )
                )
            if mark is not None and mark.column is not None and self.kind != "delimited":
                raise ValueError(f"{name}: only delimited rows have columns; use `start` and `length`")
        return self

    def _check_columns(self) -> None:
        fixed = isinstance(self.columns, tuple) and any(isinstance(one, FixedColumn) for one in self.columns)
        if fixed != (self.kind == "fixed-width"):
            raise ValueError("columns: a fixed-width file, and no other, has columns with `name`, `start` and `length`")
        if self.kind == "json-lines" and (self.columns or self.header_rows or self.footer_rows):
            raise ValueError("columns: JSON has its own names; it has no header, footer or columns")
        if self.columns == "header" and not self.header_rows:
            raise ValueError("columns: without header rows the header cannot name them")
        if self.delimiter == self.quote or (self.delimiter < " " and self.delimiter != "\t"):
            raise ValueError(f"delimiter: {self.delimiter!r} cannot stand between columns")
        names = self.names()
        if len(set(names)) < len(names):
            raise ValueError("columns: a name is there twice")
        self._check_refs(names)

    def _check_refs(self, names: tuple[str, ...]) -> None:
        for where, ref in self.refs():
            if isinstance(ref, int) and self.kind != "delimited":
                raise ValueError(f"{where}: only delimited files have columns by number")
            if isinstance(ref, str) and self.kind != "json-lines" and self.columns != "header" and ref not in names:
                raise ValueError(f"{where}: there is no column '{ref}'; known are {', '.join(names) or 'none'}")

    def names(self) -> tuple[str, ...]:
        """The names of the columns, where the description gives them."""
        if isinstance(self.columns, str):
            return ()
        return tuple(one.name if isinstance(one, FixedColumn) else one for one in self.columns)

    def refs(self) -> list[tuple[str, Ref]]:
        """Every column that is read, and what reads it."""
        found = [(f"fields.{name}", ref) for name, field in self.fields.all().items() for ref in field.columns]
        return found + [("natural_key", ref) for ref in self.natural_key]


def read_description(values: Mapping[str, Any]) -> Description:
    """Understand a description; raises BadFormat that names the field at fault."""
    try:
        return Description.model_validate_json(orjson.dumps(values))
    except TypeError as error:
        raise BadFormat(f"The description is no JSON object ({error}).", field=("description",)) from error
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = tuple(str(step) for step in fault["loc"])
        said = fault["msg"].removeprefix("Value error, ")
        where = ".".join(place)
        raise BadFormat(f"{where}: {said}." if where else f"{said}.", field=("description", *place)) from error
