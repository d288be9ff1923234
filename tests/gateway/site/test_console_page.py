"""The console's front page: how to sign in and ask; about brands, nothing."""

import json
import re
import shlex
from html import unescape

from mvne_gateway import health
from mvne_gateway.site.console_pages import PROBES
from tests.gateway.wire import CONSOLE, PASSWORD, Wire, staff


def _commands(text: str) -> list[list[str]]:
    printed = re.findall(r"<code>(curl .*?)</code></pre>", text, re.DOTALL)
    return [shlex.split(unescape(one).replace("\\\n", " ")) for one in printed]


def test_both_printed_commands_work(wire: Wire) -> None:
    answer = wire.client.get(f"{CONSOLE}/")
    assert answer.status_code == 200
    sign_in, ask = _commands(answer.text)
    assert (sign_in[1], ask[1]) == (
        "http://console.localhost:8000/sign-in",
        "http://console.localhost:8000/graphql",
    )
    person = staff("csr")
    fields = json.loads(sign_in[-1])
    assert fields.keys() == {"email", "password"}
    signed_in = wire.client.post(f"{CONSOLE}/sign-in", json={"email": person.email, "password": PASSWORD}).json()
    query = json.loads(ask[-1])["query"]
    answered = wire.data(query, at=CONSOLE, token=signed_in["access_token"])
    assert answered["me"] == {"name": "csr", "brands": [{"slug": "testbrand", "roles": ["csr"]}]}


def test_every_probe_is_named(wire: Wire) -> None:
    assert frozenset(PROBES) == health.PATHS
    text = wire.client.get(f"{CONSOLE}/").text
    assert all(f'href="{path}"' in text for path in health.PATHS)


def test_no_brand_is_named_without_signing_in(wire: Wire) -> None:
    text = wire.client.get(f"{CONSOLE}/").text.lower()
    for told in ("test brand", "testbrand", "otherbrand", "prøvevej"):
        assert told not in text


def test_its_style_and_icon_are_the_platforms(wire: Wire) -> None:
    assert wire.client.get(f"{CONSOLE}/style.css").headers["content-type"].startswith("text/css")
    assert wire.client.get(f"{CONSOLE}/icon.svg").headers["content-type"].startswith("image/svg+xml")
    assert wire.client.get(f"{CONSOLE}/logo.svg").status_code == 404
