"""Importing price lists. A version's rates never change: usage was priced by them, and bills open down to them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.compile import VersionParts, parts_of
from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.errors import PriceListInvalid, PriceListVersionFixed
from mvne_platform.catalogue.events import PriceListVersionAdded
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.models import PriceList, PriceListVersion, Rate, TimeBand, Zone, ZoneNetwork, ZonePrefix
from mvne_platform.catalogue.rules.price_lists import price_list_problems
from mvne_platform.kernel import Change, uuid7
from mvne_platform.runtime import Context


def import_price_list(ctx: Context, draft: PriceListDraft) -> Change:
    """Add `draft` as a version of its price list, unless the version in force at its instant holds the same.

    Raises PriceListInvalid with every problem; PriceListVersionFixed when the list has a version of that instant
    with other rates, or when the instant lies both in the past and before a version that exists.
    """
    ctx.require(permissions.MANAGE)
    ctx.lock(f"price_list/{draft.code}")
    _check(ctx, draft)
    price_list = ctx.db.scalar(select(PriceList).where(PriceList.code == draft.code))
    if price_list is None:
        price_list = PriceList(id=uuid7(), code=draft.code, currency=draft.currency)
        ctx.db.add(price_list)
        ctx.db.flush()
        _add_version(ctx, price_list, draft, 1)
        return Change.CREATED
    versions = _versions(ctx, price_list)
    before = [version for version in versions if version.valid_from <= draft.valid_from]
    if before and before[-1].digest == _digest(draft):
        return Change.UNCHANGED
    _check_instant(ctx, draft, versions)
    _add_version(ctx, price_list, draft, len(versions) + 1)
    return Change.CHANGED


def _check(ctx: Context, draft: PriceListDraft) -> None:
    problems = price_list_problems(draft)
    if draft.currency != ctx.brand.currency:
        message = f"the price list is in {draft.currency}, and the brand's currency is {ctx.brand.currency}"
        problems.insert(0, Problem(("currency",), message))
    if problems:
        raise PriceListInvalid(draft.code, problems)


def _versions(ctx: Context, price_list: PriceList) -> Sequence[PriceListVersion]:
    """The list's versions, oldest first."""
    held = select(PriceListVersion).where(PriceListVersion.price_list_id == price_list.id)
    return ctx.db.scalars(held.order_by(PriceListVersion.valid_from)).all()


def _check_instant(ctx: Context, draft: PriceListDraft, versions: Sequence[PriceListVersion]) -> None:
    if any(version.valid_from == draft.valid_from for version in versions):
        raise PriceListVersionFixed(
            f"Price list '{draft.code}' has other rates from {draft.valid_from.isoformat()} on, and usage may have "
            "been priced by them; give the new rates a later instant.",
            field=("valid_from",),
        )
    if draft.valid_from < ctx.now and draft.valid_from < versions[-1].valid_from:
        raise PriceListVersionFixed(
            f"Price list '{draft.code}' has younger rates already (from {versions[-1].valid_from.isoformat()} on), and "
            f"{draft.valid_from.isoformat()} is past; give the new rates an instant that is still to come.",
            field=("valid_from",),
        )


def _add_version(ctx: Context, price_list: PriceList, draft: PriceListDraft, number: int) -> None:
    exchange = draft.exchange
    version = PriceListVersion(
        id=uuid7(),
        price_list_id=price_list.id,
        version=number,
        valid_from=draft.valid_from,
        digest=_digest(draft),
        exchange=exchange and {"source": exchange.source, "rate": str(exchange.rate), "date": exchange.day.isoformat()},
    )
    ctx.db.add(version)
    ctx.db.flush()
    for model, rows in _rows(version, parts_of(draft)):
        if rows:
            ctx.db.execute(insert(model), rows)
    ctx.emit(PriceListVersionAdded(version.id, draft.code, number))


def _rows(version: PriceListVersion, parts: VersionParts) -> list[tuple[type, list[dict[str, Any]]]]:
    of = {"version_id": version.id}
    return [
        (
            Zone,
            [
                of | {"id": zone.id, "code": zone.code, "name": zone.name, "treatment": zone.treatment.value}
                for zone in parts.zones
            ],
        ),
        (ZonePrefix, [of | asdict(part) for part in parts.prefixes]),
        (ZoneNetwork, [of | _network(part.network) | {"zone_id": part.zone_id} for part in parts.networks]),
        (TimeBand, [of | {"id": uuid7()} | asdict(span) for span in parts.bands]),
        (
            Rate,
            [
                of | {"zone_id": part.zone_id, "service": part.service, "band": part.band} | asdict(part.rate)
                for part in parts.rates
            ],
        ),
    ]


def _network(network: str) -> dict[str, str]:
    """`MCC-MNC` in two columns; the home network is stored as MCC 'home' with every MNC."""
    mcc, _, mnc = network.partition("-")
    return {"mcc": mcc, "mnc": mnc or "*"}


def _digest(draft: PriceListDraft) -> str:
    """SHA-256 over what the list holds, whatever the instant and the order of its parts."""
    content = asdict(draft)
    del content["valid_from"]
    for part in ("zones", "rates", "bands"):
        content[part] = sorted(json.dumps(item, sort_keys=True, default=str) for item in content[part])
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
