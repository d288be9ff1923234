"""Brands at the console: looking, applying a manifest, going live, moving a clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

import mvne_tenants
from mvne_platform.runtime import BrandRow, platform_work
from mvne_platform.runtime.models import PlatformJobRow
from mvne_tenants import clock
from mvne_tenants.jobs import PLATFORM_JOBS
from tests.gateway.wire import CONSOLE, Wire, staff, staff_token
from tests.graphql.console.desk import ask, do
from tests.graphql.console.operations import manifest_of
from tests.graphql.console.traces import stored
from tests.plugins.cluster import START
from tests.plugins.database import Database
from tests.tenants.mini import FILES

APPLY = """mutation ($input: ApplyBrandInput!) {
  applyBrand(input: $input) {
    faults { file line code message wayOut }
    changes { section item kind before after }
    notes
    application { id brand state step requestedBy }
    userErrors { code field message }
  }
}"""
APPLICATION = """query ($id: ID!) {
  brandApplication(id: $id) { brand state step error faults { code } changes { section kind } finishedAt }
}"""
COLLECT = """mutation ($input: CollectCredentialsInput!) {
  collectCredentials(input: $input) { credentials { name clientId clientSecret } userErrors { code field } }
}"""
LIVE = """mutation ($input: TakeBrandLiveInput!) {
  takeBrandLive(input: $input) { brand { state clock { isFrozen } } missing { code missing } userErrors { code field } }
}"""
ADVANCE = """mutation ($input: AdvanceClockInput!) {
  advanceClock(input: $input) { brand { clock { now isFrozen movingTo } } userErrors { code field message } }
}"""
CLOCK = "query ($slug: String!) { brand(slug: $slug) { clock { now isFrozen movingTo } } }"


@pytest.fixture(scope="module")
def operator(wire: Wire) -> str:
    return staff_token("platform_operator", brand="*")


def files(**changed: str) -> list[dict[str, str]]:
    """The small manifest as the API takes it, with some texts replaced."""
    return [{"path": path, "content": text} for path, text in {**FILES, **changed}.items()]


def applied(wire: Wire, token: str, given: dict[str, Any]) -> dict[str, Any]:
    """The payload of applyBrand; no brand is chosen, and none is needed."""
    return do(wire, APPLY, token, given, brand=None)


def promised_applications() -> list[dict[str, Any]]:
    """The arguments of the platform's jobs that wait."""
    with platform_work() as db:
        return [row.arguments for row in db.query(PlatformJobRow).order_by(PlatformJobRow.id)]


# ---- looking


def test_a_brand_with_its_state_clock_and_hosts(wire: Wire) -> None:
    csr = staff_token("csr")
    document = """query ($slug: String!) { brand(slug: $slug) {
      slug name state country currency timeZone languages hosts clock { now isFrozen movingTo } createdAt
    } }"""
    assert ask(wire, document, csr, None, slug="testbrand")["brand"] == {
        "slug": "testbrand",
        "name": "Test Brand",
        "state": "SANDBOX",
        "country": "DK",
        "currency": "DKK",
        "timeZone": "Europe/Copenhagen",
        "languages": ["da", "en"],
        "hosts": ["testbrand.localhost"],
        "clock": {"now": "2026-09-30T22:00:00Z", "isFrozen": True, "movingTo": None},
        "createdAt": "2026-09-30T22:00:00Z",
    }
    for other in ("otherbrand", "nobrand", ""):
        assert ask(wire, document, csr, None, slug=other)["brand"] is None


def test_the_brands_granted_page_by_page(wire: Wire, operator: str) -> None:
    document = """query ($first: Int, $after: String) { brands(first: $first, after: $after) {
      nodes { slug } totalCount pageInfo { hasNextPage endCursor }
    } }"""
    assert ask(wire, document, staff_token("csr"), None)["brands"]["nodes"] == [{"slug": "testbrand"}]
    first = ask(wire, document, operator, None, first=1)["brands"]
    assert (first["nodes"], first["totalCount"]) == ([{"slug": "otherbrand"}], 2)
    assert first["pageInfo"]["hasNextPage"] is True
    second = ask(wire, document, operator, None, first=1, after=first["pageInfo"]["endCursor"])["brands"]
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == ([{"slug": "testbrand"}], False)


def test_what_a_brand_needs_before_it_goes_live(wire: Wire) -> None:
    document = "query ($slug: String!) { brand(slug: $slug) { readiness { code isMet missing } } }"
    (point,) = ask(wire, document, staff_token("csr"), None, slug="testbrand")["brand"]["readiness"]
    assert (point["code"], point["isMet"]) == ("MANIFEST", False)
    assert "apply it again" in point["missing"]


# ---- applying


