"""What follows by itself from bills, renewals, top-ups and service, from the fact to its effect."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from mvne_platform import balances, billing, loyalty, receivables, subscriptions
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Fact, Money
from mvne_platform.letters.models import Channel, Letter, LetterTemplate
from mvne_platform.orders import OrderCompleted
from mvne_platform.reactions import REACTIONS
from mvne_platform.subscriptions import SubscriptionState
from tests.platform.billing.shop import Shop, copenhagen
from tests.platform.loyalty.programme import PROGRAMME


@pytest.fixture(autouse=True)
def templates(shop: Shop) -> None:
    """A text for each letter that names all its values."""
    texts = {
        "invoice": "{{ invoice_number }}|{{ amount }}|{{ due_on }}|{{ period }}",
        "renewal_failed": "{{ plan }}|{{ amount }}|{{ balance }}|{{ retry_on }}",
        "plan_lapsed": "{{ msisdn }}|{{ plan }}",
        "top_up_received": "{{ msisdn }}|{{ amount }}|{{ balance }}",
    }
    for code, body in texts.items():
        shop.ctx.db.add(LetterTemplate(code=code, language="da", channel=Channel.SMS, subject=None, body=body))
    shop.ctx.db.flush()


def react(shop: Shop, *kinds: type[Fact]) -> None:
    """Let everything follow, twice, from the facts of these kinds that have happened so far."""
    for row in shop.facts(*(kind.__name__ for kind in kinds)):
        fact = Fact.from_payload(row.kind, row.payload)
        for reaction in REACTIONS[type(fact)] * 2:
            reaction(shop.ctx, fact)


def letters(shop: Shop) -> list[tuple[str, str]]:
    rows = shop.ctx.db.scalars(select(Letter).order_by(Letter.id)).all()
    return [(letter.code, letter.body.replace("\xa0", " ")) for letter in rows]


def number_of(shop: Shop, line: subscriptions.Subscription) -> str:
    return subscriptions.identifiers(shop.ctx, line.id)[0].value


def points(shop: Shop, line: subscriptions.Subscription) -> int:
    member = loyalty.account(shop.ctx, line.customer_id)
    if member is None:
        return 0
    shop.ctx.db.refresh(member)
    return member.points


def top_up(shop: Shop, line: subscriptions.Subscription, kroner: int) -> None:
    balances.top_up(shop.ctx, line.id, Money.of(kroner, "DKK"), balances.Reason.TOP_UP, uuid4())


def start_with(shop: Shop, line: subscriptions.Subscription, kroner: int) -> None:
    """Pay the first period by a top-up."""
    top_up(shop, line, kroner)
    assert billing.renew_due(shop.ctx, line.id) == 1


def fail_four_times(shop: Shop) -> None:
    """Let the renewal's timer run on time and on each of the brand's three retry days."""
    for _ in range(4):
        shop.ctx.now, arguments = shop.timers("billing.renew_product")[-1]
        billing.jobs.renew_product.run(shop.ctx, **arguments)


def test_an_issued_invoice_is_owed_and_earns_points(shop: Shop) -> None:
    loyalty.set_programme(shop.ctx, PROGRAMME)
    line = shop.line(shop.plan("smart"))
    shop.bill()

    react(shop, billing.InvoiceIssued)

    assert receivables.owed(shop.ctx, line.account_id) == 298_000_000
    assert points(shop, line) == 29


def test_an_invoice_is_announced_when_its_document_is_there(shop: Shop) -> None:
    shop.line(shop.plan("smart"))
    (invoice,) = shop.bill()
    react(shop, billing.InvoiceIssued)
    assert letters(shop) == []

    shop.ctx.emit(billing.InvoiceRendered(invoice.id, invoice.account_id))
    react(shop, billing.InvoiceRendered)

    assert letters(shop) == [("invoice", "T000001|298,00 kr.|15. november 2026|1.–31. okt. 2026")]


def test_a_top_up_renews_the_plan_earns_points_and_is_confirmed(shop: Shop) -> None:
    loyalty.set_programme(shop.ctx, PROGRAMME)
    line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30))
    shop.ctx.now = copenhagen(10, 1, 9)
    top_up(shop, line, 150)

    react(shop, balances.BalanceToppedUp)

    assert balances.money(shop.ctx, line.id) == 50_000_000
    assert points(shop, line) == 30
    assert letters(shop) == [("top_up_received", f"{number_of(shop, line)}|150,00 kr.|50,00 kr.")]


def test_a_plan_that_waits_for_its_first_credit_is_not_announced(shop: Shop) -> None:
    line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30))
    shop.ctx.now = copenhagen(11, 12)
    for kroner, balance in ((60, 60), (50, 10)):
        react(shop, billing.RenewalFailed, billing.PlanLapsed, subscriptions.SubscriptionLapsed)
        top_up(shop, line, kroner)
        react(shop, balances.BalanceToppedUp)
        assert balances.money(shop.ctx, line.id) == balance * 1_000_000

    assert letters(shop) == [
        ("top_up_received", f"{number_of(shop, line)}|60,00 kr.|60,00 kr."),
        ("top_up_received", f"{number_of(shop, line)}|50,00 kr.|10,00 kr."),
    ]


def test_a_failed_renewal_is_announced_at_each_attempt_and_the_last_as_a_lapse(shop: Shop) -> None:
    line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30, once=20))
    start_with(shop, line, 125)
    fail_four_times(shop)
    assert line.state is SubscriptionState.LAPSED

    react(shop, billing.RenewalFailed, billing.PlanLapsed)

    assert letters(shop) == [
        ("renewal_failed", "talk på dansk|100,00 kr.|5,00 kr.|1. november 2026"),
        ("renewal_failed", "talk på dansk|100,00 kr.|5,00 kr.|2. november 2026"),
        ("renewal_failed", "talk på dansk|100,00 kr.|5,00 kr.|3. november 2026"),
        ("plan_lapsed", f"{number_of(shop, line)}|talk på dansk"),
    ]


def test_an_add_on_that_is_not_tried_again_is_announced_so(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=0)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, add_on=True)
    start_with(shop, shop.line(plan, add_ons=[add_on]), 30)
    fail_four_times(shop)

    react(shop, billing.RenewalFailed)

    assert letters(shop) == [
        ("renewal_failed", "extra på dansk|30,00 kr.|0,00 kr.|1. november 2026"),
        ("renewal_failed", "extra på dansk|30,00 kr.|0,00 kr.|2. november 2026"),
        ("renewal_failed", "extra på dansk|30,00 kr.|0,00 kr.|3. november 2026"),
        ("renewal_failed", "extra på dansk|30,00 kr.|0,00 kr.|"),
    ]


def test_service_is_counted_from_activation_and_again_from_a_return(shop: Shop) -> None:
    line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0))
    react_once(shop, subscriptions.SubscriptionActivated)
    shop.ctx.now += timedelta(days=3)
    subscriptions.lapse(shop.ctx, line.id)
    shop.ctx.now += timedelta(days=4)
    subscriptions.restore(shop.ctx, line.id)
    react_once(shop, subscriptions.SubscriptionRestored)

    assert [(due, arguments["since"]) for due, arguments in shop.timers("loyalty.reach_month")] == [
        (copenhagen(10, 1, year=2027), copenhagen(10, 1).isoformat()),
        (copenhagen(10, 8, year=2027), copenhagen(10, 8).isoformat()),
    ]


def test_a_completed_order_makes_a_member(shop: Shop) -> None:
    loyalty.set_programme(shop.ctx, PROGRAMME)
    customer = shop.customer()
    enrol = next(r for r in REACTIONS[OrderCompleted] if r.__module__.endswith("completed_order_enrols_member"))

    for _ in range(2):
        enrol(shop.ctx, OrderCompleted(uuid4(), customer.id))

    member = loyalty.account(shop.ctx, customer.id)
    assert member is not None
    assert [fact.subject_id for fact in shop.facts("MemberEnrolled")] == [member.id]


def react_once(shop: Shop, kind: type[Fact]) -> None:
    for row in shop.facts(kind.__name__):
        fact = Fact.from_payload(row.kind, row.payload)
        for reaction in REACTIONS[kind]:
            reaction(shop.ctx, fact)
