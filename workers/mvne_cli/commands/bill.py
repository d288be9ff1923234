"""`mvne bill`: bill runs."""

from datetime import date, datetime
from uuid import UUID

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import answer, json_option
from mvne_platform import billing
from mvne_platform.kernel import first_of_next_month, local_date
from mvne_platform.runtime import Context
from mvne_workers.leader import somebody_leads

MONTH = "%Y-%m"


@click.group()
def bill() -> None:
    """Bill runs."""


@bill.command()
@click.argument("brand")
@click.option(
    "--period",
    type=click.DateTime([MONTH]),
    metavar="YYYY-MM",
    help="The month to bill; the last one that is over by the brand's clock if absent.",
)
@wait_option
@json_option
@on_installation
def run(brand: str, period: datetime | None, *, wait: bool, as_json: bool) -> None:
    """Bill every account of BRAND for a calendar month, as its clock does by itself at the month's end.

    Months are billed in order; a month that is billed already is only answered.
    """
    with brand_work_of(brand) as ctx:
        month = period.date() if period else _last_month(ctx)
        run_id = billing.run_month(ctx, first_of_next_month(month)).id
    if wait:
        until(
            lambda: _run(brand, run_id).state is billing.RunState.COMPLETED,
            somebody_leads,
            what=f"The bill run of {month:%Y-%m}",
            as_json=as_json,
        )
    answer(_shown(_run(brand, run_id)), as_json=as_json, title=f"{brand}: bill run")


@bill.command("list")
@click.argument("brand")
@json_option
@on_installation
def list_runs(brand: str, *, as_json: bool) -> None:
    """The bill runs of BRAND, newest month first."""
    with brand_work_of(brand) as ctx:
        rows = [_shown(found) for found in billing.runs(ctx)]
    answer(rows, as_json=as_json, title=f"{brand}: bill runs")


def _last_month(ctx: Context) -> date:
    """The month before the one in which the brand's clock stands, as its first day."""
    first = local_date(ctx.now, ctx.brand.time_zone).replace(day=1)
    return first.replace(year=first.year - 1, month=12) if first.month == 1 else first.replace(month=first.month - 1)


def _run(brand: str, run_id: UUID) -> billing.BillRun:
    with brand_work_of(brand) as ctx:
        return next(found for found in billing.runs(ctx) if found.id == run_id)


def _shown(found: billing.BillRun) -> dict[str, object]:
    return {
        "month": f"{found.period_start:%Y-%m}",
        "state": str(found.state),
        "accounts": found.accounts_total,
        "done": found.accounts_done,
        "completed_at": found.completed_at,
    }
