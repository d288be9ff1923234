"""`mvne clock`: the clock of a sandbox brand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from mvne_cli.commands.session import on_installation
from mvne_cli.commands.waiting import until, wait_option
from mvne_cli.output import answer, json_option
from mvne_platform.runtime import BrandRow, platform_work
from mvne_platform.runtime.tenancy import Brand
from mvne_platform.runtime.work import find_brand
from mvne_tenants import clock as brand_clock
from mvne_workers.leader import somebody_leads


@click.group()
def clock() -> None:
    """The clock of a sandbox brand."""


@clock.command()
@click.argument("brand")
@json_option
@on_installation
def show(brand: str, *, as_json: bool) -> None:
    """What the clock of BRAND shows, and where it is going."""
    answer(_shown(find_brand(brand)), as_json=as_json, title=f"{brand}: clock")


@clock.command()
@click.argument("brand")
@click.option(
    "--to",
    required=True,
    metavar="TIME",
    help="2026-11-01, 2026-11-01T12:00 (both in the brand's zone) or with an offset, 2026-11-01T11:00Z.",
)
@wait_option
@json_option
@on_installation
def advance(brand: str, to: str, *, wait: bool, as_json: bool) -> None:
    """Move the clock of BRAND on, through every timer on the way; each is worked off before the clock goes on.

    Only sandboxes have such a clock, and it never goes back.
    """
    brand_clock.request_advance(brand, _instant(to, find_brand(brand)))
    if wait:
        until(lambda: _target(brand) is None, somebody_leads, what=f"Moving the clock to {to}", as_json=as_json)
    answer(_shown(find_brand(brand)), as_json=as_json, title=f"{brand}: clock")


def _instant(text: str, brand: Brand) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            "write 2026-11-01, 2026-11-01T12:00 or 2026-11-01T11:00Z", param_hint="--to"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(brand.time_zone))


def _target(slug: str) -> datetime | None:
    with platform_work() as db:
        return db.get_one(BrandRow, slug).clock_target


def _shown(brand: Brand) -> dict[str, object]:
    return {
        "brand": brand.slug,
        "clock": brand.now().astimezone(ZoneInfo(brand.time_zone)),
        "stands_still": brand.clock_at is not None,
        "going_to": _target(brand.slug),
    }
