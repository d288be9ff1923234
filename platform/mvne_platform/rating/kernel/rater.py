"""The kernel behind the protocol of every rater: for tests, and for small uses that have objects, not columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from mvne_platform.catalogue import OfflineDebit, PaymentMode, Tariff
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.kernel.batch import rate_columns
from mvne_platform.rating.kernel.columns import Int64s, RatedColumns, day_of
from mvne_platform.rating.kernel.flatten import compile_tariffs
from mvne_platform.rating.kernel.packing import Member, event_columns, holding_table, purse_state
from mvne_platform.rating.purse import CounterId, Purse
from mvne_platform.rating.rated import Outcome, Rated, Reason, Take, Wholesale
from mvne_platform.rating.rater import Item
from mvne_platform.rating.subscriber import Subscriber
from mvne_platform.rating.trace import Trace

_OUTCOMES, _REASONS = list(Outcome), list(Reason)
_Named = TypeVar("_Named")
_NOBODY = Subscriber(UUID(int=0), PaymentMode.POSTPAID, OfflineDebit.FULL, None, date(1970, 1, 1))


class KernelRater:
    """Rates with the kernel. `Rated.detail` stays empty: what a refusal says in words, the scalar rater knows."""

    def __init__(self, threads: int = 1) -> None:
        """`threads` is how many run at once, each with charging groups of its own."""
        self._threads = threads

    def rate(self, event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse) -> Rated:
        """Rate one event; the purse is read, not changed."""
        batch = _Batch([Item(event, subscriber, tariff)], {subscriber.charging_group: purse}, None)
        return batch.rated(batch.run(self._threads))[0]

    def rate_many(self, items: Sequence[Item], purses: Mapping[UUID, Purse]) -> list[Rated]:
        """Rate in the order given within each charging group; the purses are changed. KeyError for a missing one."""
        batch = _Batch(items, purses, None)
        answers = batch.rated(batch.run(self._threads))
        batch.settle()
        return answers

    def wholesale(self, event: UsageEvent, tariff: Tariff) -> Wholesale:
        """What the host operator charges for an event by the price list of its contract."""
        return self.wholesale_many([Item(event, _NOBODY, tariff)], {_NOBODY.charging_group: Purse()}, tariff)[0]

    def wholesale_many(self, items: Sequence[Item], purses: Mapping[UUID, Purse], host: Tariff) -> list[Wholesale]:
        """The same for many events, as a batch answers it while it rates them; the purses are only read."""
        batch = _Batch(items, purses, host)
        return batch.wholesale(batch.run(self._threads), host.currency)


class _Batch:
    """Items and purses as columns, and the way back."""

    def __init__(self, items: Sequence[Item], purses: Mapping[UUID, Purse], host: Tariff | None) -> None:
        groups = {group: number for number, group in enumerate({item.subscriber.charging_group: 0 for item in items})}
        self._purses = [(group, purses[group]) for group in groups]
        self._members: dict[Member, int] = {}
        # By identity: price lists are the same objects, or others.
        lists = {id(item.tariff): item.tariff for item in items} | ({id(host): host} if host else {})
        places = {key: number for number, key in enumerate(lists)}
        held: dict[tuple[Subscriber, int], int] = {}
        holding = [held.setdefault((item.subscriber, places[id(item.tariff)]), len(held)) for item in items]
        self._tariffs = compile_tariffs(list(lists.values()))
        table = holding_table(list(held), groups, self._members)
        if host is not None:
            table = replace(table, wholesale=np.full(len(table), places[id(host)], np.int32))
        self._holdings = table
        self._order = np.argsort(table.group[holding], kind="stable")
        self._events = event_columns([items[row] for row in self._order], [holding[row] for row in self._order])
        self._buckets = [bucket for _, purse in self._purses for bucket in purse.buckets]
        self._state = purse_state(self._purses, self._members, self._tariffs)

    def run(self, threads: int) -> RatedColumns:
        """Rate; the state holds afterwards what is left."""
        return rate_columns(self._events, self._holdings, self._tariffs, self._state, threads=threads)

    def rated(self, columns: RatedColumns) -> list[Rated]:
        """The answers as objects, in the order of the items."""
        answers = {int(place): self._rated_at(row, columns) for row, place in enumerate(self._order)}
        return [answers[place] for place in range(len(answers))]

    def _rated_at(self, row: int, columns: RatedColumns) -> Rated:
        known = self._tariffs
        tariff = known.tariffs[self._holdings.tariff[self._events.holding[row]]]
        return Rated(
            outcome=_OUTCOMES[columns.outcome[row]],
            currency=tariff.currency,
            reason=_named(_REASONS, columns.reason[row]),
            version_id=None if columns.version[row] < 0 else known.versions[columns.version[row]].id,
            rate_id=None if columns.rate[row] < 0 else known.rates[columns.rate[row]].id,
            zone=None if columns.zone[row] < 0 else known.zones[columns.zone[row]].code,
            band=_named(known.bands, columns.band[row]),
            quantity=int(columns.quantity[row]),
            charged=int(columns.charged[row]),
            amount_micros=int(columns.amount[row]),
            accrued_micros=int(columns.accrued[row]),
            debited_micros=int(columns.debited[row]),
            waived_micros=int(columns.waived[row]),
            counted=int(columns.counted[row]),
            counter=_named(known.counters, columns.counter[row]),
            itemised=bool(columns.itemised[row]),
            takes=self._takes(columns, slice(*columns.take_offsets[row : row + 2])),
            trace=_trace(columns.trace[slice(*columns.trace_offsets[row : row + 2])]),
        )

    def _takes(self, columns: RatedColumns, rows: slice) -> tuple[Take, ...]:
        buckets = [self._buckets[row] for row in columns.take_bucket[rows]]
        quantities = columns.take_quantity[rows].tolist()
        return tuple(Take(one.id, one.unit, taken) for one, taken in zip(buckets, quantities, strict=True))

    def wholesale(self, columns: RatedColumns, currency: str) -> list[Wholesale]:
        """The host operator's amounts, in the order of the items."""
        answers = {
            int(place): Wholesale(
                currency,
                None if columns.wholesale[row] < 0 else int(columns.wholesale[row]),
                None if columns.wholesale_rate[row] < 0 else self._tariffs.rates[columns.wholesale_rate[row]].id,
                _named(_REASONS, columns.wholesale_reason[row]),
            )
            for row, place in enumerate(self._order)
        }
        return [answers[place] for place in range(len(answers))]

    def settle(self) -> None:
        """Leave in the purses what is left in the buckets and what is counted."""
        for bucket, amount in zip(self._buckets, self._state.amount.tolist(), strict=True):
            bucket.amount = amount
        purses, members = dict(self._purses), list(self._members)
        state = self._state
        counters = zip(
            state.counter_subscription, state.counter_code, state.counter_period, state.counter_amount, strict=True
        )
        for member, code, period, counted in counters:
            group, subscription_id = members[member]
            counter = CounterId(subscription_id, self._tariffs.counters[code], day_of(int(period)))
            purses[group].counters[counter] = int(counted)


def _named(texts: Sequence[_Named], number: np.integer[Any]) -> _Named | None:
    return None if number < 0 else texts[int(number)]


def _trace(numbers: Int64s) -> Trace | None:
    return Trace.from_ints(numbers.tolist()) if len(numbers) else None
