"""The month's run: who is billed for what, once, in order."""

from datetime import date

import pytest
from sqlalchemy import func, select

from mvne_platform import billing
from mvne_platform.billing.models import BillRun, Charge, Invoice, RunState
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging.models import RatedStatus
from mvne_platform.runtime import Context
from mvne_platform.runtime.context import Actor, ActorKind, PermissionMissing
from tests.platform.billing.shop import DECEMBER, NOVEMBER, OCTOBER, Shop, copenhagen


def descriptions(shop: Shop, invoice: billing.Invoice) -> list[tuple[str, date, int]]:
    return [
        (line.description, line.period_start, line.exact_micros)
        for line in billing.lines(shop.ctx, [invoice.id])[invoice.id]
    ]


def test_an_account_is_billed_for_the_past_month_and_charged_for_the_next(shop: Shop) -> None:
    line = shop.line(shop.plan("smart"))
    shop.used(line, 1_250_000)

    (invoice,) = shop.bill()

    assert (invoice.number, invoice.period_start, invoice.period_end) == ("T000001", OCTOBER, NOVEMBER)
    assert (invoice.due_on, invoice.currency, invoice.gross_micros) == (date(2026, 11, 15), "DKK", 299_250_000)
    assert [fact.payload for fact in shop.facts("InvoiceIssued")] == [
        {
            "invoice_id": str(invoice.id),
            "account_id": str(line.account_id),
            "gross_micros": 299_250_000,
            "currency": "DKK",
        }
    ]
    assert [job["invoice_id"] for job in shop.take_jobs("billing.render_invoice")] == [invoice.id]
    run = shop.ctx.db.get_one(BillRun, invoice.run_id)
    assert (run.state, run.accounts_total, run.accounts_done) == (RunState.COMPLETED, 1, 1)
    assert len(shop.facts("BillRunCompleted")) == 1


def test_the_second_month_bills_only_what_is_new(shop: Shop) -> None:
    line = shop.line(shop.plan("smart", once=99))
    shop.used(line, 1_000_000)
    shop.bill()
    shop.used(line, 2_000_000, at=copenhagen(11, 3), bill_period=NOVEMBER)

    (invoice,) = shop.bill(DECEMBER)

    assert invoice.number == "T000002"
    assert descriptions(shop, invoice) == [
        ("smart på dansk", DECEMBER, 149_000_000),
        ("Opkald – dk", NOVEMBER, 2_000_000),
    ]


def test_a_record_that_comes_after_its_month_was_billed_is_on_the_next_bill(shop: Shop) -> None:
    line = shop.line(shop.plan("smart"))
    shop.bill()
    # Rating put it into the period that the account is in now.
    shop.used(line, 750_000, at=copenhagen(10, 31, 23, 59), bill_period=NOVEMBER)

    (invoice,) = shop.bill(DECEMBER)

    assert descriptions(shop, invoice)[-1] == ("Opkald – dk", NOVEMBER, 750_000)


def test_what_is_not_rated_is_not_billed(shop: Shop) -> None:
    line = shop.line(shop.plan("smart"))
    shop.used(line, 0, status=RatedStatus.NOT_CHARGEABLE, zone="emergency")
    shop.used(line, 0, status=RatedStatus.BARRED, zone="blocked")

    (invoice,) = shop.bill()

    assert [kind for kind, _, _ in descriptions(shop, invoice)] == ["smart på dansk"] * 2


def test_the_lines_of_usage_add_up_to_their_events(shop: Shop) -> None:
    line = shop.line(shop.plan("smart"))
    amounts = [1, 333_333, 4_999, 5_000, 1_000_001]
    for at, micros in enumerate(amounts):
        shop.used(line, micros, zone="dk" if at % 2 else "eu")

    (invoice,) = shop.bill()

    usage = [item for item in billing.lines(shop.ctx, [invoice.id])[invoice.id] if item.service]
    assert [(item.zone, item.events, item.exact_micros) for item in usage] == [("dk", 2, 338_333), ("eu", 3, 1_005_001)]
    assert sum(item.exact_micros for item in usage) == sum(amounts)


def test_an_account_with_nothing_to_bill_gets_no_invoice_and_moves_on(shop: Shop) -> None:
    account = shop.account()
    shop.line(shop.plan("free", monthly=0), account)

    assert shop.bill() == []

    assert account.billed_until == NOVEMBER
    run = shop.ctx.db.scalars(select(BillRun)).one()
    assert (run.state, run.accounts_total, run.accounts_done) == (RunState.COMPLETED, 1, 1)


