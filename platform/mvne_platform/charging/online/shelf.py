"""What is the brand's own and not a subscriber's: price lists, who gets which, the host's prices, number data.

Read about once a second; a price list that is as it was stays the same object, so that what is remembered by it holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mvne_platform import catalogue, mediation
from mvne_platform.catalogue import Assigned, PriceListChoice, Tariff
from mvne_platform.charging.subjects import tariff_of
from mvne_platform.mediation import NumberData
from mvne_platform.runtime import Context


@dataclass(slots=True)
class Shelf:
    """As of one instant. `tariffs` grows with what is asked for; None stands for a list that was never imported.

    `changed` says that something is not as it was when the shelf was read before.
    """

    choice: PriceListChoice
    plans: Mapping[str, Sequence[Assigned]]
    tariffs: dict[str, Tariff | None]
    host: Tariff | None
    numbers: NumberData
    changed: bool = False


def read_shelf(ctx: Context, before: Shelf | None = None) -> Shelf:
    """Read everything that may have changed since."""
    choice, plans, host, numbers = (
        catalogue.price_list_choice(ctx),
        catalogue.plan_price_lists(ctx),
        catalogue.wholesale_tariff(ctx),
        mediation.number_data(ctx),
    )
    if before is None:
        return Shelf(choice, plans, {}, host, numbers)
    known = [*before.tariffs.items()]  # others read on that shelf, and add to it meanwhile
    tariffs = {code: _kept(tariff_of(ctx, code), old) for code, old in known}
    host = _kept(host, before.host)
    same = all(tariffs[code] is old for code, old in known) and host is before.host
    same = same and (choice, plans) == (before.choice, before.plans)
    return Shelf(choice, plans, tariffs, host, numbers, changed=not same)


def _kept(fresh: Tariff | None, old: Tariff | None) -> Tariff | None:
    return old if _is_same(fresh, old) else fresh


def _is_same(one: Tariff | None, other: Tariff | None) -> bool:
    """Versions never change once they are compiled: the same ids from the same instants are the same prices."""
    if one is None or other is None:
        return one is other
    heads = [[(version.id, version.valid_from) for version in tariff.versions] for tariff in (one, other)]
    return heads[0] == heads[1] and one.holidays == other.holidays and one.time_zone == other.time_zone
