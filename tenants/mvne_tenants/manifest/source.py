"""A parsed TOML file that can still say where each value stood."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.toml_lines import KeyPath, key_lines

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML document: its values, and the line of each key. Decimal fractions are read exactly, as Decimal."""

    file: str
    values: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest table around it when it is absent."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def fault(self, path: KeyPath, code: str, message: str, way_out: str) -> Fault:
        """A fault at `path`."""
        return Fault(self.file, self.line(path), code, message, way_out)

    @property
    def root(self) -> "Table":
        """The document's outermost table."""
        return Table(self, (), self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a source, read leniently: what has the wrong type behaves as absent.

    Relations between files are checked on tables, so that a fault of form in one key hides no fault in another.
    """

    source: Source
    path: KeyPath
    values: dict[str, Any]

    def text(self, key: str) -> str:
        """The text at `key`, or an empty one."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[tuple[int, str]]:
        """The texts of the array at `key` with their index."""
        value = self.values.get(key)
        return [(i, v) for i, v in enumerate(value) if isinstance(v, str)] if isinstance(value, list) else []

    def table(self, key: str) -> "Table":
        """The table at `key`, or an empty one."""
        value = self.values.get(key)
        return Table(self.source, (*self.path, key), value if isinstance(value, dict) else {})

    def tables(self, key: str) -> list["Table"]:
        """The tables of the array at `key`."""
        value = self.values.get(key)
        rows = value if isinstance(value, list) else []
        return [Table(self.source, (*self.path, key, i), row) for i, row in enumerate(rows) if isinstance(row, dict)]

    def fault(self, key: str | KeyPath, code: str, message: str, way_out: str) -> Fault:
        """A fault at `key` of this table."""
        inner = (key,) if isinstance(key, str) else key
        return self.source.fault((*self.path, *inner), code, message, way_out)


def parse_toml(file: str, text: str) -> Source | Fault:
    """Read a TOML 1.0 document; a document with a syntax error answers its first one as a fault."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        position = _POSITION.search(str(error))
        line = int(position[1]) if position and position[1] else text.count("\n") + 1
        cause = _POSITION.sub("", str(error))
        return Fault(file, line, "TOML_SYNTAX", f"{cause}.", "Correct the line; the rest is read once it is TOML.")
    return Source(file, values, key_lines(text))
