"""Where in a TOML document each key and array element stands: `tomllib` reads values but tells no positions."""

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every key path of a document that `tomllib` has accepted.

    Array elements stand under their index; a table stands where it is first named. Follows TOML 1.0.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    """Walks the document once; `at` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[KeyPath, int] = {}
        # How many elements each array of tables has so far: a later header means its last one.
        self.elements: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            table = self._header() if self.text[self.at] == "[" else self._pair(table)
            self._skip(_BLANK)
        return self.lines

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        self._skip(_SPACE)
        keys = self._dotted_key()
        self.at += 2 if is_array else 1
        table = (*self._inside_arrays(keys[:-1], line), keys[-1])
        self.lines.setdefault(table, line)
        if is_array:
            index = self.elements[table] = self.elements.get(table, -1) + 1
            table += (index,)
        elif table in self.elements:
            table += (self.elements[table],)
        self.lines.setdefault(table, line)
        return table

    def _inside_arrays(self, keys: list[str], line: int) -> KeyPath:
        table: KeyPath = ()
        for key in keys:
            table += (key,)
            self.lines.setdefault(table, line)
            if table in self.elements:
                table += (self.elements[table],)
        return table

    def _pair(self, table: KeyPath) -> KeyPath:
        """Read `key = value` of `table`; answers the table again."""
        line = self._line()
        path = table
        for key in self._dotted_key():
            path += (key,)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)
        return table

    def _dotted_key(self) -> list[str]:
        keys = [self._simple_key()]
        while self.text[self.at] == ".":
            self.at += 1
            self._skip(_SPACE)
            keys.append(self._simple_key())
        return keys

    def _simple_key(self) -> str:
        pattern = {'"': _BASIC, "'": _LITERAL}.get(self.text[self.at], _BARE_KEY)
        raw = self._take(pattern)
        self._skip(_SPACE)
        if pattern is _BARE_KEY:
            return raw
        return str(tomllib.loads(f"key = {raw}")["key"])

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._string(opening)
        else:
            self._skip(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        self._skip(_BLANK)
        index = 0
        while self.text[self.at] != "]":
            self.lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _string(self, quote: str) -> None:
        if self.text.startswith(quote * 3, self.at):
            self._skip(_LONG_BASIC if quote == '"' else _LONG_LITERAL)
        else:
            self._skip(_BASIC if quote == '"' else _LITERAL)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"line {self._line()}: this is not TOML that tomllib accepts")
        self.at = match.end()
        return match.group()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _line(self) -> int:
        return bisect_right(self.line_ends, self.at - 1) + 1
