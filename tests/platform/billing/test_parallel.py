"""Many workers at once, each with a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from mvne_platform import balances, billing
from mvne_platform.billing.models import BillRun, Invoice, RunState
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Money
from mvne_platform.runtime import Context, brand_work
from tests.platform.billing.shop import NOVEMBER, Shop, copenhagen
from tests.plugins.database import Database

T = TypeVar("T")


class Killed(Exception):
    """A worker dies between its work and its commit."""


def at_once(works: list[Callable[[], T]], threads: int) -> list[T | Killed]:
    """Run all works on so many threads, which begin together."""
    start = Barrier(threads)

    def ready() -> None:
        start.wait()

    def outcome(work: Callable[[], T]) -> T | Killed:
        try:
            return work()
        except Killed as killed:
            return killed

    with ThreadPoolExecutor(threads, initializer=ready) as pool:
        return list(pool.map(outcome, works))


def in_brand(ctx: Context) -> Shop:
    ctx.now = copenhagen(11, 1, 6)
    return Shop(ctx)


def test_invoice_numbers_have_no_gap_although_workers_race_and_die(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        shop.tax()
        plan = shop.plan("smart")
        for _ in range(24):
            shop.line(plan)
    with brand_work("testbrand") as ctx:
        billing.run_month(in_brand(ctx).ctx, NOVEMBER)
        jobs = Shop(ctx).take_jobs("billing.bill_account")

    def bill(job: dict[str, UUID], *, dies: bool) -> str | None:
        with brand_work("testbrand") as ctx:
            invoice = billing.bill_account(in_brand(ctx).ctx, **job)
            if dies:
                raise Killed
            return invoice.number if invoice else None

    # Each third delivery is killed after it drew its number; each job is delivered three times.
    deliveries = [(job, (at + turn) % 3 == 0) for turn in range(3) for at, job in enumerate(jobs)]
    outcomes = at_once([lambda job=job, dies=dies: bill(job, dies=dies) for job, dies in deliveries], 6)

    numbers = sorted(number for number in outcomes if isinstance(number, str))
    assert numbers == [f"T{number:06d}" for number in range(1, 25)]
    assert sum(isinstance(outcome, Killed) for outcome in outcomes) == 24
    with brand_work("testbrand") as ctx:
        assert sorted(ctx.db.scalars(select(Invoice.number))) == numbers
        run = ctx.db.scalars(select(BillRun)).one()
        assert (run.state, run.accounts_total, run.accounts_done) == (RunState.COMPLETED, 24, 24)
        assert len(Shop(ctx).facts("BillRunCompleted")) == 1


def test_a_renewal_and_a_top_up_at_once_pay_one_period(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30, seconds=60))
        balances.top_up(ctx, line.id, Money.of(500, "DKK"), balances.Reason.TOP_UP, uuid4())
        ((_, retry),) = shop.timers("billing.renew_product")

    def by_timer() -> None:
        with brand_work("testbrand") as ctx:
            ctx.now = copenhagen(10, 2)
            billing.jobs.renew_product.run(ctx, **retry)

    def by_top_up() -> None:
        with brand_work("testbrand") as ctx:
            ctx.now = copenhagen(10, 2)
            billing.renew_due(ctx, line.id)

    at_once([by_timer, by_top_up] * 4, 4)

    with brand_work("testbrand") as ctx:
        assert balances.money(ctx, line.id) == 400_000_000
        assert len(Shop(ctx).facts("PlanRenewed")) == 1


def test_two_runs_of_one_month_started_at_once_are_one(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        shop.tax()
        shop.line(shop.plan("smart"))

    def run() -> UUID:
        with brand_work("testbrand") as ctx:
            return billing.run_month(in_brand(ctx).ctx, NOVEMBER).id

    assert len(set(at_once([run] * 4, 4))) == 1
    with brand_work("testbrand") as ctx:
        jobs = Shop(ctx).take_jobs("billing.bill_account")
        issued = [billing.bill_account(in_brand(ctx).ctx, **job) for job in jobs]
        assert [invoice.gross_micros for invoice in issued if invoice] == [298_000_000]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice SET gross_micros = gross_micros + 1, net_micros = net_micros + 1",
        "UPDATE invoice SET number = 'T999999'",
        "UPDATE invoice SET due_on = due_on + 30",
        "DELETE FROM invoice",
        "UPDATE invoice_line SET net_micros = 0",
        "DELETE FROM invoice_line",
        "UPDATE invoice_tax SET tax_micros = 0",
        "DELETE FROM invoice_tax",
    ],
)
def test_an_issued_invoice_cannot_be_changed_or_removed(database: Database, statement: str) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        shop.tax()
        shop.line(shop.plan("smart"))
        shop.bill()
    with pytest.raises(ProgrammingError, match="permission denied"), brand_work("testbrand") as ctx:
        ctx.db.connection().exec_driver_sql(statement)
