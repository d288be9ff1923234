"""The bill run of a month, and the timers that make months follow one another."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert

from mvne_platform.billing import permissions, queries, statements
from mvne_platform.billing.commands.bill_account import BILL_ACCOUNT, complete
from mvne_platform.billing.commands.renew_product import EXPIRE_ALLOWANCES
from mvne_platform.billing.commands.start_period import START_PERIOD, promise_next_period
from mvne_platform.billing.errors import MonthOutOfOrder, NotAMonthEnd, PeriodNotOver
from mvne_platform.billing.models import BillRun, RunState
from mvne_platform.billing.rules import add_months
from mvne_platform.billing.terms import terms_of
from mvne_platform.kernel import first_of_next_month, local_date, start_of_day, uuid7
from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.models import JobRow

_PERIOD_END = ("period_end",)


def run_month(ctx: Context, period_end: date) -> BillRun:
    """Bill all accounts for the calendar month that ends before `period_end`, the first of the next one.

    Charges the coming month in advance, and promises one job per account, and one that books unused allowances away.
    Again for the same month: a run that is not complete promises its remaining accounts once more, a complete one is
    only answered.
    Raises NotAMonthEnd, PeriodNotOver (by the brand's clock), MonthOutOfOrder.
    """
    ctx.require(permissions.RUN)
    begins = _check_period(ctx, period_end)
    ctx.lock("billing/run")
    run = queries.run_of(ctx, period_end)
    if run is None:
        _check_order(ctx, period_end)
        run = _open(ctx, period_end)
    if run.state is RunState.COMPLETED:
        return run

    wanted = {"end_day": period_end, "begins": begins}
    accounts = list(ctx.db.scalars(statements.ACCOUNTS_TO_BILL, wanted))
    if run.accounts_total == 0:
        run.accounts_total = len(accounts)
        ctx.db.flush()
    if accounts:
        _promise(ctx, run, accounts)
    else:
        complete(ctx, run)
    return run


def schedule(ctx: Context) -> None:
    """Set the brand's first timers: the next month's start, and its end's bill run. Again: changes nothing."""
    ctx.lock("billing/schedule")
    first_day = first_of_next_month(local_date(ctx.now, ctx.brand.time_zone))
    if not queries.is_promised(ctx, START_PERIOD.name):
        promise_next_period(ctx, first_day)
    if not queries.is_promised(ctx, RUN_MONTH.name):
        _promise_run(ctx, first_day)


def _check_period(ctx: Context, period_end: date) -> datetime:
    if period_end.day != 1:
        raise NotAMonthEnd(
            f"{period_end} begins no month; give the first day after the month to bill.", field=_PERIOD_END
        )
    begins = start_of_day(period_end, ctx.brand.time_zone)
    if ctx.now < begins:
        raise PeriodNotOver(
            f"The month before {period_end} is not over by the brand's clock; bill it from then on.", field=_PERIOD_END
        )
    return begins


def _check_order(ctx: Context, period_end: date) -> None:
    """Months are closed one after the other: charges in advance are made once, by the run of their month."""
    newest = queries.newest_run(ctx)
    if newest is None:
        return
    due = newest.period_end if newest.state is RunState.RUNNING else add_months(newest.period_end, 1)
    if period_end != due:
        raise MonthOutOfOrder(
            f"The run of the month that ends before {due} comes first; bill that one.", field=_PERIOD_END
        )


def _open(ctx: Context, period_end: date) -> BillRun:
    run = BillRun(period_start=add_months(period_end, -1), period_end=period_end, started_at=ctx.now)
    ctx.db.add(run)
    ctx.db.flush()
    begins = start_of_day(period_end, ctx.brand.time_zone)
    ctx.db.execute(
        statements.CHARGE_ADVANCE,
        {
            "stamp": str(uuid7())[:13],
            "language": ctx.brand.language,
            "first_day": period_end,
            "end_day": first_of_next_month(period_end),
            "begins": begins,
            "now": ctx.now,
        },
    )
    ctx.later(EXPIRE_ALLOWANCES, ended=begins.isoformat())
    return run


def _promise(ctx: Context, run: BillRun, accounts: list[UUID]) -> None:
    rows = [
        {
            "id": uuid7(),
            "name": BILL_ACCOUNT.name,
            "queue": BILL_ACCOUNT.queue,
            "arguments": {"run_id": str(run.id), "account_id": str(account_id)},
            "actor": str(ctx.actor),
            "request_id": ctx.request_id,
        }
        for account_id in accounts
    ]
    ctx.db.execute(insert(JobRow), rows)
    ctx.ring()


def _promise_run(ctx: Context, period_end: date) -> None:
    ctx.at(terms_of(ctx.brand).runs_at(period_end), RUN_MONTH, period_end=period_end.isoformat())


def _run(ctx: Context, period_end: str) -> None:
    day = date.fromisoformat(period_end)
    _promise_run(ctx, first_of_next_month(day))
    run_month(ctx, day)


RUN_MONTH = Job("billing.run_month", "billing", _run)