def test_a_dry_run_says_what_a_new_brand_would_be_made_of_and_does_nothing(wire: Wire, operator: str) -> None:
    before = stored()
    payload = applied(wire, operator, {"files": files(), "dryRun": True})
    assert (payload["faults"], payload["userErrors"], payload["application"]) == ([], [], None)
    assert {change["kind"] for change in payload["changes"]} == {"CREATED"}
    items = {(change["section"], change["item"]) for change in payload["changes"]}
    assert {("brand", "mini"), ("hosts", "mini.localhost"), ("offerings", "mini-1"), ("clients", "webshop")} <= items
    assert stored() == before


def test_a_manifest_is_handed_to_a_worker_and_its_way_can_be_followed(own_wire: Wire) -> None:
    person = staff("platform_operator", brand="*")
    payload = applied(own_wire, person.token, {"files": files()})
    application = payload["application"]
    assert (application["brand"], application["state"], application["step"]) == ("mini", "REQUESTED", None)
    assert application["requestedBy"] == f"staff:{person.id}"
    (job,) = promised_applications()
    PLATFORM_JOBS[mvne_tenants.APPLY_JOB](**job)  # the worker's part

    done = ask(own_wire, APPLICATION, person.token, None, id=application["id"])["brandApplication"]
    assert (done["brand"], done["state"], done["step"], done["error"]) == ("mini", "APPLIED", "finished", None)
    assert {"section": "offerings", "kind": "CREATED"} in done["changes"]
    again = applied(own_wire, person.token, {"files": files(), "dryRun": True})
    assert {change["kind"] for change in again["changes"]} == {"UNCHANGED"}

    wanted = {"applicationId": application["id"]}
    (credential,) = do(own_wire, COLLECT, person.token, wanted, brand=None)["credentials"]
    assert credential["name"] == "webshop"
    assert len(credential["clientSecret"]) > 30
    assert do(own_wire, COLLECT, person.token, wanted, brand=None)["credentials"] == []
    document = '{ brand(slug: "mini") { applications { nodes { id state } } } }'
    listed = ask(own_wire, document, person.token, None)["brand"]["applications"]["nodes"]
    assert listed == [{"id": application["id"], "state": "APPLIED"}]


def test_every_fault_is_named_with_file_and_line_and_nothing_is_kept(wire: Wire, operator: str) -> None:
    before = stored()
    spoiled = files(
        **{
            "brand.toml": FILES["brand.toml"].replace('currency = "DKK"', 'currency = "XYZ"'),
            "catalogue.toml": FILES["catalogue.toml"].replace('quantity = "1h"', 'quantity = "1 week"'),
        }
    )
    for dry_run in (True, False):
        payload = applied(wire, operator, {"files": spoiled, "dryRun": dry_run})
        places = {(fault["file"], fault["line"]) for fault in payload["faults"]}
        assert {("brand.toml", 5), ("catalogue.toml", 17)} <= places
        assert all(fault["message"] and fault["wayOut"] and fault["code"] for fault in payload["faults"])
        assert [error["code"] for error in payload["userErrors"]] == ["MANIFEST_FAULTY"]
        assert (payload["application"], payload["changes"]) == (None, None)
    assert stored() == before


def test_what_cannot_be_read_at_all_is_a_fault_too(wire: Wire) -> None:
    admin, before = staff_token("brand_admin"), stored()
    # Whose it is cannot be read, so it is judged at the brand of X-Brand.
    payload = do(wire, APPLY, admin, {"files": files(**{"brand.toml": "[brand\n"})})
    assert ("brand.toml", 1, "TOML_SYNTAX") in {(one["file"], one["line"], one["code"]) for one in payload["faults"]}
    payload = do(wire, APPLY, admin, {"files": [*files(), {"path": "brand.toml", "content": ""}]})
    (error,) = payload["userErrors"]
    assert error["field"] == ["input", "files", str(len(FILES)), "path"]
    assert wire.codes(
        APPLY, {"input": {"files": [{"path": "brand.toml", "content": "["}]}}, at=CONSOLE, token=admin
    ) == [
        "FORBIDDEN"  # without a brand it is the platform's to judge
    ]
    assert stored() == before


def test_an_administrator_applies_manifests_of_the_own_brand_only(wire: Wire) -> None:
    admin, before = staff_token("brand_admin"), stored()
    for slug in ("otherbrand", "mini"):
        given = {"input": {"files": manifest_of(slug)}}
        assert wire.codes(APPLY, given, at=CONSOLE, token=admin, brand="testbrand") == ["FORBIDDEN"]
    assert stored() == before
    payload = applied(wire, admin, {"files": manifest_of("testbrand"), "dryRun": True})
    assert ("brand", "testbrand", "CHANGED") in {(c["section"], c["item"], c["kind"]) for c in payload["changes"]}


