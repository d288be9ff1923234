"""Glossary, decisions, dependencies and changelog are in order."""

import re
import tomllib

from tools.handbook.pages import DOCS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    words = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", page("glossary.md"), re.MULTILINE)[2:]
    lower = [word.lower() for word in words]
    assert lower == sorted(set(lower))
    assert len(words) > 100


def test_every_decision_is_listed_by_its_title() -> None:
    listed = re.findall(r"^\| \[(\d+)\]\(([\w-]+\.md)\) \| (.+) \|$", page("adr/README.md"), re.MULTILINE)
    titles = [
        (path.name, path.read_text(encoding="utf-8").splitlines()[0]) for path in sorted((DOCS / "adr").glob("0*.md"))
    ]
    assert [(name, f"# {number}. {title}") for number, name, title in listed] == titles


def test_every_decision_says_what_else_was_considered() -> None:
    parts = ("**Decision.**", "**Why.**", "**Considered.**", "**Consequences.**")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "adr").glob("0*.md")}
    assert [(name, part) for name, text in texts.items() for part in parts if part not in text] == []


def test_every_dependency_has_a_line_and_every_line_a_dependency() -> None:
    listed = re.findall(r"^\| ([a-z0-9, -]+) \| [^|]+ \| [^|]+ \|$", page("dependencies.md"), re.MULTILINE)
    told = {name for line in listed for name in line.split(", ")} - {"library", "---"}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert sorted(told) == sorted(re.split(r"[\[><=]", one)[0] for one in wanted)


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == PROJECT["version"]
