"""Each host has its site; a host nobody answers on is told so."""

import pytest

from mvne_gateway.hosts import Hosts, host_name
from mvne_platform.runtime import platform_work, work
from mvne_platform.runtime.models import BrandRow
from tests.gateway.wire import CONSOLE, OTHER_SHOP, SHOP, Wire

NAME = "{ shop { name currency } }"


def test_each_brand_answers_on_its_host(wire: Wire) -> None:
    assert wire.data(NAME, at=SHOP) == {"shop": {"name": "Test Brand", "currency": "DKK"}}
    assert wire.data(NAME, at=OTHER_SHOP) == {"shop": {"name": "Other Brand", "currency": "EUR"}}


def test_port_case_and_final_dot_do_not_matter() -> None:
    for header in ("Shop.localhost:8000", "shop.localhost.", " shop.localhost "):
        assert host_name(header) == "shop.localhost"
    assert host_name("[::1]:8000") == "[::1]"


def test_a_host_nobody_answers_on_is_told_what_to_do(wire: Wire) -> None:
    answer = wire.client.get("http://nobody.localhost/")
    assert answer.status_code == 404
    assert "Nobody answers on 'nobody.localhost'" in answer.text
    assert "mvne tenant list" in answer.text


def test_the_console_has_no_shop_and_a_shop_no_sign_in(wire: Wire) -> None:
    assert wire.client.post(f"{SHOP}/sign-in").status_code == 404
    assert wire.client.post(f"{CONSOLE}/oauth/token").status_code == 404


def test_a_closed_brand_is_gone(own_wire: Wire) -> None:
    with platform_work() as db:
        db.get_one(BrandRow, "testbrand").state = "closed"
    assert own_wire.client.get(SHOP).status_code == 404


@pytest.mark.parametrize("host", ["testbrand.localhost", "console.localhost", "nobody.localhost", "127.0.0.1"])
def test_probes_answer_on_any_host(wire: Wire, host: str) -> None:
    assert wire.client.get(f"http://{host}/healthz").json() == {"status": "alive"}
    assert wire.client.get(f"http://{host}/readyz").json() == {"status": "ready"}
    assert "mvne_http_requests_total" in wire.client.get(f"http://{host}/metrics").text


def test_an_unknown_path_is_a_problem_in_json(wire: Wire) -> None:
    answer = wire.client.get(f"{SHOP}/no/such/page")
    assert (answer.status_code, answer.json()["code"]) == (404, "HTTP_404")
    assert answer.headers["content-type"] == "application/problem+json"


def test_hosts_are_read_once_and_then_remembered(wire: Wire) -> None:
    hosts = Hosts()
    assert hosts.remembered("testbrand.localhost") == (False, None)
    found = hosts.find("testbrand.localhost")
    assert hosts.remembered("testbrand.localhost") == (True, found)
    assert hosts.find("nobody.localhost") is None
    assert hosts.remembered("nobody.localhost") == (True, None)


def test_a_live_brand_is_not_read_again_for_each_request_and_a_sandbox_is(
    own_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = work.brand_by_slug
    monkeypatch.setattr(work, "brand_by_slug", lambda db, slug: read.append(slug) or real(db, slug))
    for _ in range(3):
        own_wire.data(NAME, at=OTHER_SHOP)
    assert read == ["otherbrand"] * 3
    with platform_work() as db:
        row = db.get_one(BrandRow, "testbrand")
        row.state, row.clock_at = "live", None
    for _ in range(3):
        own_wire.data(NAME, at=SHOP)
    assert "testbrand" not in read
