"""With which prices the past is rated again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mvne_platform.catalogue import Tariff
from mvne_platform.charging.past.reading import PriceOf
from mvne_platform.charging.past.scope import Scope

_ALWAYS = datetime.min.replace(tzinfo=UTC)


def as_it_was(row: Any, tariff: Tariff) -> Tariff | None:
    """The version the event was rated by, whatever has come since; None when it was of another price list."""
    if row.price_list_version_id is None:
        return tariff
    found = (version for version in tariff.versions if version.id == row.price_list_version_id)
    version = next(found, None)
    return replace(tariff, versions=(replace(version, valid_from=_ALWAYS),)) if version else None


def afresh(scope: Scope) -> PriceOf:
    """What holds now for events of the scope; the others keep the prices they had, and feel only what flows on."""

    def price_of(row: Any, tariff: Tariff) -> Tariff | None:
        return tariff if scope.holds(row) else as_it_was(row, tariff)

    return price_of
