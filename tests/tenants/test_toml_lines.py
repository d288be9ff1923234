"""Each key of a TOML document is found on its own line, whatever stands around it."""

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mvne_tenants.manifest.toml_lines import KeyPath, key_lines

DOCUMENT = '''\
# a comment with = and [brackets]
title = "one # not a comment"      # line 2
"quoted key".'and literal' = 1     # line 3

[owner]                            # line 5
dob = 1979-05-27 07:32:00          # line 6
text = """
[not a table]
key = "not a key"
ends with two quotes"""""          # lines 7 to 10
raw = \'\'\'
# still text
\'\'\'
list = [                           # line 14
  1, 2,                            # line 15
  # a comment inside
  [ "a", { deep = true,
    deeper = "x" } ],              # lines 17 and 18
]

[[plan]]                           # line 21
code = "a"
  [plan.price]                     # line 23
  amount = 1
  [[plan.allowance]]               # line 25
  code = "x"
  [[plan.allowance]]               # line 27
  code = "y"
[[plan]]                           # line 29
code = "b"
[[plan.allowance]]                 # line 31
code = "z"
names = { da = "Ø", en.short = "O" } # line 33
'''


def test_every_key_path_has_its_line() -> None:
    assert key_lines(DOCUMENT) == {
        ("title",): 2,
        ("quoted key",): 3,
        ("quoted key", "and literal"): 3,
        ("owner",): 5,
        ("owner", "dob"): 6,
        ("owner", "text"): 7,
        ("owner", "raw"): 11,
        ("owner", "list"): 14,
        ("owner", "list", 0): 15,
        ("owner", "list", 1): 15,
        ("owner", "list", 2): 17,
        ("owner", "list", 2, 0): 17,
        ("owner", "list", 2, 1): 17,
        ("owner", "list", 2, 1, "deep"): 17,
        ("owner", "list", 2, 1, "deeper"): 18,
        ("plan",): 21,
        ("plan", 0): 21,
        ("plan", 0, "code"): 22,
        ("plan", 0, "price"): 23,
        ("plan", 0, "price", "amount"): 24,
        ("plan", 0, "allowance"): 25,
        ("plan", 0, "allowance", 0): 25,
        ("plan", 0, "allowance", 0, "code"): 26,
        ("plan", 0, "allowance", 1): 27,
        ("plan", 0, "allowance", 1, "code"): 28,
        ("plan", 1): 29,
        ("plan", 1, "code"): 30,
        ("plan", 1, "allowance"): 31,
        ("plan", 1, "allowance", 0): 31,
        ("plan", 1, "allowance", 0, "code"): 32,
        ("plan", 1, "allowance", 0, "names"): 33,
        ("plan", 1, "allowance", 0, "names", "da"): 33,
        ("plan", 1, "allowance", 0, "names", "en"): 33,
        ("plan", 1, "allowance", 0, "names", "en", "short"): 33,
    }


def test_windows_line_ends_count_once() -> None:
    assert key_lines("a = 1\r\n\r\nb = '''\r\nx'''\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("c",): 5}


def test_the_last_line_needs_no_end() -> None:
    assert key_lines("\n\nlast = [1,\n2]") == {("last",): 3, ("last", 0): 3, ("last", 1): 4}


KEYS = st.sampled_from(["a", "b-1", "c_d", "with space", 'quo"te', "ø", "#"])
SCALARS = st.one_of(
    st.integers(-9, 99),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6),
    st.sampled_from(["multi\nline\n# text", "[x]\ny = 1", "''' and \\ and \"", 'tail"']),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=2))
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


@given(st.dictionaries(KEYS, st.one_of(TABLES, st.lists(TABLES, min_size=1, max_size=3)), max_size=4))
def test_the_paths_are_those_that_tomllib_reads(document: dict[str, Any]) -> None:
    text = "".join(_written(key, value) for key, value in document.items())
    values = tomllib.loads(text)
    assert values == document
    lines = key_lines(text)
    assert set(lines) == set(_paths(values, ()))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def _written(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"[[ {_key(key)} ]] # c\n{_pairs(row)}\n" for row in value)
    return f"[{_key(key)}]\n{_pairs(value)}\n"


def _pairs(table: dict[str, Any]) -> str:
    return "".join(f"  {_key(key)}={_value(value)} # a ] comment }}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if key in ("a", "b-1", "c_d") else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[\n" + "".join(f"{_value(item)}, # c\n" for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) and "\n" in value:
        return '"""\n' + value.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    return _quoted(value) if isinstance(value, str) else str(value)


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))
