"""The handbook builds without a warning, hangs together, and is read without any other host."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a browser fetches by itself; a link that a reader may follow is another matter.
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
FOREIGN = re.compile(r"^(?:https?:)?//")


class Page(HTMLParser):
    """What a page is reached by, where it leads, and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.anchors.add(attributes.get("id", ""))
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag in FETCHED and FETCHED[tag] in attributes:
            self.fetched.append(attributes[FETCHED[tag]])


@dataclass(slots=True)
class Site:
    """The built handbook."""

    folder: Path
    pages: dict[Path, Page] = field(default_factory=dict)

    def page(self, path: Path) -> Page:
        """A page, read once."""
        if path not in self.pages:
            self.pages[path] = Page(path.read_text(encoding="utf-8"))
        return self.pages[path]

    def all_pages(self) -> Iterator[tuple[Path, Page]]:
        """But the one for a wrong address, which is served at any depth."""
        for path in sorted(self.folder.rglob("*.html")):
            if path.name != "404.html":
                yield path, self.page(path)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build as people do, strictly."""
    folder = tmp_path_factory.mktemp("handbook")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    # Its own warning about a successor is no fault of a page.
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(folder)


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place(site: Site) -> None:
    broken = [
        f"{path.relative_to(site.folder)} → {link}"
        for path, page in site.all_pages()
        for link in page.links
        if not leads_somewhere(site, path, link)
    ]
    assert broken == []


def leads_somewhere(site: Site, path: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True  # another host's
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    return not parts.fragment or target.suffix != ".html" or parts.fragment in site.page(target).anchors


def test_a_reader_needs_no_other_host(site: Site) -> None:
    foreign = {address for _, page in site.all_pages() for address in page.fetched if FOREIGN.match(address)}
    sheets = [sheet.read_text(encoding="utf-8") for sheet in site.folder.rglob("*.css")]
    foreign |= {found for sheet in sheets for found in re.findall(r"url\([\"']?((?:https?:)?//[^)\"']+)", sheet)}
    assert foreign == set()


def test_no_page_asks_for_the_drawing_script_of_another_host(site: Site) -> None:
    """The theme fetches Mermaid from a CDN as soon as a page has such a diagram."""
    assert [path.name for path, page in site.all_pages() if "mermaid" in path.read_text(encoding="utf-8")] == []
