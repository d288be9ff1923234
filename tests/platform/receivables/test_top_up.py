"""A top-up through the payment provider, against the partners' simulator over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select

from mvne_platform import balances, receivables
from mvne_platform.kernel import Money, uuid7
from mvne_platform.receivables import PaymentState
from mvne_platform.receivables.adapters import PROVIDERS, Demand, Settlement, Verdict
from mvne_platform.receivables.models import Payment
from mvne_platform.runtime import Actor, ActorKind, Again, Context, OutsideUnavailable
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import AuditRow, FactRow, JobRow
from mvne_platform.subscriptions import SubscriptionState, UnknownSubscription, WrongState
from mvne_simulators.partners import create_app
from tests.platform.lines import make_line
from tests.platform.outside_world import TOKEN, Clock, closed_address, reaching, serving, step

HUNDRED = Money.of(100, "DKK")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    with serving(create_app(tmp_path / "partners.sqlite", TOKEN, clock=clock)) as url:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with reaching(monkeypatch, partners=url), httpx2.Client(base_url=url, headers=headers) as client:
            yield client


def asked(ctx: Context, token: str, money: Money = HUNDRED) -> Payment:
    return receivables.request_top_up(ctx, subscription_id=make_line(ctx), money=money, method_token=token)


def take(ctx: Context, payment: Payment) -> Again | None:
    return step(ctx, receivables.jobs.take_payment, payment_id=str(payment.id))


def facts(ctx: Context) -> list[tuple[str, UUID]]:
    kinds = ("PaymentCaptured", "PaymentDeclined", "PaymentUnsettled", "BalanceToppedUp")
    rows = ctx.db.scalars(select(FactRow).where(FactRow.kind.in_(kinds)).order_by(FactRow.id))
    return [(row.kind, row.subject_id) for row in rows]


def test_a_captured_payment_is_on_the_balance(ctx: Context, provider: httpx2.Client) -> None:
    payment = asked(ctx, "tok_visa_ok")
    assert (payment.state, balances.money(ctx, payment.subscription_id)) == (PaymentState.PENDING, 0)

    assert take(ctx, payment) is None

    assert (payment.state, payment.settled_at, payment.decline_reason) == (PaymentState.CAPTURED, ctx.now, None)
    assert balances.money(ctx, payment.subscription_id) == 100_000_000
    assert facts(ctx) == [("BalanceToppedUp", payment.subscription_id), ("PaymentCaptured", payment.id)]
    there = provider.get(f"/v1/payments/{payment.id}").json()
    assert (there["amount"], there["reference"]) == ({"value": "100.00", "currency": "DKK"}, "testbrand")


@pytest.mark.parametrize(
    ("token", "reason"), [("tok_declined", "do_not_honour"), ("tok_insufficient", "insufficient_funds")]
)
def test_a_declined_payment_moves_nothing(ctx: Context, provider: httpx2.Client, token: str, reason: str) -> None:
    payment = asked(ctx, token)

    assert take(ctx, payment) is None

    assert (payment.state, payment.decline_reason) == (PaymentState.DECLINED, reason)
    assert balances.money(ctx, payment.subscription_id) == 0
    assert facts(ctx) == [("PaymentDeclined", payment.id)]


def test_a_token_the_provider_cannot_read_is_declined(ctx: Context, provider: httpx2.Client) -> None:
    payment = asked(ctx, "tok_nonsense")
    take(ctx, payment)
    assert (payment.state, payment.decline_reason) == (PaymentState.DECLINED, "invalid")


def test_a_slow_payment_is_asked_about_until_it_is_settled(ctx: Context, provider: httpx2.Client, clock: Clock) -> None:
    payment = asked(ctx, "tok_slow")
    assert take(ctx, payment) == Again(2)
    assert (payment.state, balances.money(ctx, payment.subscription_id)) == (PaymentState.PENDING, 0)
    clock.seconds += 2

    assert take(ctx, payment) is None
    assert (payment.state, balances.money(ctx, payment.subscription_id)) == (PaymentState.CAPTURED, 100_000_000)


def test_a_lost_answer_is_asked_for_again_and_the_money_taken_once(ctx: Context, provider: httpx2.Client) -> None:
    payment = asked(ctx, "tok_lost_answer")
    with pytest.raises(OutsideUnavailable):
        take(ctx, payment)

    assert take(ctx, payment) is None

    assert balances.money(ctx, payment.subscription_id) == 100_000_000
    assert provider.get("/v1/stats").json()["captured"] == {"DKK": "100.00"}


def test_an_answer_recorded_twice_credits_once(ctx: Context, provider: httpx2.Client) -> None:
    payment = asked(ctx, "tok_visa_ok")
    job = receivables.jobs.take_payment
    prepared = job.prepare(ctx, payment_id=str(payment.id))
    answer = job.perform(prepared)

    for _ in range(2):
        assert job.record(ctx, prepared, answer) is None

    assert balances.money(ctx, payment.subscription_id) == 100_000_000
    assert [kind for kind, _ in facts(ctx)] == ["BalanceToppedUp", "PaymentCaptured"]
    assert job.prepare(ctx, payment_id=str(payment.id)) is None


def test_a_provider_that_stays_away_leaves_the_payment_unsettled_and_it_can_be_asked_again(
    ctx: Context, provider: httpx2.Client
) -> None:
    payment = asked(ctx, "tok_down")
    job = receivables.jobs.take_payment
    with pytest.raises(OutsideUnavailable) as away:
        take(ctx, payment)

    job.give_up(ctx, job.prepare(ctx, payment_id=str(payment.id)), away.value)

    assert (payment.state, balances.money(ctx, payment.subscription_id)) == (PaymentState.UNSETTLED, 0)
    assert facts(ctx) == [("PaymentUnsettled", payment.id)]
    jobs = select(func.count()).where(JobRow.name == "receivables.take_payment")
    assert ctx.db.scalar(jobs) == 1
    assert job.prepare(ctx, payment_id=str(payment.id)) is None
    for _ in range(2):
        assert receivables.retry_payment(ctx, payment.id).state is PaymentState.PENDING
    assert ctx.db.scalar(jobs) == 2


def test_a_settled_payment_is_not_taken_again(ctx: Context, provider: httpx2.Client) -> None:
    payment = asked(ctx, "tok_visa_ok")
    take(ctx, payment)

    receivables.retry_payment(ctx, payment.id)

    assert ctx.db.scalar(select(func.count()).where(JobRow.name == "receivables.take_payment")) == 1


def test_an_unreachable_provider_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    demand = Demand(uuid7(), HUNDRED, "tok_visa_ok", "Test Brand")
    with reaching(monkeypatch, partners=closed_address()), pytest.raises(OutsideUnavailable, match="did not answer"):
        PROVIDERS["http"](demand)


def test_a_state_nobody_knows_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"state": "considering"}))
    client = httpx2.Client(transport=answers, base_url="http://partners.test")
    monkeypatch.setattr("mvne_platform.runtime.outside.client", lambda _: client)
    with pytest.raises(OutsideUnavailable, match="considering"):
        PROVIDERS["http"](Demand(uuid7(), HUNDRED, "tok_visa_ok", "Test Brand"))


def test_another_payment_under_the_same_id_is_no_refusal(provider: httpx2.Client) -> None:
    demand = Demand(uuid7(), HUNDRED, "tok_visa_ok", "testbrand")
    PROVIDERS["http"](demand)
    with pytest.raises(OutsideUnavailable, match="knows another payment"):
        PROVIDERS["http"](replace(demand, money=Money.of(99, "DKK")))


def test_every_adapter_answers_as_its_port_says(provider: httpx2.Client) -> None:
    for name, ask in PROVIDERS.items():
        demand = Demand(uuid7(), HUNDRED, "tok_visa_ok", "Test Brand")
        assert [ask(demand), ask(demand)] == [Settlement(Verdict.CAPTURED)] * 2, name
        refused = Demand(uuid7(), HUNDRED, "tok_declined", "Test Brand")
        assert ask(refused) == Settlement(Verdict.DECLINED, "do_not_honour"), name


def test_the_means_of_payment_is_kept_sealed(ctx: Context) -> None:
    payment = asked(ctx, "tok_visa_ok")
    audits = [row.after for row in ctx.db.scalars(select(AuditRow).where(AuditRow.table_name == "payment"))]
    job = ctx.db.scalars(select(JobRow).where(JobRow.name == "receivables.take_payment")).one()
    prepared = receivables.jobs.take_payment.prepare(ctx, payment_id=str(payment.id))
    assert len(audits) == 1
    assert "tok_visa_ok" not in json.dumps([audits, job.arguments]) + payment.method_encrypted + repr(prepared)


@pytest.mark.parametrize(
    ("money", "cause"),
    [
        (Money.of(100, "EUR"), "DKK"),
        (Money.of(0, "DKK"), "more than 0"),
        (Money.of(-5, "DKK"), "more than 0"),
        (Money.of(10_001, "DKK"), "at most 10000"),
        (Money.of("0.005", "DKK"), "finer"),
    ],
)
def test_an_amount_that_cannot_be_paid_is_refused(ctx: Context, money: Money, cause: str) -> None:
    with pytest.raises(receivables.BadTopUp, match=cause) as refused:
        asked(ctx, "tok_visa_ok", money)
    assert refused.value.field == ("amount",)
    assert ctx.db.scalars(select(Payment)).all() == []
    assert ctx.db.scalars(select(JobRow).where(JobRow.name == "receivables.take_payment")).all() == []


def test_a_top_up_needs_its_permission_and_a_subscription(ctx: Context) -> None:
    line = make_line(ctx)
    with pytest.raises(UnknownSubscription):
        receivables.request_top_up(ctx, subscription_id=uuid7(), money=HUNDRED, method_token="tok_visa_ok")
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"balance.read"}))
    with pytest.raises(PermissionMissing, match=r"payment\.take"):
        receivables.request_top_up(ctx, subscription_id=line, money=HUNDRED, method_token="tok_visa_ok")
    assert ctx.db.scalars(select(Payment)).all() == []


def test_no_money_is_taken_for_a_line_that_is_over(ctx: Context) -> None:
    line = make_line(ctx, state=SubscriptionState.TERMINATED)
    with pytest.raises(WrongState) as refused:
        receivables.request_top_up(ctx, subscription_id=line, money=HUNDRED, method_token="tok_visa_ok")
    assert refused.value.field == ("subscription_id",)
    assert ctx.db.scalars(select(Payment)).all() == []
    assert ctx.db.scalars(select(JobRow)).all() == []


def test_an_invoice_is_owed_once(ctx: Context) -> None:
    payment = asked(ctx, "tok_visa_ok")
    invoice_id = uuid7()

    for _ in range(2):
        receivables.record_invoice(ctx, invoice_id=invoice_id, account_id=payment.account_id, gross_micros=298_000_000)

    assert receivables.owed(ctx, payment.account_id) == 298_000_000
    assert [(entry.kind, entry.reference_id) for entry in receivables.entries(ctx, payment.account_id)] == [
        ("invoice", invoice_id)
    ]


def test_a_payment_of_another_brand_is_not_there(ctx: Context, other_ctx: Context) -> None:
    payment = asked(ctx, "tok_visa_ok")
    with pytest.raises(receivables.UnknownPayment):
        receivables.payment(other_ctx, payment.id)
    with pytest.raises(receivables.UnknownPayment):
        receivables.retry_payment(other_ctx, payment.id)
