"""Events, subscribers and purses, one object each, made into columns."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from mvne_platform.catalogue import UNITS
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.kernel.book import Interned
from mvne_platform.rating.kernel.codes import place
from mvne_platform.rating.kernel.columns import NONE, EventColumns, HoldingTable, PurseState, day_number, seconds_up
from mvne_platform.rating.kernel.flatten import CompiledTariffs
from mvne_platform.rating.kernel.numbers import number_column, service_mask
from mvne_platform.rating.purse import MAIN, Purse, PurseBucket
from mvne_platform.rating.rater import Item
from mvne_platform.rating.subscriber import Subscriber

# What cannot be counted, unlike what the record does not tell.
_REFUSED = -2
# Members of different charging groups are different subscriptions to the kernel: each purse counts for itself.
Member: TypeAlias = tuple[UUID, UUID]


class ZoneSets:
    """The sets of zone codes that buckets and discounts name."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}

    def number(self, zones: frozenset[str]) -> int:
        """The number of a set; NONE for the empty one, which stands for all zones."""
        return self._numbers.setdefault(zones, len(self._numbers)) if zones else NONE

    def listed(self) -> tuple[frozenset[str], ...]:
        """The sets by number."""
        return tuple(self._numbers)


def event_columns(items: Sequence[Item], holding: Sequence[int]) -> EventColumns:
    """The events of items, with the rows of their holdings."""
    events = [item.event for item in items]
    numbers, short_codes = number_column(event.other_party for event in events)
    networks, operators = Interned(), Interned()
    return EventColumns(
        start=_column([int(event.start.timestamp()) for event in events], np.int64),
        service=_column([place(event.service) for event in events], np.int8),
        quantity=_column([_quantity(event) for event in events], np.int64),
        answered=_column([NONE if event.answered is None else event.answered for event in events], np.int8),
        number=numbers,
        network=_column([_interned(event.visited_network, networks) for event in events], np.int32),
        operator=_column([_interned(event.operator, operators) for event in events], np.int32),
        number_class=_column(
            [NONE if event.number_class is None else place(event.number_class) for event in events], np.int8
        ),
        holding=_column(holding, np.int32),
        period=_column([day_number(item.subscriber.period) for item in items], np.int32),
        short_codes=short_codes,
        networks=networks.texts(),
        operators=operators.texts(),
    )


def _quantity(event: UsageEvent) -> int:
    unit = UNITS[event.service]
    quantity = {Unit.SECOND: event.duration_s, Unit.BYTE: event.bytes, Unit.MESSAGE: event.count}[unit]
    if quantity is None:
        return NONE
    return quantity if quantity >= 0 else _REFUSED


def _interned(text: str | None, texts: Interned) -> int:
    return texts.number(text) if text else NONE


def holding_table(
    held: Sequence[tuple[Subscriber, int]], groups: dict[UUID, int], members: dict[Member, int]
) -> HoldingTable:
    """Subscribers with the place of their price list; every charging group is a sharing group of its own."""
    subscribers = [subscriber for subscriber, _ in held]
    group = _column([groups[one.charging_group] for one in subscribers], np.int32)
    discounts = [discount for one in subscribers for discount in one.discounts]
    zone_sets = ZoneSets()
    return HoldingTable(
        group=group,
        subscription=_column(
            [_member(one.charging_group, one.subscription_id, members) for one in subscribers], np.int32
        ),
        sharing=group,
        tariff=_column([tariff for _, tariff in held], np.int32),
        wholesale=np.full(len(held), NONE, np.int32),
        payment_mode=_column([place(one.payment_mode) for one in subscribers], np.int8),
        offline_debit=_column([place(one.offline_debit) for one in subscribers], np.int8),
        spend_limit=_column([_or_none(one.spend_limit_micros) for one in subscribers], np.int64),
        discount_offsets=np.cumsum([0, *(len(one.discounts) for one in subscribers)], dtype=np.int64),
        discount_bp=_column([one.basis_points for one in discounts], np.int64),
        discount_services=_column([service_mask(one.services) for one in discounts], np.int64),
        discount_zones=_column([zone_sets.number(one.zones) for one in discounts], np.int32),
        discount_from=_column([seconds_up(one.valid_from) for one in discounts], np.int64),
        discount_to=_column([seconds_up(one.valid_to) for one in discounts], np.int64),
        zone_sets=zone_sets.listed(),
    )


def _or_none(number: int | None) -> int:
    return NONE if number is None else number


def purse_state(
    purses: Sequence[tuple[UUID, Purse]], members: dict[Member, int], tariffs: CompiledTariffs
) -> PurseState:
    """The purses of charging groups, in the order of the groups' numbers."""
    owned = [(number, group, bucket) for number, (group, purse) in enumerate(purses) for bucket in purse.buckets]
    buckets = [bucket for _, _, bucket in owned]
    zone_sets, currencies = ZoneSets(), Interned()
    counters = list(_counters(purses, members, tariffs))
    return PurseState(
        offsets=np.cumsum([0, *(len(purse.buckets) for _, purse in purses)], dtype=np.int64),
        subscription=_column([_owner(group, bucket, members) for _, group, bucket in owned], np.int32),
        sharing=_column([NONE if one.subscription_id else number for number, _, one in owned], np.int32),
        unit=_column([place(one.unit) for one in buckets], np.int8),
        currency=_column([_interned(one.currency, currencies) for one in buckets], np.int32),
        amount=_column([one.amount for one in buckets], np.int64),
        services=_column([service_mask(one.services) for one in buckets], np.int64),
        zones=_column([zone_sets.number(one.zones) for one in buckets], np.int32),
        valid_from=_column([seconds_up(one.valid_from) for one in buckets], np.int64),
        valid_to=_column([seconds_up(one.valid_to) for one in buckets], np.int64),
        main=_column([one.unit is Unit.MONEY and one.code == MAIN for one in buckets], np.bool_),
        counter_subscription=_column([counter[0] for counter in counters], np.int32),
        counter_code=_column([counter[1] for counter in counters], np.int32),
        counter_period=_column([counter[2] for counter in counters], np.int32),
        counter_amount=_column([counter[3] for counter in counters], np.int64),
        currencies=currencies.texts(),
        zone_sets=zone_sets.listed(),
    )


def _owner(group: UUID, bucket: PurseBucket, members: dict[Member, int]) -> int:
    if bucket.subscription_id is None:
        return NONE
    return _member(group, bucket.subscription_id, members)


def _counters(
    purses: Sequence[tuple[UUID, Purse]], members: dict[Member, int], tariffs: CompiledTariffs
) -> Iterable[tuple[int, int, int, int]]:
    """Subscription, code, period and what was counted, of the counters that the price lists know."""
    codes = {code: number for number, code in enumerate(tariffs.counters)}
    for group, purse in purses:
        for (subscription_id, code, period), counted in purse.counters.items():
            if code in codes:
                yield _member(group, subscription_id, members), codes[code], day_number(period), counted


def _member(group: UUID, subscription_id: UUID, members: dict[Member, int]) -> int:
    """The number of a subscription within a charging group, a new one if it is new."""
    return members.setdefault((group, subscription_id), len(members))


def _column(values: Sequence[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.array(values, dtype)
