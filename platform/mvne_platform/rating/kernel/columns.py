"""What the batch kernel reads and writes: columns, one NumPy array each; the place in a column is the identity.

Numbers stand for members of an enumeration by their place in it (`list(Service).index(...)`), and for strings by their
place in the dictionary that is named. Instants are Unix seconds in UTC; a bound that carries a fraction of a second is
rounded up, which decides the same about events, whose starts are whole seconds. Days count from 1970-01-01. Amounts
are micros, quantities in the service's unit. -1 is "none" everywhere.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

NONE = -1
# A bucket, discount or anything else that does not end.
FOREVER = np.iinfo(np.int64).max
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

Bools: TypeAlias = npt.NDArray[np.bool_]
Int8s: TypeAlias = npt.NDArray[np.int8]
Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]


def day_number(day: date) -> int:
    """How columns write a date."""
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    """The date a column's number stands for."""
    return date.fromordinal(number + _EPOCH_DAY)


def seconds_up(instant: datetime | None) -> int:
    """How columns write a bound of a validity: the next whole second; None is FOREVER."""
    if instant is None:
        return int(FOREVER)
    return -((_EPOCH - instant) // timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Usage events, sorted by the charging group of their holding, then as they are rated: by event key.

    `holding` is a row of the `HoldingTable`: the subscription, its plan and its price list at the event's start.
    `period` is the first day of the billing period into which the event falls.
    `number` is the called number: E.164 as `pack_number` and `pack_numbers` write it (0 or more), NONE if there is
    none, else, as dialled, the entry `-2 - number` of `short_codes` (see `number_column`).
    `network` is an entry of `networks` (MCC-MNC), `operator` one of `operators`; empty strings are none.
    `answered` is 1, 0, or NONE where the question does not arise; `number_class` is a place in `list(NumberClass)`.
    `quantity` is NONE where the record tells none; any other negative one is refused.
    """

    start: Int64s
    service: Int8s
    quantity: Int64s
    answered: Int8s
    number: Int64s
    network: Int32s
    operator: Int32s
    number_class: Int8s
    holding: Int32s
    period: Int32s
    short_codes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class HoldingTable:
    """What holds for a subscription while its plan, price list, sharing group and discounts stay the same; by row.

    `group` is the charging group, whose buckets are rows `offsets[group]` to `offsets[group + 1]` of the purse state.
    What shares a bucket has one group: should a subscription enter or leave a sharing group between two of the
    events, both are the same group here. `subscription` numbers subscriptions, `sharing` sharing groups (NONE: of no
    group). `tariff` and `wholesale` are places in the compiled tariffs (`wholesale` NONE: no amount is wanted).
    `spend_limit` is in micros. Discounts of row h are rows `discount_offsets[h]` to `[h + 1]` of the `discount_…`
    columns: valid in [from, to), `discount_services` as `service_mask` writes it, `discount_zones` an entry of
    `zone_sets` (NONE: all zones).
    """

    group: Int32s
    subscription: Int32s
    sharing: Int32s
    tariff: Int32s
    wholesale: Int32s
    payment_mode: Int8s
    offline_debit: Int8s
    spend_limit: Int64s
    discount_offsets: Int64s
    discount_bp: Int64s
    discount_services: Int64s
    discount_zones: Int32s
    discount_from: Int64s
    discount_to: Int64s
    zone_sets: tuple[frozenset[str], ...] = ()

    def __len__(self) -> int:
        return len(self.group)


@dataclass(slots=True)
class PurseState:
    """Buckets and counters; rating changes `amount` in place and replaces the four `counter_…` columns.

    Buckets stand by group, and within it in the order they are used: priority, end (FOREVER last), id.
    Exactly one of `subscription` and `sharing` is NONE: whose bucket it is. `amount` is what is available.
    `unit` is a place in `list(Unit)`, `currency` an entry of `currencies`, `services` and `zones` as for discounts.
    `main` marks the money buckets that may go below zero.

    Counters, in any order: the place of their code in `CompiledTariffs.counters` (0 is what was accrued, in micros;
    leave codes out that are not there), and the first day of their period. After rating, the rows given stand where
    they stood, with what is counted now; new ones follow.
    """

    offsets: Int64s
    subscription: Int32s
    sharing: Int32s
    unit: Int8s
    currency: Int32s
    amount: Int64s
    services: Int64s
    zones: Int32s
    valid_from: Int64s
    valid_to: Int64s
    main: Bools
    counter_subscription: Int32s
    counter_code: Int32s
    counter_period: Int32s
    counter_amount: Int64s
    currencies: tuple[str, ...] = ()
    zone_sets: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class RatedColumns:
    """The answers, in the order of the events: what `Rated` and `Wholesale` say, by column.

    `outcome` and `reason` are places in `list(Outcome)` and `list(Reason)`. `version`, `rate`, `zone`, `band` and
    `counter` are places in the lists of the compiled tariffs of the same names.
    Takes of event i are rows `take_offsets[i]` to `take_offsets[i + 1]` of `take_bucket` (a row of the purse state)
    and `take_quantity`; its trace, as `Trace.as_ints` writes it, is `trace[trace_offsets[i]:trace_offsets[i + 1]]`,
    empty where it has none. `wholesale` is NONE where there is no amount; `wholesale_reason` then says why, unless
    the holding has no wholesale tariff.
    """

    outcome: Int8s
    reason: Int8s
    version: Int32s
    rate: Int32s
    zone: Int32s
    band: Int32s
    counter: Int32s
    itemised: Bools
    quantity: Int64s
    charged: Int64s
    amount: Int64s
    accrued: Int64s
    debited: Int64s
    waived: Int64s
    counted: Int64s
    take_offsets: Int64s
    take_bucket: Int32s
    take_quantity: Int64s
    trace_offsets: Int64s
    trace: Int64s
    wholesale: Int64s
    wholesale_rate: Int32s
    wholesale_reason: Int8s

    def __len__(self) -> int:
        return len(self.outcome)
