"""Pages with made parts: finding the parts, and filling them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_PART = re.compile(r"(<!-- made: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class UnknownPart(ValueError):
    """A page asks for a part that nothing makes."""


def filled(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """The page with each part as the code would have it now; raises UnknownPart."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in parts:
            raise UnknownPart(f"Nothing makes the part '{name}'; there are: {', '.join(sorted(parts))}.")
        return f"{found[1]}\n{parts[name]().strip()}\n\n{found[3]}"

    return _PART.sub(fill, text)


def names_of_parts(text: str) -> list[str]:
    """The parts a page asks for, in its order."""
    return [found["name"] for found in _PART.finditer(text)]


def pages(docs: Path = DOCS) -> list[Path]:
    """Every page of the handbook."""
    return sorted(docs.rglob("*.md"))


def behind(parts: Mapping[str, Callable[[], str]], docs: Path = DOCS) -> dict[Path, str]:
    """The pages whose made parts are not those of the code, with the text they should have."""
    wanted = {page: filled(page.read_text(encoding="utf-8"), parts) for page in pages(docs)}
    return {page: text for page, text in wanted.items() if text != page.read_text(encoding="utf-8")}