def test_what_a_brand_cannot_become_is_refused_at_once(wire: Wire) -> None:
    admin, before = staff_token("brand_admin", brand="otherbrand"), stored()
    payload = applied(wire, admin, {"files": manifest_of("otherbrand")})
    (error,) = payload["userErrors"]
    assert error["code"] == "BRAND_FIXED"
    assert "otherbrand" in error["message"]
    assert stored() == before


def test_a_key_sent_along_is_not_needed_and_does_no_harm(wire: Wire, operator: str) -> None:
    given = {"slug": "testbrand", "to": START.isoformat()}
    for _ in range(2):
        assert do(wire, ADVANCE, operator, given, key="harmless", brand=None)["userErrors"] == []
    clock.step("testbrand")


# ---- the clock


def test_a_clock_moves_until_it_has_arrived(own_wire: Wire) -> None:
    admin = staff_token("brand_admin")
    there = START + timedelta(days=3)
    payload = do(own_wire, ADVANCE, admin, {"slug": "testbrand", "to": there.isoformat()}, brand=None)
    moving = {"now": "2026-09-30T22:00:00Z", "isFrozen": True, "movingTo": "2026-10-03T22:00:00Z"}
    assert payload == {"brand": {"clock": moving}, "userErrors": []}
    assert ask(own_wire, CLOCK, admin, None, slug="testbrand")["brand"]["clock"] == moving
    while clock.step("testbrand").moved:  # the scheduler's part
        pass
    arrived = {"now": "2026-10-03T22:00:00Z", "isFrozen": True, "movingTo": None}
    assert ask(own_wire, CLOCK, admin, None, slug="testbrand")["brand"]["clock"] == arrived

    payload = do(own_wire, ADVANCE, admin, {"slug": "testbrand", "to": START.isoformat()}, brand=None)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CLOCK_GOES_BACK", ["input", "to"])
    assert ask(own_wire, CLOCK, admin, None, slug="testbrand")["brand"]["clock"] == arrived


def test_the_clock_of_another_brand_stays_where_it_is(wire: Wire) -> None:
    admin, before = staff_token("brand_admin"), stored()
    for slug in ("otherbrand", "nobrand"):
        given = {"input": {"slug": slug, "to": "2027-01-01T00:00:00Z"}}
        assert wire.codes(ADVANCE, given, at=CONSOLE, token=admin) == ["FORBIDDEN"]
        assert wire.codes(LIVE, {"input": {"slug": slug}}, at=CONSOLE, token=admin) == ["FORBIDDEN"]
    assert stored() == before


def test_whoever_may_at_every_brand_is_told_when_there_is_no_such_brand(wire: Wire, operator: str) -> None:
    payload = do(wire, ADVANCE, operator, {"slug": "nobrand", "to": "2027-01-01T00:00:00Z"}, brand=None)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("UNKNOWN_BRAND", ["input", "slug"])
    ]


# ---- going live


def test_a_brand_that_is_not_ready_is_told_what_is_missing(wire: Wire) -> None:
    admin, before = staff_token("brand_admin"), stored()
    payload = do(wire, LIVE, admin, {"slug": "testbrand"}, brand=None)
    assert payload["userErrors"] == [{"code": "NOT_READY", "field": None}]
    assert [point["code"] for point in payload["missing"]] == ["MANIFEST"]
    assert payload["brand"] is None
    assert stored() == before


def test_a_brand_that_is_ready_goes_live_once(own_wire: Wire, database: Database) -> None:
    operator = staff_token("platform_operator", brand="*")
    legal = '[legal]\nterms = "https://mini.example/t"\nprivacy = "https://mini.example/p"'
    texts = FILES["brand.toml"].replace("[legal]", legal).replace("clock = 2026-10-01", "clock = 2026-01-02")
    texts = texts.replace("[look]", '[legal.imprint]\nda = "Mini ApS"\nen = "Mini ApS"\n\n[look]')
    applied(own_wire, operator, {"files": files(**{"brand.toml": texts})})
    (job,) = promised_applications()
    PLATFORM_JOBS[mvne_tenants.APPLY_JOB](**job)
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute("UPDATE platform.brand SET clock_at = '2026-01-02' WHERE slug = 'mini'")

    payload = do(own_wire, LIVE, operator, {"slug": "mini"}, brand=None)
    assert payload["userErrors"] == [], payload
    assert payload["brand"] == {"state": "LIVE", "clock": {"isFrozen": False}}
    with platform_work() as db:
        assert db.get_one(BrandRow, "mini").clock_at is None
    again = do(own_wire, LIVE, operator, {"slug": "mini"}, brand=None)
    assert [error["code"] for error in again["userErrors"]] == ["NOT_A_SANDBOX"]
    moved = do(
        own_wire, ADVANCE, operator, {"slug": "mini", "to": datetime(2030, 1, 1, tzinfo=UTC).isoformat()}, brand=None
    )
    assert [error["code"] for error in moved["userErrors"]] == ["CLOCK_IS_REAL"]
