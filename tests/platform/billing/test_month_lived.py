"""A month's end through timers, relay, runner and reactions, as workers do it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update

from mvne_platform import balances, billing, loyalty, party, receivables
from mvne_platform.balances.models import LedgerEntry
from mvne_platform.catalogue import PaymentMode
from mvne_platform.letters.models import Channel, Letter, LetterTemplate
from mvne_platform.runtime import BrandRow, brand_work, platform_work, settings
from mvne_platform.runtime.models import JobRow
from mvne_platform.runtime.timers import fire_due
from mvne_workers.relay import relay_brand
from mvne_workers.runner import State, run_job
from tests.platform.billing.shop import Shop, copenhagen
from tests.platform.loyalty.programme import PROGRAMME
from tests.plugins.database import Database

BRAND = "testbrand"


class Killed(BaseException):
    """The worker's process is gone."""


def set_clock(to: datetime) -> None:
    with platform_work() as db:
        db.execute(update(BrandRow).where(BrandRow.slug == BRAND).values(clock_at=to))
    with brand_work(BRAND) as ctx:
        fire_due(ctx, to)


def settle(before: Callable[[str], None] = lambda _: None) -> list[str]:
    """Do all promised work but letters' delivery, whose gateways are not there; answers the jobs done, in order."""
    done: list[str] = []
    while promised := waiting():
        for job_id, name in promised:
            before(name)
            if run_job(BRAND, job_id).state is State.DONE:
                done.append(name)
    return done


def waiting() -> list[tuple[UUID, str]]:
    relay_brand(BRAND, lambda *_: None)
    with brand_work(BRAND) as ctx:
        assert ctx.db.scalars(select(JobRow.last_error).where(JobRow.last_error.is_not(None))).all() == []
        rows = ctx.db.execute(select(JobRow.id, JobRow.name).where(JobRow.queue != "letters").order_by(JobRow.id))
        return [(row.id, row.name) for row in rows]


@pytest.fixture
def accounts(database: Database) -> list[UUID]:
    """Three accounts with a postpaid line each, and one with a prepaid line."""
    with brand_work(BRAND) as ctx:
        shop = Shop(ctx)
        shop.tax()
        loyalty.set_programme(ctx, PROGRAMME)
        ctx.db.add(
            LetterTemplate(
                code="invoice",
                language="da",
                channel=Channel.EMAIL,
                subject="{{ invoice_number }}",
                body="{{ amount }}",
            )
        )
        ctx.db.flush()
        plan = shop.plan("smart", seconds=600)
        lines = [shop.line(plan) for _ in range(3)]
        for line in lines:
            shop.used(line, 1_250_000)
        shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0))
        billing.schedule(ctx)
        accounts = [line.account_id for line in lines]
    settle()
    return accounts


def check_bills(accounts: list[UUID]) -> None:
    with brand_work(BRAND) as ctx:
        (run,) = billing.runs(ctx)
        assert (run.state, run.accounts_total, run.accounts_done) == (billing.RunState.COMPLETED, 3, 3)
        invoices = [invoice for account in accounts for invoice in billing.invoices(ctx, account)]
        assert sorted(invoice.number for invoice in invoices) == ["T000001", "T000002", "T000003"]
        for invoice in invoices:
            assert invoice.gross_micros == 299_250_000
            assert invoice.document_state is billing.DocumentState.RENDERED
            assert billing.document(ctx, invoice.id).read_bytes().startswith(b"%PDF-")
            assert receivables.owed(ctx, invoice.account_id) == 299_250_000
            member = loyalty.account(ctx, party.account(ctx, invoice.account_id).customer_id)
            assert member is not None
            assert member.points == 50 + 29
        letters = sorted(letter.subject or "" for letter in ctx.db.scalars(select(Letter)))
        assert letters == ["T000001", "T000002", "T000003"]
        expired = ctx.db.scalars(select(LedgerEntry.delta).where(LedgerEntry.reason == balances.Reason.EXPIRY)).all()
        assert expired == [-600] * 3


def test_the_months_end_bills_prints_owes_rewards_and_writes(accounts: list[UUID]) -> None:
    set_clock(copenhagen(11, 1))
    # The lines have been in service for a month, too.
    assert sorted(settle()) == ["billing.start_period", *["loyalty.reach_month"] * 4]

    set_clock(copenhagen(11, 1, 6))
    done = settle()

    check_bills(accounts)
    assert sorted({name: done.count(name) for name in done}.items()) == [
        ("billing.bill_account", 3),
        ("billing.expire_allowances", 2),
        ("billing.render_invoice", 3),
        ("billing.run_month", 1),
        ("reactions.react", 3 * (2 + 1)),
    ]


VICTIMS = ["billing.run_month", "billing.bill_account", "billing.render_invoice", "billing.expire_allowances"]


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_worker_killed_anywhere_in_the_run_loses_and_doubles_nothing(
    accounts: list[UUID], monkeypatch: pytest.MonkeyPatch, victim: str
) -> None:
    killed: list[str] = []

    def kill(step: str) -> None:
        # Just before the commit of each first attempt of a job.
        if step in ("job.done", "outside.performed") and current and current[-1] == victim and len(killed) < 2:
            killed.append(current[-1])
            raise Killed

    current: list[str] = []
    monkeypatch.setattr("mvne_workers.runner.step", kill)
    monkeypatch.setattr("mvne_workers.runner.system_now", Later())
    set_clock(copenhagen(11, 1))
    settle()
    set_clock(copenhagen(11, 1, 6))
    while waiting():
        try:
            settle(current.append)
        except Killed:
            continue

    assert killed == [victim] * 2
    check_bills(accounts)
    folder = settings().data / "documents" / BRAND / "invoices"
    assert len(list(folder.iterdir())) == 3


class Later:
    """A platform clock on which every lease has run out by the next look."""

    def __init__(self) -> None:
        self.at = copenhagen(11, 1, 6)

    def __call__(self) -> datetime:
        self.at = self.at.replace(year=self.at.year + 1)
        return self.at
