"""The platform's own CSV as columns.

What is taken here is taken by the row reader too, with the same values; everything else is left to it, so that a row
that cannot be read has one reason, whoever reads it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from mvne_platform.catalogue import UNITS
from mvne_platform.kernel import Unit
from mvne_platform.mediation.columns import slices
from mvne_platform.mediation.columns.frame import FRAME, SERVICES, event_keys, natural_text
from mvne_platform.mediation.columns.slices import Block
from mvne_platform.mediation.formats import mvne_csv
from mvne_platform.mediation.formats.fields import E164, IMSI, NETWORK, SHORT_CODE
from mvne_platform.mediation.formats.mvne_csv import ATTRIBUTE, CORRELATION, MAX_ATTRIBUTE, MAX_ID, PART

HEADER_LINES = 1
# RFC 3339, and only what every calendar agrees on: neither leap seconds nor offsets of a day and more.
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_INSTANT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}(?:\.[0-9]{{1,9}})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$"
# The last second that a calendar of four-digit years has, in UTC.
_LATEST = 253_402_300_799
_WALL = "%Y-%m-%dT%H:%M:%S"
_WALL_LENGTH = 19
_MOST = {Unit.SECOND: mvne_csv.MAX_SECONDS, Unit.BYTE: mvne_csv.MAX_BYTES, Unit.MESSAGE: mvne_csv.MAX_MESSAGES}
_CODES = {service.value: place for place, service in enumerate(SERVICES)}
_PLACES = {unit: place for place, unit in enumerate(Unit)}
_UNITS = {service.value: _PLACES[UNITS[service]] for service in SERVICES}
_ANSWERED = {text: -1 if value is None else int(value) for text, value in mvne_csv.ANSWERED.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file."""

    columns: tuple[str, ...]

    def frame(self, block: Block, first: int) -> tuple[pl.DataFrame, np.ndarray]:
        """The block's good rows, whose first line has the number `first`, and which lines they are."""
        taken = slices.plain_lines(block, len(self.columns) - 1)
        text = self._text(slices.lines_of(block, taken))
        places = np.flatnonzero(taken)
        typed = text.with_columns(pl.Series("row", places + first)).lazy().with_columns(_coded()).with_columns(_typed())
        good = typed.filter(_good(text.columns)).select(self._selected()).collect()
        taken[:] = False
        taken[good["row"].to_numpy() - first] = True
        upper, lower = event_keys(good["start"].to_numpy(), good["natural"].to_list())
        keyed = good.with_columns(pl.Series("key_hi", upper), pl.Series("key_lo", lower))
        return keyed.select(FRAME.names()).cast(FRAME), taken

    def _text(self, content: bytes) -> pl.DataFrame:
        schema = pl.Schema(dict.fromkeys(self.columns, pl.String))
        if not content:
            return pl.DataFrame(schema=schema)
        text = pl.read_csv(content, has_header=False, schema=schema, quote_char=None, empty_string_is_null=False)
        last = self.columns[-1]
        return text.with_columns(pl.col(last).str.strip_suffix("\r")) if b"\r" in content else text

    def _selected(self) -> list[pl.Expr]:
        none = pl.lit(None, pl.String)
        return [
            *(pl.col(column) for column in ("row", "start", "service", "quantity", "answered")),
            *(_or_null(column) for column in ("other_party", "visited_network", "imsi")),
            _or_null("subscriber").alias("msisdn"),
            *(none.alias(column) for column in ("iccid", "account", "account_2")),
            (_or_null(CORRELATION) if CORRELATION in self.columns else none).alias("correlation"),
            _attributes([column for column in self.columns if column.startswith(ATTRIBUTE)]).alias("attributes"),
            natural_text(
                ["mvne-csv", *(pl.col(column) for column in ("record_id", "service_code", "subscriber", "imsi"))]
            ).alias("natural"),
        ]


def layout(path: Path) -> Layout:
    """The layout of a file; raises FileRejected."""
    return Layout(mvne_csv.header(path))


def _coded() -> list[pl.Expr]:
    code = pl.col("service")
    return [
        code.alias("service_code"),
        code.replace_strict(_CODES, default=None, return_dtype=pl.UInt8),
        code.replace_strict(_UNITS, default=None, return_dtype=pl.UInt8).alias("unit"),
    ]


def _typed() -> list[pl.Expr]:
    answered = pl.col("answered").replace_strict(_ANSWERED, default=None, return_dtype=pl.Int8)
    return [answered, _start(), _quantity()]


def _start() -> pl.Expr:
    text = pl.col("start")
    wall = text.str.slice(0, _WALL_LENGTH).str.to_datetime(_WALL, strict=False, time_unit="us").dt.epoch("s")
    zone = text.str.tail(6)
    minutes = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + zone.str.slice(4, 2).cast(pl.Int64, strict=False)
    ahead = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes)
    shifted = pl.when(text.str.ends_with("Z")).then(wall).otherwise(wall - ahead * 60)
    return pl.when(text.str.contains(_INSTANT)).then(shifted).alias("start")


def _quantity() -> pl.Expr:
    unit = pl.col("unit")
    digits, most = pl.col("count").replace("", "1"), pl.lit(_MOST[Unit.MESSAGE])
    for counted, column in ((Unit.SECOND, "duration_s"), (Unit.BYTE, "bytes")):
        here = unit == _PLACES[counted]
        digits = pl.when(here).then(pl.col(column)).otherwise(digits)
        most = pl.when(here).then(_MOST[counted]).otherwise(most)
    whole = pl.when(digits.str.contains("^[0-9]{1,18}$")).then(digits).cast(pl.Int64, strict=False)
    return pl.when(whole <= most).then(whole).alias("quantity")


def _good(columns: list[str]) -> pl.Expr:
    """Whether the row reader would take the row as the event of a whole call."""
    empty = {column: pl.col(column) == "" for column in columns}
    service = pl.col("service_code")
    conditions = [
        pl.col("service", "answered", "start", "quantity").is_not_null(),
        pl.col("start").is_between(0, _LATEST),
        ~empty["record_id"] & (pl.col("record_id").str.len_chars() <= MAX_ID),
        empty["subscriber"] | _is("subscriber", E164.pattern),
        empty["imsi"] | _is("imsi", IMSI.pattern),
        ~(empty["subscriber"] & empty["imsi"]),
        pl.when(empty["other_party"])
        .then(~service.is_in(sorted(mvne_csv.CALLING)))
        .otherwise(_is("other_party", f"{E164.pattern}|{SHORT_CODE.pattern}")),
        pl.when(empty["visited_network"])
        .then(~service.is_in(sorted(mvne_csv.ROAMING)))
        .otherwise(_is("visited_network", NETWORK.pattern)),
        *(empty[column] for column in PART if column in columns),
        *(pl.col(column).str.len_chars() <= MAX_ID for column in columns if column == CORRELATION),
        *(pl.col(column).str.len_chars() <= MAX_ATTRIBUTE for column in columns if column.startswith(ATTRIBUTE)),
    ]
    return pl.all_horizontal(conditions)


def _is(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.contains(f"^(?:{pattern})$")


def _or_null(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _attributes(columns: list[str]) -> pl.Expr:
    """JSON text of the attributes that are there; plain rows hold no control character, so two escapes are enough."""
    if not columns:
        return pl.lit(None, pl.String)
    members = [pl.when(pl.col(column) != "").then(_member(column)) for column in columns]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))


def _member(column: str) -> pl.Expr:
    escaped = pl.col(column).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    return pl.concat_str(pl.lit(f'"{column.removeprefix(ATTRIBUTE)}":"'), escaped, pl.lit('"'))
