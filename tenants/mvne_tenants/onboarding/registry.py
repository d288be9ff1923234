"""A brand's row in the registry and its hosts, as they are and as a manifest wants them."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mvne_platform.runtime import BrandRow, BrandState
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import HostRow
from mvne_tenants.changes import ItemChange, State, compare
from mvne_tenants.errors import BrandFixed
from mvne_tenants.manifest import Registration

# What money, tax and bills of a brand rest on; another country or currency is another brand.
FIXED = ("country", "currency")


def brand_changes(row: BrandRow | None, wanted: Registration) -> list[ItemChange]:
    """What registering changes of the brand itself; raises BrandFixed."""
    if row is None:
        return compare("brand", {}, {wanted.slug: _state_of(wanted)})
    check_fixed(row, wanted)
    return compare("brand", {wanted.slug: _state_of(row)}, {wanted.slug: _state_of(wanted)})


def check_fixed(row: BrandRow, wanted: Registration) -> None:
    """Raise BrandFixed when the manifest wants what an existing brand cannot become."""
    if row.state == BrandState.CLOSED:
        raise BrandFixed(f"The brand '{row.slug}' is closed; onboard another one.", field=("brand", "slug"))
    for key in FIXED:
        if getattr(row, key) != getattr(wanted, key):
            raise BrandFixed(
                f"The {key} of '{row.slug}' is {getattr(row, key)} and stays so: money, tax and bills rest on it; "
                f"onboard another brand for {getattr(wanted, key)}.",
                field=("brand", key),
            )


def register(db: Session, wanted: Registration) -> None:
    """Make the registry's row, as a sandbox with its clock, or bring it up to date. Platform session."""
    row = db.get(BrandRow, wanted.slug, with_for_update=True)
    if row is None:
        db.add(_new_row(wanted))
        return
    check_fixed(row, wanted)
    if _state_of(row) == _state_of(wanted):
        return
    row.name, row.time_zone = wanted.name, wanted.time_zone
    row.languages, row.profile = list(wanted.languages), wanted.profile
    row.version += 1


def _new_row(wanted: Registration) -> BrandRow:
    return BrandRow(
        slug=wanted.slug,
        brand_role=f"{wanted.slug}_app",
        name=wanted.name,
        state=BrandState.SANDBOX.value,
        country=wanted.country,
        currency=wanted.currency,
        time_zone=wanted.time_zone,
        languages=list(wanted.languages),
        profile=wanted.profile,
        manifest_digest="",  # set when the first application is complete
        clock_at=wanted.clock,
        created_at=system_now(),
    )


def _state_of(brand: BrandRow | Registration) -> State:
    look = brand.profile["look"]
    logo = hashlib.sha256(look["logo"].encode()).hexdigest()
    return {
        "name": brand.name,
        "country": brand.country,
        "currency": brand.currency,
        "time_zone": brand.time_zone,
        "languages": list(brand.languages),
        **brand.profile,
        "look": {**look, "logo": f"sha256:{logo}"},
    }


def host_changes(db: Session, wanted: Registration) -> list[ItemChange]:
    """What changes of the hosts the brand answers on. Platform session."""
    before: Mapping[str, State] = {host: {} for host in _hosts(db, wanted.slug)}
    return compare("hosts", before, {host: {} for host in wanted.hosts})


def set_hosts(db: Session, wanted: Registration) -> None:
    """Let the brand answer on the manifest's hosts and no others; raises BrandFixed when another brand has one."""
    db.execute(delete(HostRow).where(HostRow.slug == wanted.slug, HostRow.host.not_in(wanted.hosts)))
    rows = [{"host": host, "slug": wanted.slug} for host in wanted.hosts]
    db.execute(insert(HostRow).values(rows).on_conflict_do_nothing())
    missing = sorted(set(wanted.hosts) - set(_hosts(db, wanted.slug)))
    if missing:
        raise BrandFixed(
            f"Another brand answers on {', '.join(missing)} since just now; choose another host.",
            field=("brand", "hosts"),
        )


def _hosts(db: Session, slug: str) -> list[str]:
    return list(db.scalars(select(HostRow.host).where(HostRow.slug == slug)))
