"""`mvne tenant`: brands."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from rich.markup import escape
from sqlalchemy import select

import mvne_tenants
from mvne_cli.commands.session import on_installation
from mvne_cli.output import WRONG, answer, console, json_option, print_rows, refuse
from mvne_platform.runtime import platform_work, settings
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.models import HostRow
from mvne_platform.runtime.tenancy import Brand, BrandState, all_brands
from mvne_platform.runtime.work import find_brand
from mvne_tenants import ChangeKind, ItemChange

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group()
def tenant() -> None:
    """Brands: apply a manifest, list, show, go live."""


@tenant.command()
@FOLDER
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
@on_installation
def apply(folder: Path, *, dry_run: bool, as_json: bool) -> None:
    """Make the brand in FOLDER what its manifest says; a new brand begins as a sandbox.

    The whole manifest is checked first, and every fault named with file and line. Applying the same again changes
    nothing; applying again what was interrupted completes it. Needs the DDL login (MVNE_ADMIN_DATABASE_URL).
    """
    files = mvne_tenants.read_folder(folder)
    if dry_run:
        plan = mvne_tenants.plan(files)
        _report(plan.slug, plan.changes, plan.notes, as_json=as_json, dry_run=True)
        return
    if settings().admin_url is None:
        refuse("NO_DDL_LOGIN", "Set MVNE_ADMIN_DATABASE_URL: only that login may make schemas.", as_json=as_json)
    applied = mvne_tenants.apply(files)
    with platform_work() as db:
        clients = mvne_tenants.collect_credentials(db, applied.application_id, actor=SYSTEM)
    _report(applied.slug, applied.changes, applied.notes, as_json=as_json, clients=clients)


@tenant.command("publish")
@FOLDER
@json_option
@on_installation
def publish(folder: Path, *, as_json: bool) -> None:
    """Publish the shared catalogue in FOLDER, whose name is the catalogue's, for brands to subscribe to.

    A version never changes: other content becomes the next version, the same content is the same version again.
    """
    published = mvne_tenants.publish_shared(folder)
    answer({"catalogue": published.code, "version": published.version}, as_json=as_json, title="shared catalogue")


@tenant.command("list")
@json_option
@on_installation
def list_brands(*, as_json: bool) -> None:
    """Every brand of the registry."""
    with platform_work() as db:
        hosts = db.execute(select(HostRow.slug, HostRow.host).order_by(HostRow.host)).all()
        rows = [_brief(brand, [host for slug, host in hosts if slug == brand.slug]) for brand in all_brands(db)]
    answer(rows, as_json=as_json, title="brands")


@tenant.command()
@click.argument("brand")
@json_option
@on_installation
def show(brand: str, *, as_json: bool) -> None:
    """One brand, and what it still lacks to go live."""
    found = find_brand(brand)
    with platform_work() as db:
        hosts = list(db.scalars(select(HostRow.host).where(HostRow.slug == brand).order_by(HostRow.host)))
    points = mvne_tenants.readiness(brand) if found.state is BrandState.SANDBOX else []
    lacking = [str(point) for point in points if not point.met]
    shown = {**_brief(found, hosts), "country": found.country, "time_zone": found.time_zone}
    shown |= {"languages": list(found.languages), "profile": found.profile, "lacks_to_go_live": lacking}
    if as_json:
        answer(shown, as_json=True)
        return
    shown.pop("profile")
    shown["lacks_to_go_live"] = "\n".join(lacking) or "nothing"
    answer(shown, as_json=False, title=brand)


@tenant.command("go-live")
@click.argument("brand")
@click.option("--check", is_flag=True, help="Only say what is missing; exit code 1 when something is.")
@json_option
@on_installation
def go_live(brand: str, *, check: bool, as_json: bool) -> None:
    """Let the sandbox BRAND become live: from then on it keeps real time, for good.

    Refused while a point of the checklist is not met. What was made in the sandbox stays.
    """
    points = [{"point": one.code, "met": one.met, "missing": "" if one.met else one.missing} for one in _points(brand)]
    if check:
        answer(points, as_json=as_json, title=f"{brand}: going live")
        sys.exit(0 if all(point["met"] for point in points) else WRONG)
    mvne_tenants.go_live(brand)
    answer({"brand": brand, "state": str(BrandState.LIVE)}, as_json=as_json, title=brand)


def _points(brand: str) -> list[mvne_tenants.Point]:
    return mvne_tenants.readiness(brand)


def _brief(brand: Brand, hosts: list[str]) -> dict[str, object]:
    return {
        "brand": brand.slug,
        "name": brand.name,
        "state": str(brand.state),
        "currency": brand.currency,
        "clock": brand.clock_at,
        "hosts": hosts,
    }


def _report(
    slug: str,
    changes: Iterable[ItemChange],
    notes: Iterable[str],
    *,
    as_json: bool,
    dry_run: bool = False,
    clients: Iterable[mvne_tenants.Credential] = (),
) -> None:
    """Everything as JSON; for people what changes, and the number of what does not."""
    listed = list(changes)
    shown_once = [{"name": one.name, "client_id": one.client_id, "client_secret": one.secret} for one in clients]
    if as_json:
        content = {"brand": slug, "dry_run": dry_run, "changes": [one.to_json() for one in listed]}
        answer({**content, "notes": list(notes), "clients": shown_once}, as_json=True)
        return
    moving = [one for one in listed if one.kind is not ChangeKind.UNCHANGED]
    rows = [{"section": one.section, "item": one.item, "": one.kind.value} for one in moving]
    counted = Counter(one.kind.value for one in listed)
    if rows:
        print_rows(rows, f"{slug}: would change" if dry_run else f"{slug}: changed")
    console.print(", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())) or "nothing to apply")
    for note in notes:
        console.print(f"• {escape(note)}", highlight=False)
    if shown_once:
        print_rows(shown_once, "new API clients; their secrets are shown once")
