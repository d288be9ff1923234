"""An order's whole way through facts, reactions and jobs, against the real simulators."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from mvne_platform import letters, orders, party, reactions, subscriptions
from mvne_platform.inventory import Number, ResourceState
from mvne_platform.letters import Channel, Letter, LetterState, TemplateDraft
from mvne_platform.letters import jobs as letter_jobs
from mvne_platform.orders import OrderState, ProductOrder
from mvne_platform.party import jobs as party_jobs
from mvne_platform.provisioning import jobs as provisioning_jobs
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import JobRow
from mvne_platform.runtime.settings import Address, settings
from mvne_platform.subscriptions import SubscriptionState
from mvne_simulators import messages, network, partners
from tests.platform.letters.texts import ALL
from tests.platform.orders.shop import PASSPORT, Shop, order, verifying
from tests.platform.outside_world import TOKEN, Clock, reaching, serving, step

JOBS = {job.name: job for job in (letter_jobs.deliver, party_jobs.verify_identity, provisioning_jobs.send_request)}
DECLINED = [
    TemplateDraft(
        code="identity_declined",
        language=language,
        channel=Channel.EMAIL,
        subject="{{ order_number }}",
        body="{{ brand }}",
    )
    for language in ("da", "en")
]


@dataclass(slots=True)
class Way:
    """Facts, reactions and jobs of one transaction, until nothing is left to do; what waits outside is waited for."""

    ctx: Context
    clock: Clock
    network: httpx2.Client
    messages: httpx2.Client
    reacted: int = 0
    done: set[Any] = field(default_factory=set)

    def go(self) -> list[str]:
        """Do everything; answers the facts by name."""
        while self._react() or self._work():
            continue
        return [fact.kind for fact in self.ctx.facts]

    def _react(self) -> bool:
        new = self.ctx.facts[self.reacted :]
        self.reacted += len(new)
        for fact in new:
            # Each twice: at least once is what is promised, and a second time must change nothing.
            for react in reactions.REACTIONS.get(type(fact), ()) * 2:
                if react.__module__.rsplit(".", 1)[-1] in OURS:
                    react(self.ctx, fact)
        return bool(new)

    def _work(self) -> bool:
        self.ctx.db.flush()
        waiting = [row for row in self.ctx.db.scalars(select(JobRow).order_by(JobRow.id)) if row.id not in self.done]
        for row in waiting:
            if row.name not in JOBS:
                self.done.add(row.id)
                continue
            again = step(self.ctx, JOBS[row.name], **row.arguments)
            if again is None:
                self.done.add(row.id)
            else:
                self.clock.seconds += again.seconds
        return bool(waiting)


OURS = {
    "verified_identity_releases_order", "declined_identity_rejects_order", "declined_identity_is_announced",
    "released_order_starts_provisioning", "network_answer_completes_order", "network_refusal_fails_order",
    "completed_order_sends_welcome",
}  # fmt: skip


@pytest.fixture
def way(ctx: Context, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    clock = Clock()
    smtp = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setitem(settings().outside, "smtp", Address(f"127.0.0.1:{smtp.getsockname()[1]}"))
    letters.set_templates(ctx, [*ALL, *DECLINED])
    with ExitStack() as world:
        addresses = {
            name: world.enter_context(serving(app))
            for name, app in (
                ("network", network.create_app(tmp_path / "network", TOKEN, clock=clock)),
                ("partners", partners.create_app(tmp_path / "partners", TOKEN, clock=clock)),
                ("sms", messages.create_app(tmp_path / "messages", TOKEN, smtp, clock=clock)),
            )
        }
        world.enter_context(reaching(monkeypatch, **addresses))
        headers = {"Authorization": f"Bearer {TOKEN}"}
        operators = [
            world.enter_context(httpx2.Client(base_url=addresses[name], headers=headers)) for name in ("network", "sms")
        ]
        yield Way(ctx, clock, *operators)


def line_of(ctx: Context, placed: ProductOrder) -> SubscriptionState:
    [item] = orders.items(ctx, placed.id)
    return subscriptions.load_subscription(ctx, item.subscription_id).state


def test_from_the_order_to_the_welcome(ctx: Context, shop: Shop, way: Way) -> None:
    placed = order(ctx, shop)
    assert way.go() == [
        "CustomerCreated", "OrderPlaced", "OrderReleased", "NetworkRequestDone",
        "SubscriptionActivated", "OrderCompleted",
    ]  # fmt: skip
    assert (placed.state, line_of(ctx, placed)) == (OrderState.COMPLETED, SubscriptionState.ACTIVE)
    assert way.network.get("/v1/subscribers/238990000000001").json()["state"] == "active"
    mail, sms = ctx.db.scalars(select(Letter).order_by(Letter.channel)).all()
    assert {mail.state, sms.state} == {LetterState.SENT}
    [arrived] = way.messages.get("/v1/messages", params={"to": "+4520000001"}).json()["messages"]
    assert arrived["text"] == "Velkommen, Anna!"
    [arrived] = way.messages.get("/v1/messages", params={"to": "anna@example.com"}).json()["messages"]
    assert arrived["text"] == "Hej Anna!\nDit nummer er +4520000001 på smart.\n"


def test_through_identity_a_slow_network_and_an_outage(ctx: Context, shop: Shop, way: Way) -> None:
    verifying(ctx)
    for fault in ({"kind": "unavailable", "count": 2}, {"kind": "drop_answer"}, {"kind": "delay", "delay_ms": 3_000}):
        way.network.post("/v1/faults", json=fault).raise_for_status()
    placed = order(ctx, shop, document=PASSPORT)
    assert way.go() == [
        "CustomerCreated", "OrderPlaced", "IdentityVerified", "OrderReleased", "NetworkRequestDone",
        "SubscriptionActivated", "OrderCompleted",
    ]  # fmt: skip
    assert placed.state is OrderState.COMPLETED
    stats = way.network.get("/v1/stats").json()
    assert (stats["subscribers"]["active"], stats["by_operation"]["activate"]["done"]) == (1, 1)
    assert stats["requests"]["received"] > 3


def test_a_declined_identity_ends_the_order_and_is_told(ctx: Context, shop: Shop, way: Way) -> None:
    verifying(ctx)
    placed = order(ctx, shop, document=party.Document(number="A123000", country="DK"))
    assert way.go() == ["CustomerCreated", "OrderPlaced", "IdentityDeclined", "OrderRejected"]
    assert (placed.state, line_of(ctx, placed)) == (OrderState.REJECTED, SubscriptionState.TERMINATED)
    [told] = ctx.db.scalars(select(Letter)).all()
    assert (told.code, told.subject, told.state) == ("identity_declined", placed.number, LetterState.SENT)
    assert way.network.get("/v1/stats").json()["requests"]["received"] == 0


def test_a_network_that_refuses_ends_the_order(ctx: Context, shop: Shop, way: Way) -> None:
    way.network.post("/v1/faults", json={"kind": "refuse"}).raise_for_status()
    placed = order(ctx, shop)
    assert way.go() == ["CustomerCreated", "OrderPlaced", "OrderReleased", "NetworkRequestFailed", "OrderFailed"]
    assert (placed.state, placed.state_reason) == (OrderState.FAILED, "network: refused_by_network")
    assert line_of(ctx, placed) is SubscriptionState.TERMINATED
    assert set(ctx.db.scalars(select(Number.state))) == {ResourceState.FREE}
    assert ctx.db.scalars(select(Letter)).all() == []


def test_every_file_of_reactions_is_one_sentence_in_the_registry() -> None:
    [folder] = reactions.__path__
    files = {path.stem for path in Path(folder).glob("*.py")} - {"__init__"}
    listed = [react.__module__.rsplit(".", 1)[-1] for reacting in reactions.REACTIONS.values() for react in reacting]
    assert sorted(listed) == sorted(files)
    assert files >= OURS
