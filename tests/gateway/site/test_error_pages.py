"""Refusals: a page for who navigates, a problem in JSON for programs."""

import base64
import hashlib
import re

import pytest

from mvne_gateway.site import pages
from tests.gateway.test_database_away import _unplug
from tests.gateway.wire import CONSOLE, SHOP, Wire

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NOBODY = "http://nobody.localhost/"


def _is_self_contained(text: str, policy: str) -> bool:
    """Whether the page fetches nothing, and its one style sheet is the one the policy allows."""
    (styles,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    return f"style-src 'sha256-{digest}'" in policy and not re.search(r"<link|<img|<script|url\(", text)


@pytest.mark.parametrize(
    ("address", "language", "said"),
    [
        (NOBODY, "en", ("Nobody answers on &#39;nobody.localhost&#39;", "mvne tenant list")),
        (f"{SHOP}/nothing", "da", ("Siden findes ikke", "Til forsiden")),
        (f"{SHOP}/nothing?lang=en", "en", ("This page does not exist", "To the front page")),
        (f"{CONSOLE}/nothing", "en", ("This page does not exist", "MVNE console")),
    ],
)
def test_a_browser_gets_a_page_that_needs_nothing_else(
    wire: Wire, address: str, language: str, said: tuple[str, ...]
) -> None:
    answer = wire.client.get(address, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert all(one in answer.text for one in said)
    assert answer.headers["cache-control"] == "no-store"
    assert _is_self_contained(answer.text, answer.headers["content-security-policy"])


def test_a_page_of_a_brand_has_its_colours_and_one_of_nobody_the_platforms(wire: Wire) -> None:
    assert "--primary: #0b5fa5;" in wire.client.get(NOBODY, headers=BROWSER).text
    assert "Test Brand</a>" in wire.client.get(f"{SHOP}/nothing", headers=BROWSER).text


@pytest.mark.parametrize("accepted", ["application/json", "*/*", "application/problem+json, */*;q=0.1"])
def test_a_program_gets_a_problem(wire: Wire, accepted: str) -> None:
    for address, code in ((NOBODY, "UNKNOWN_HOST"), (f"{SHOP}/nothing", "HTTP_404")):
        answer = wire.client.get(address, headers={"Accept": accepted})
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert "mvne tenant list" in wire.client.get(NOBODY).json()["detail"]


def test_what_is_posted_is_answered_as_a_problem_even_to_a_browser(wire: Wire) -> None:
    answer = wire.client.post(f"{SHOP}/nothing", headers=BROWSER)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_is_not_there_is_explained(wire: Wire) -> None:
    answer = wire.client.get(f"{SHOP}/oauth/token", headers=BROWSER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "Det gik ikke" in answer.text


def test_while_the_database_is_away_the_brands_page_says_when_to_come_back(
    own_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_wire.client.get(f"{SHOP}/").status_code == 200
    _unplug(monkeypatch)
    answer = own_wire.client.get(f"{SHOP}/", headers=BROWSER)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "Vi er straks tilbage" in answer.text
    assert _is_self_contained(answer.text, answer.headers["content-security-policy"])
    # A host not met before cannot be looked up, and has no look of its own.
    stranger = own_wire.client.get("http://otherbrand.localhost/", headers=BROWSER)
    assert (stranger.status_code, stranger.headers["retry-after"]) == (503, "2")
    assert "We will be right back" in stranger.text


def test_a_bug_is_masked_and_gives_a_reference(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the inside of the house")

    monkeypatch.setattr(pages, "_window", broken)
    answer = wire.client.get(f"{SHOP}/", headers=BROWSER | {"X-Request-Id": "reference-0001"})
    assert answer.status_code == 500
    assert "reference-0001" in answer.text
    assert "inside of the house" not in answer.text
