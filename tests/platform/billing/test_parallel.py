"""Many workers at once, each with a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from time import sleep
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from mvne_platform import balances, billing, party, subscriptions
from mvne_platform.billing import queries
from mvne_platform.billing.models import BillRun, Invoice, RunState
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Money
from mvne_platform.runtime import Context, brand_work
from mvne_platform.subscriptions import SubscriptionState
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
        balances.top_up(ctx, line.id, Money.of(100, "DKK"), balances.Reason.TOP_UP, uuid4())
        billing.renew_due(ctx, line.id)
        ctx.now, on_time = shop.timers("billing.renew_product")[-1]
        billing.jobs.renew_product.run(ctx, **on_time)
        _, retry = shop.timers("billing.renew_product")[-1]
        balances.top_up(ctx, line.id, Money.of(500, "DKK"), balances.Reason.TOP_UP, uuid4())

    def by_timer() -> None:
        with brand_work("testbrand") as ctx:
            ctx.now = copenhagen(11, 1)
            billing.jobs.renew_product.run(ctx, **retry)

    def by_top_up() -> None:
        with brand_work("testbrand") as ctx:
            ctx.now = copenhagen(11, 1)
            billing.renew_due(ctx, line.id)

    at_once([by_timer, by_top_up] * 4, 4)

    with brand_work("testbrand") as ctx:
        assert balances.money(ctx, line.id) == 400_000_000
        assert [len(Shop(ctx).facts(kind)) for kind in ("PlanRenewed", "RenewalFailed")] == [2, 1]


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


def test_an_account_that_is_billed_by_two_jobs_is_counted_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        free = shop.plan("free", monthly=0)
        lines = [shop.line(free), shop.line(free)]
    with brand_work("testbrand") as ctx:
        run = billing.run_month(in_brand(ctx).ctx, NOVEMBER)

    with brand_work("testbrand") as slow:
        seen = party.load_account(slow, lines[0].account_id)
        with brand_work("testbrand") as quick:
            billing.bill_account(in_brand(quick).ctx, run.id, lines[0].account_id)
        assert billing.bill_account(in_brand(slow).ctx, run.id, seen.id) is None

    with brand_work("testbrand") as ctx:
        counted = billing.run(ctx, run.id)
        assert (counted.state, counted.accounts_total, counted.accounts_done) == (RunState.RUNNING, 2, 1)


def test_a_top_up_brings_a_line_back_that_lapses_at_the_same_moment(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30))
        balances.top_up(ctx, line.id, Money.of(100, "DKK"), balances.Reason.TOP_UP, uuid4())
        plan = subscriptions.current_plan(ctx, line.id)

    with ThreadPoolExecutor(1) as pool, brand_work("testbrand") as lapsing:
        queries.product_for_update(lapsing, plan.id)
        renewed = pool.submit(renew_at, line.id, copenhagen(10, 2))
        wait_for_lock(database)
        subscriptions.lapse(lapsing, line.id)
        lapsing.db.commit()
        assert renewed.result() == 1

    with brand_work("testbrand") as ctx:
        assert subscriptions.subscription(ctx, line.id).state is SubscriptionState.ACTIVE


def test_a_first_top_up_while_the_line_comes_into_service_starts_its_plan(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = Shop(ctx)
        plan, account = shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30), shop.account()
        line = subscriptions.create(
            ctx, customer_id=account.customer_id, account_id=account.id, plan=plan, identifiers=[]
        )

    def pay_in() -> int:
        with brand_work("testbrand") as ctx:
            balances.top_up(ctx, line.id, Money.of(100, "DKK"), balances.Reason.TOP_UP, uuid4())
        return renew_at(line.id, copenhagen(10, 2))

    with ThreadPoolExecutor(1) as pool, brand_work("testbrand") as starting:
        subscriptions.activate(starting, line.id)
        billing.start_service(starting, line.id)
        renewed = pool.submit(pay_in)
        wait_for_lock(database)
        starting.db.commit()
        assert renewed.result() == 1

    with brand_work("testbrand") as ctx:
        assert balances.money(ctx, line.id) == 0


def renew_at(subscription_id: UUID, now: datetime) -> int:
    with brand_work("testbrand") as ctx:
        ctx.now = now
        return billing.renew_due(ctx, subscription_id)


def wait_for_lock(database: Database) -> None:
    """Until some transaction waits for a row that another holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        for _ in range(1_000):
            if connection.execute(waiting).fetchone() != (0,):
                return
            sleep(0.01)
    raise AssertionError("Nobody waited for a lock.")


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