def test_a_brand_without_accounts_to_bill_completes_its_run_at_once(shop: Shop) -> None:
    shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0))

    assert shop.bill() == []

    assert shop.ctx.db.scalars(select(BillRun)).one().state is RunState.COMPLETED


def test_a_line_activated_after_midnight_is_not_on_the_bill_of_the_month_before(shop: Shop) -> None:
    account = shop.account()
    shop.line(shop.plan("old"), account)
    shop.ctx.now = copenhagen(11, 1, 2)
    shop.line(shop.plan("new"), account)

    (october,) = shop.bill()
    (november,) = shop.bill(DECEMBER)

    assert [name for name, _, _ in descriptions(shop, october)] == ["old på dansk"] * 2
    assert descriptions(shop, november) == [
        ("old på dansk", DECEMBER, 149_000_000),
        ("new på dansk", NOVEMBER, 149_000_000),
        ("new på dansk", DECEMBER, 149_000_000),
    ]


def test_the_bills_of_an_account_with_prepaid_lines_begin_with_its_first_other_line(shop: Shop) -> None:
    account = shop.account()
    shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0), account)
    shop.bill()
    shop.bill(DECEMBER)
    assert account.billed_until == OCTOBER

    shop.ctx.now = copenhagen(12, 17)
    shop.line(shop.plan("smart"), account)
    assert account.billed_until == DECEMBER
    (invoice,) = shop.bill(date(2027, 1, 1))

    assert (invoice.period_start, invoice.period_end) == (DECEMBER, date(2027, 1, 1))


def test_a_second_line_does_not_move_what_the_first_has_not_been_billed_for(shop: Shop) -> None:
    account = shop.account()
    first = shop.line(shop.plan("old"), account)
    shop.used(first, 1_000_000)
    shop.ctx.now = copenhagen(11, 1, 2)
    shop.line(shop.plan("new"), account)

    (invoice,) = shop.bill()

    assert ("Opkald – dk", OCTOBER, 1_000_000) in descriptions(shop, invoice)


def test_a_month_billed_late_is_the_same_bill(shop: Shop) -> None:
    account = shop.account()
    shop.line(shop.plan("smart"), account)
    shop.ctx.now = copenhagen(11, 20)
    shop.line(shop.plan("late"), account)

    billing.run_month(shop.ctx, NOVEMBER)
    (job,) = shop.take_jobs("billing.bill_account")
    invoice = billing.bill_account(shop.ctx, **job)

    assert invoice is not None
    assert [(name, day) for name, day, _ in descriptions(shop, invoice)] == [
        ("smart på dansk", OCTOBER),
        ("smart på dansk", NOVEMBER),
    ]
    assert invoice.due_on == date(2026, 12, 4)


def test_the_same_run_again_changes_nothing(shop: Shop) -> None:
    shop.line(shop.plan("smart"))
    shop.bill()

    again = billing.run_month(shop.ctx, NOVEMBER)

    assert (again.accounts_total, again.accounts_done) == (1, 1)
    assert shop.take_jobs("billing.bill_account") == []
    assert shop.ctx.db.scalar(select(func.count()).select_from(Invoice)) == 1
    assert shop.ctx.db.scalar(select(func.count()).select_from(Charge)) == 2


def test_a_run_that_was_cut_off_bills_the_remaining_accounts_and_none_twice(shop: Shop) -> None:
    plan = shop.plan("smart")
    lines = [shop.line(plan) for _ in range(3)]
    shop.ctx.now = copenhagen(11, 1, 6)
    run = billing.run_month(shop.ctx, NOVEMBER)
    first, *lost = shop.take_jobs("billing.bill_account")
    billing.bill_account(shop.ctx, **first)

    billing.run_month(shop.ctx, NOVEMBER)
    promised = shop.take_jobs("billing.bill_account")
    # The jobs that were lost turn up after all.
    issued = [billing.bill_account(shop.ctx, **job) for job in (*promised, *lost, first)]

    assert promised == lost
    assert [invoice.number for invoice in issued if invoice] == ["T000002", "T000003"]
    assert {row.account_id for row in shop.ctx.db.scalars(select(Invoice))} == {line.account_id for line in lines}
    assert (run.state, run.accounts_total, run.accounts_done) == (RunState.COMPLETED, 3, 3)
    assert len(shop.facts("BillRunCompleted")) == 1


def test_a_month_that_is_not_over_is_refused(shop: Shop) -> None:
    shop.line(shop.plan("smart"))
    shop.ctx.now = copenhagen(10, 31, 23, 59)

    with pytest.raises(billing.PeriodNotOver) as refused:
        billing.run_month(shop.ctx, NOVEMBER)

    assert refused.value.code == "PERIOD_NOT_OVER"
    assert shop.ctx.db.scalars(select(BillRun)).all() == []
    assert shop.ctx.db.scalar(select(func.count()).select_from(Charge)) == 1


