"""The front page of a brand's host, as a browser gets it."""

import json
import re
import shlex
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from mvne_gateway.site.pages import OFFERINGS_QUERY
from mvne_platform import catalogue
from mvne_platform.runtime import brand_work, platform_work
from mvne_platform.runtime.models import BrandRow
from mvne_platform.runtime.settings import settings
from tests.gateway.wire import OTHER_SHOP, SHOP, Wire
from tests.platform.catalogue.samples import RETAIL, SMART

VOID = {"meta", "link", "img", "br", "use", "path", "hr"}
HOSTILE = """<script>alert(1)</script>'"&{7*7}{{7*7}}"""


@pytest.fixture(scope="module")
def shop(wire: Wire) -> Iterator[Wire]:
    """A brand with one plan."""
    with brand_work("testbrand") as ctx:
        catalogue.import_price_list(ctx, RETAIL)
        catalogue.define_offering(ctx, SMART)
    return wire


class _Page(HTMLParser):
    """The elements of a page, checked to be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def _words(text: str) -> str:
    said = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00ad", "")
    return " ".join(said.split()).replace(" .", ".")


def test_plans_stand_with_price_tax_and_allowances(shop: Wire) -> None:
    answer = shop.client.get(f"{SHOP}/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    words = _words(answer.text)
    assert "Mobilabonnementer fra Test Brand" in words
    assert "Smart 10 149,00 kr. om måneden + 49,00 kr. én gang 10 GB og fri tale" in words
    assert "10 GB data Hjemme 600 min. tale Danmark" in words
    assert "Alle priser er inkl. moms." in words
    assert "Månedlig regning Du får en regning hver måned" in words
    assert "Test Brand A/S Prøvevej 1 1000 København" in words


def test_the_page_is_well_made(shop: Wire) -> None:
    page = _Page(shop.client.get(f"{SHOP}/?lang=en").text)
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(one)) for one in ("main", "header", "footer", "nav", "h1", "title")] == [1] * 6
    headings = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(headings))
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")} <= set(ids)
    assert all("style" not in attributes for _, attributes in page.found)
    assert page.all("script") == page.all("style") == []
    named = {one.get("name") or one.get("property") for one in page.all("meta")}
    assert named >= {"viewport", "description", "og:title", "og:description", "og:url", "theme-color"}


@pytest.mark.parametrize(
    ("query", "accepted", "language", "word"),
    [
        ("", "", "da", "Abonnementer"),
        ("", "en-GB,en;q=0.9", "en", "Plans"),
        ("", "fi,sv;q=0.5", "da", "Abonnementer"),
        ("?lang=en", "da", "en", "Plans"),
        ("?lang=de", "en", "en", "Plans"),
        ("?lang=%3Cscript%3E", "", "da", "Abonnementer"),
    ],
)
def test_the_visitor_is_answered_in_a_language_of_the_brand(
    shop: Wire, query: str, accepted: str, language: str, word: str
) -> None:
    answer = shop.client.get(f"{SHOP}/{query}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    assert f">{word}</h2>" in answer.text
    assert "<script" not in answer.text


def test_a_brand_that_sells_nothing_yet_says_so(shop: Wire) -> None:
    text = shop.client.get(f"{OTHER_SHOP}/").text
    assert "Zurzeit gibt es hier nichts zu kaufen." in text
    assert "Smart 10" not in text


def test_a_sandbox_says_so_with_its_date_and_a_live_brand_does_not(own_wire: Wire) -> None:
    text = own_wire.client.get(f"{SHOP}/?lang=en").text
    assert "Sandbox Nothing ordered here is real. The date here is 1 October 2026." in _words(text)
    assert '<time datetime="2026-10-01">' in text
    with platform_work() as db:
        row = db.get_one(BrandRow, "otherbrand")
        row.state, row.clock_at = "live", None
    live = own_wire.client.get(f"{OTHER_SHOP}/?lang=en").text
    assert "Sandbox" not in live
    assert "<time" not in live


def test_a_hostile_name_stays_a_name(own_wire: Wire) -> None:
    with platform_work() as db:
        row = db.get_one(BrandRow, "testbrand")
        row.name = HOSTILE
        legal = {"name": HOSTILE, "address": [HOSTILE], "email": HOSTILE, "imprint": {"da": HOSTILE}}
        row.profile = row.profile | {"legal": legal, "look": {"primary": "red}", "accent": HOSTILE, "logo": ""}}
    with brand_work("testbrand") as ctx:
        catalogue.import_price_list(ctx, RETAIL)
    answer = own_wire.client.get(f"{SHOP}/")
    assert "<script" not in answer.text
    assert "49" not in re.sub(r"v=\w+", "", answer.text).replace("{7*7}", "")
    assert HOSTILE in _words(answer.text.replace("&lt;", "‹").replace("&gt;", "›")).replace("‹", "<").replace("›", ">")
    for path in ("/style.css", "/icon.svg", "/logo.svg"):
        assert "script" not in own_wire.client.get(f"{SHOP}{path}").text
    failed = own_wire.client.get(f"{SHOP}/nothing", headers={"Accept": "text/html"}).text
    assert "<script" not in failed


def test_the_printed_curl_asks_what_anyone_may_ask(shop: Wire) -> None:
    printed = unescape(re.search(r"<code>(curl .*?)</code></pre>", shop.client.get(f"{SHOP}/").text, re.DOTALL)[1])
    command, address, *options = shlex.split(printed.replace("\\\n", " "))
    assert (command, address) == ("curl", "http://testbrand.localhost:8000/graphql")
    assert options[:3] == ["-H", "Content-Type: application/json", "-d"]
    assert json.loads(options[3]) == {"query": OFFERINGS_QUERY}
    answer = shop.client.post(
        f"{SHOP}/graphql", content=options[3], headers={"Content-Type": "application/json"}
    ).json()
    prices = [
        {"amount": {"amount": "149.00", "currencyCode": "DKK"}},
        {"amount": {"amount": "49.00", "currencyCode": "DKK"}},
    ]
    assert answer["data"]["offerings"]["nodes"] == [{"code": "smart-10", "name": "Smart 10", "prices": prices}]


def test_graphiql_is_named_in_development_only(shop: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GraphiQL" in shop.client.get(f"{SHOP}/").text
    monkeypatch.setenv("MVNE_ENVIRONMENT", "production")
    settings.cache_clear()
    try:
        text = shop.client.get(f"{SHOP}/").text
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert "GraphiQL" not in text
    assert "curl https://testbrand.localhost/graphql" in text


def test_what_the_page_fetches_is_there_and_kept_for_good(shop: Wire) -> None:
    answer = shop.client.get(f"{SHOP}/")
    page = _Page(answer.text)
    fetched = [link["href"] for link in page.all("link") if link["rel"] in {"stylesheet", "icon"}]
    fetched += [image["src"] for image in page.all("img")]
    assert [one.partition("?")[0] for one in fetched] == ["/style.css", "/icon.svg", "/logo.svg"]
    for path in fetched:
        file = shop.client.get(f"{SHOP}{path}")
        assert (file.status_code, file.headers["cache-control"]) == (200, "public, max-age=31536000, immutable"), path
        stale = shop.client.get(f"{SHOP}{path.partition('=')[0]}=0123456789abcdef")
        assert (stale.status_code, stale.headers["cache-control"]) == (200, "no-cache"), path
    assert "'self'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_a_logo_opened_by_itself_can_do_nothing(shop: Wire) -> None:
    policy = shop.client.get(f"{SHOP}/logo.svg").headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def test_a_page_that_has_not_changed_is_not_sent_again(own_wire: Wire) -> None:
    first = own_wire.client.get(f"{SHOP}/")
    assert first.headers["cache-control"] == "no-cache"
    again = own_wire.client.get(f"{SHOP}/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    with brand_work("testbrand") as ctx:
        catalogue.import_price_list(ctx, RETAIL)
        catalogue.define_offering(ctx, SMART)
    changed = own_wire.client.get(f"{SHOP}/", headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"] == first.headers["etag"]) == (200, False)
