"""A whole brand to tell stories with: its shop over HTTP, its outside, its clock, and what became known.

    def test_unpaid_renewal_lapses(world):
        anna = world.subscriber("Pixel S")
        world.go_to("2026-11-01"); world.expect(RenewalFailed)

`expect` fails on a fact that is missing and on one that was not expected.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import select

from mvne_platform import charging, mediation
from mvne_platform.kernel import Fact, uuid7
from mvne_platform.runtime import brand_work, platform_work
from mvne_platform.runtime.models import FactRow
from mvne_platform.runtime.settings import settings
from mvne_platform.runtime.tenancy import brand_by_slug
from mvne_tenants import clock
from mvne_workers.relay import relay_brand
from mvne_workers.runner import State, run_job
from tests.gateway.wire import Wire, opened
from tests.platform.outside_world import TOKEN
from tests.plugins.database import Database
from tests.plugins.onboarding import onboard

QUIET_PATIENCE_SECONDS = 30.0


@dataclass(slots=True)
class Line:
    """A subscriber of the story, as the shop's API shows it."""

    world: "World" = field(repr=False)
    subscription_id: str
    customer_id: str
    msisdn: str

    def ask(self, selection: str) -> dict[str, Any]:
        """Fields of the subscription."""
        text = f"query ($id: ID!) {{ subscription(id: $id) {{ {selection} }} }}"
        answer: dict[str, Any] = self.world.shop(text, {"id": self.subscription_id})["subscription"]
        return answer

    @property
    def status(self) -> str:
        """The subscription's state."""
        state: str = self.ask("state")["state"]
        return state


@dataclass(slots=True)
class World:
    """One demo brand in a database of the test's own."""

    slug: str
    wire: Wire
    token: str
    network: httpx2.Client
    told: int = 0
    placed: int = 0
    delivered: int = 0

    def shop(self, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """An operation of the storefront that must succeed; mutations get a key of their own."""
        host = f"http://{self.slug}.localhost"
        return self.wire.data(text, variables, at=host, token=self.token, key=uuid7().hex)

    def drain(self) -> None:
        """Let everything that was promised happen: facts, reactions, jobs, the network's answers."""
        waiting: list[UUID] = []

        def keep(_slug: str, job_id: UUID, _queue: str) -> None:
            waiting.append(job_id)

        deadline = time.monotonic() + QUIET_PATIENCE_SECONDS
        while time.monotonic() < deadline:
            relay_brand(self.slug, keep)
            if not waiting:
                return
            outcomes = {job_id: run_job(self.slug, job_id) for job_id in waiting}
            again = {job_id: outcome for job_id, outcome in outcomes.items() if outcome.state is State.AGAIN}
            if again:
                time.sleep(min(outcome.seconds for outcome in again.values()))
            waiting[:] = again
        raise AssertionError(f"after {QUIET_PATIENCE_SECONDS:.0f} s jobs are still asked for again: {waiting}")

    def go_to(self, when: str) -> None:
        """Move the brand's clock to a date (its midnight) or an instant of the brand's zone."""
        with platform_work() as db:
            zone = ZoneInfo(brand_by_slug(db, self.slug).time_zone)
        clock.request_advance(self.slug, datetime.fromisoformat(when).replace(tzinfo=zone))
        self.drain()
        while clock.step(self.slug).moved:
            self.drain()

    def facts(self) -> Counter[str]:
        """How often each kind of fact was emitted since the last `expect`."""
        with brand_work(self.slug) as ctx:
            kinds = ctx.db.scalars(select(FactRow.kind).order_by(FactRow.id)).all()
        fresh = Counter(kinds[self.told :])
        self.told = len(kinds)
        return fresh

    def expect(self, *facts: type[Fact], times: dict[type[Fact], int] | None = None) -> None:
        """These facts and no others, once each unless `times` says otherwise, since the last `expect`."""
        expected = Counter({fact.__name__: 1 for fact in facts})
        expected.update({fact.__name__: count for fact, count in (times or {}).items()})
        found = self.facts()
        missing, unexpected = expected - found, found - expected
        assert not missing, f"did not happen: {dict(missing)}"
        assert not unexpected, f"happened unexpectedly: {dict(unexpected)}"

    def order(self, plan: str, **extra: Any) -> dict[str, Any]:
        """Order a plan for a new customer; answers the order."""
        self.placed += 1
        offering = next(o for o in self.plans() if o["code"] == plan)
        variables = {"input": {"offeringId": offering["id"], "customer": self._customer(), **extra}}
        payload = self.shop(PLACE_ORDER, variables)["placeOrder"]
        assert payload["userErrors"] == [], payload
        placed: dict[str, Any] = payload["order"]
        return placed

    def subscriber(self, plan: str, **extra: Any) -> Line:
        """A new customer whose line is in service."""
        order_id = self.order(plan, **extra)["id"]
        self.drain()
        order = self.shop(ORDER, {"id": order_id})["order"]
        assert order["state"] == "COMPLETED", order
        subscription = order["items"][0]["subscription"]
        held = {identifier["kind"]: identifier["value"] for identifier in subscription["identifiers"]}
        return Line(self, subscription["id"], order["customer"]["id"], held["MSISDN"])

    def load(self, *rows: str) -> dict[str, int]:
        """Hand in a usage file of these rows (the platform's own CSV); answers how many ended in which way."""
        self.delivered += 1
        path = settings().data / f"story-{self.delivered}.csv"
        path.write_text("\n".join([CSV_HEADER, *rows, ""]), encoding="utf-8")
        with brand_work(self.slug) as ctx:
            file = mediation.receive_file(ctx, name=path.name, format="mvne-csv", content_path=path)
            charging.start_load(ctx, file.id)
        self.drain()
        with brand_work(self.slug) as ctx:
            loaded = mediation.usage_file(ctx, file.id)
            ends = {end: getattr(loaded, end) for end in ENDS}
        return {end: count for end, count in ends.items() if count}

    def plans(self) -> list[dict[str, Any]]:
        """What the brand sells."""
        found: list[dict[str, Any]] = self.shop("{ offerings(first: 100) { nodes { id code } } }")["offerings"]["nodes"]
        return found

    def _customer(self) -> dict[str, Any]:
        return {
            "givenName": "Test",
            "familyName": f"Customer {self.placed}",
            "email": f"customer{self.placed}@{self.slug}.example",
            "birthDate": "1990-04-01",
        }


CSV_HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
ENDS = ("rated", "not_chargeable", "barred", "duplicate", "failed")
PLACE_ORDER = """
mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { id number state } userErrors { field message code } }
}
"""
ORDER = """
query ($id: ID!) {
  order(id: $id) { id state customer { id } items { subscription { id identifiers { kind value } } } }
}
"""


@pytest.fixture
def world(request: pytest.FixtureRequest, database: Database, outside_world: dict[str, str]) -> Iterator[World]:
    """The world of one brand: `fjord`, or the one a test names with `@pytest.mark.brand("pixel")`."""
    marker = request.node.get_closest_marker("brand")
    slug = marker.args[0] if marker else "fjord"
    token = onboard(slug)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with opened() as wire, httpx2.Client(base_url=outside_world["network"], headers=headers) as asked:
        made = World(slug, wire, token, asked)
        made.drain()
        made.facts()
        yield made