def test_a_run_ends_with_a_month(shop: Shop) -> None:
    with pytest.raises(billing.NotAMonthEnd, match="2026-10-15 begins no month"):
        billing.run_month(shop.ctx, date(2026, 10, 15))
    assert shop.ctx.db.scalars(select(BillRun)).all() == []


@pytest.mark.parametrize("wanted", [date(2027, 1, 1), OCTOBER])
def test_months_are_closed_one_after_the_other(shop: Shop, wanted: date) -> None:
    shop.bill()
    shop.ctx.now = copenhagen(2, 1, year=2027)

    with pytest.raises(billing.MonthOutOfOrder, match="2026-12-01"):
        billing.run_month(shop.ctx, wanted)
    assert [run.period_end for run in shop.ctx.db.scalars(select(BillRun))] == [NOVEMBER]


def test_the_next_month_waits_for_the_accounts_of_the_last(shop: Shop) -> None:
    shop.line(shop.plan("smart"))
    shop.ctx.now = copenhagen(12, 1, 6)
    billing.run_month(shop.ctx, NOVEMBER)

    with pytest.raises(billing.MonthOutOfOrder, match="2026-11-01"):
        billing.run_month(shop.ctx, DECEMBER)
    assert [run.period_end for run in shop.ctx.db.scalars(select(BillRun))] == [NOVEMBER]


def test_a_run_needs_its_permission(shop: Shop) -> None:
    shop.ctx.now = copenhagen(11, 1, 6)
    shop.ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"invoice.read"}))

    with pytest.raises(PermissionMissing, match=r"bill\.run"):
        billing.run_month(shop.ctx, NOVEMBER)
    assert shop.ctx.db.scalars(select(BillRun)).all() == []


def test_an_account_without_a_tax_rate_is_not_billed_at_a_wrong_one(shop: Shop) -> None:
    account = shop.account()
    shop.line(shop.plan("insurance", tax_class="unknown"), account)
    shop.ctx.now = copenhagen(11, 1, 6)
    billing.run_month(shop.ctx, NOVEMBER)
    (job,) = shop.take_jobs("billing.bill_account")

    with pytest.raises(Exception, match="unknown"), shop.ctx.db.begin_nested():
        billing.bill_account(shop.ctx, **job)

    shop.ctx.db.expire_all()
    assert (account.billed_until, shop.ctx.db.scalars(select(Invoice)).all()) == (OCTOBER, [])


def test_a_rate_that_changes_with_the_month_splits_the_bill(shop: Shop) -> None:
    shop.tax(20, since=NOVEMBER)
    line = shop.line(shop.plan("smart", monthly=100))
    shop.used(line, 10_000_000)

    (invoice,) = shop.bill()

    # October's charge and usage at 25 %, November's charge at 20 %.
    rates = [
        (part.rate_millionths, part.base_micros, part.tax_micros)
        for part in billing.taxes(shop.ctx, [invoice.id])[invoice.id]
    ]
    assert rates == [(200_000, 83_330_000, 16_670_000), (250_000, 88_000_000, 22_000_000)]
    assert invoice.gross_micros == 210_000_000


def test_the_timer_of_a_month_promises_the_next_and_runs(shop: Shop) -> None:
    billing.schedule(shop.ctx)
    billing.schedule(shop.ctx)

    assert shop.timers("billing.run_month") == [(copenhagen(11, 1, 6), {"period_end": "2026-11-01"})]
    assert shop.timers("billing.start_period") == [
        (copenhagen(11, 1), {"first_day": "2026-11-01", "go_on": True}),
    ]

    shop.ctx.now = copenhagen(11, 1, 6)
    billing.jobs.run_month.run(shop.ctx, period_end="2026-11-01")
    billing.jobs.start_period.run(shop.ctx, first_day="2026-11-01", go_on=True)

    assert shop.timers("billing.run_month")[1] == (copenhagen(12, 1, 6), {"period_end": "2026-12-01"})
    assert shop.timers("billing.start_period")[1][0] == copenhagen(12, 1)
    assert [run.period_end for run in shop.ctx.db.scalars(select(BillRun))] == [NOVEMBER]


def test_an_invoice_of_another_brand_is_not_there(shop: Shop, other_ctx: Context) -> None:
    shop.line(shop.plan("smart"))
    (invoice,) = shop.bill()

    with pytest.raises(billing.UnknownInvoice):
        billing.invoice(other_ctx, invoice.id)
