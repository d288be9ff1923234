"""Every answer has an id and careful headers; every request leaves a line, without its secrets."""

import json
import logging

import pytest
import structlog

from mvne_gateway.graphql_route import accepted_languages
from mvne_platform.runtime import telemetry
from tests.gateway.wire import CONSOLE, SHOP, Wire


def test_every_answer_carries_careful_headers(wire: Wire) -> None:
    for path in ("/", "/graphql?query=%7B__typename%7D", "/style.css", "/nothing"):
        headers = wire.client.get(f"{SHOP}{path}").headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in headers
    assert "strict-transport-security" in wire.client.get("https://testbrand.localhost/").headers


def test_a_request_keeps_the_id_it_came_with_if_that_is_harmless(wire: Wire) -> None:
    given = wire.client.get(f"{SHOP}/healthz", headers={"X-Request-Id": "order-2026_11"})
    assert given.headers["x-request-id"] == "order-2026_11"
    for strange in ("short", "x" * 65, "with space in it", "{json:1234}"):
        made = wire.client.get(f"{SHOP}/healthz", headers={"X-Request-Id": strange}).headers["x-request-id"]
        assert made != strange
        assert len(made) == 32


def test_a_request_leaves_one_line_without_query_string_or_token(
    wire: Wire, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure_logs()
    try:
        headers = {"Authorization": "Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "X-Request-Id": "line-0001"}
        wire.client.get(f"{SHOP}/healthz?token=hidden", headers=headers)
        wire.client.get(f"{SHOP}/?lang=en", headers={"X-Request-Id": "line-0002"})
    finally:
        logging.getLogger().handlers = []
        structlog.reset_defaults()
    written = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    lines = {line["request_id"]: line for line in written if line["event"] == "request"}
    assert lines["line-0001"]["path"] == "/healthz"
    assert (lines["line-0002"]["brand"], lines["line-0002"]["status"]) == ("testbrand", 200)
    assert "hidden" not in str(written)
    assert "eyJ" not in str(written)


def test_whatever_is_logged_secrets_are_taken_out() -> None:
    told = telemetry.without_secrets(
        {
            "password": "hunter2hunter2",
            "nested": [{"client_secret": "abc", "name": "shop"}],
            "header": "Authorization: Bearer abc.def",
            "address": "postgresql://someone:hush@db/mvne",
            "jwt": "got eyJhbGciOiJ.eyJpc3MiOi.sig-nature",
            "count": 3,
        }
    )
    assert told == {
        "password": "[removed]",
        "nested": [{"client_secret": "[removed]", "name": "shop"}],
        "header": "Authorization: [removed]",
        "address": "postgresql://[removed]@db/mvne",
        "jwt": "got [removed]",
        "count": 3,
    }


def test_metrics_do_not_grow_with_what_people_type(wire: Wire) -> None:
    for number in range(5):
        wire.client.get(f"{SHOP}/guess/{number}")
        wire.client.request(f"VERB{number}", SHOP)
    shown = wire.client.get(f"{CONSOLE}/metrics").text
    assert 'route="unmatched"' in shown
    assert "guess" not in shown
    assert "VERB" not in shown


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", ()),
        ("da", ("da",)),
        ("en;q=0.5, da", ("da", "en")),
        ("de-AT,de;q=0.9,*;q=0.1", ("de-at", "de", "*")),
        ("da;q=0, en", ("en",)),
        ("da;q=x, en", ("en",)),
    ],
)
def test_languages_are_tried_in_the_order_they_are_wanted(header: str, wanted: tuple[str, ...]) -> None:
    assert accepted_languages(header) == wanted


def test_a_large_body_is_refused_before_it_is_read(wire: Wire) -> None:
    answer = wire.client.post(f"{SHOP}/graphql", content=b" " * (1024 * 1024 + 1))
    assert answer.status_code == 413

    def pieces() -> object:
        for _ in range(20):
            yield b" " * 100_000

    json_type = {"Content-Type": "application/json"}
    assert wire.client.post(f"{SHOP}/graphql", content=pieces(), headers=json_type).status_code == 413
