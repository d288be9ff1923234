"""With which prices the past is rated again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from mvne_platform import catalogue
from mvne_platform.catalogue import Tariff
from mvne_platform.charging.past.scope import Scope
from mvne_platform.runtime import Context

PriceOf = Callable[[Any, Tariff], Tariff | None]
"""For a stored event and the price list that holds for it now: the one to rate it with; None leaves it as it is."""
_ALWAYS = datetime.min.replace(tzinfo=UTC)


def _never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pricing:
    """By which price list each event is rated again; `asks_host` tells whose wholesale amount is computed again too."""

    price_of: PriceOf
    asks_host: Callable[[Any], bool] = _never


def as_it_was(ctx: Context) -> PriceOf:
    """The version that each event was rated by, whatever has come since."""
    made: dict[UUID, Tariff | None] = {}

    def price_of(row: Any, tariff: Tariff) -> Tariff | None:
        version_id = row.price_list_version_id
        if version_id is None:
            return tariff
        if version_id not in made:
            made[version_id] = _only(ctx, tariff, version_id)
        return made[version_id]

    return price_of


def _only(ctx: Context, tariff: Tariff, version_id: UUID) -> Tariff | None:
    """The list as if it had been this version for ever; None when the brand has no such version."""
    found = (version for version in tariff.versions if version.id == version_id)
    version = next(found, None) or catalogue.tariff_version(ctx, version_id)
    return replace(tariff, versions=(replace(version, valid_from=_ALWAYS),)) if version else None


def keeping(ctx: Context) -> Pricing:
    """All events keep the prices they had; only their order, and what flows on from it, is another."""
    return Pricing(as_it_was(ctx))


def afresh(ctx: Context, scope: Scope) -> Pricing:
    """What holds now for events of the scope; the others keep the prices they had, and feel only what flows on."""
    kept = as_it_was(ctx)

    def price_of(row: Any, tariff: Tariff) -> Tariff | None:
        return tariff if scope.holds(row) else kept(row, tariff)

    return Pricing(price_of, scope.holds)
