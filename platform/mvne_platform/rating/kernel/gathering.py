"""Columns made into the matrices of a block, and answers made into columns again, in machine code.

Each function is called once for a block, so that it may take tuples of arrays.
"""

from typing import NamedTuple

from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Matrix
from mvne_platform.rating.kernel.columns import NONE, Bools, Int8s, Int32s, Int64s
from mvne_platform.rating.kernel.compiled import compiled

_FIRST_SHORT_CODE = -2


class Events(NamedTuple):
    """The arrays of `EventColumns`."""

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


class Names(NamedTuple):
    """The strings of a batch's columns as the price lists number them, -1 for what none of them knows.

    By place in `EventColumns.networks`: the network, and all networks of its country; by place in `operators` and
    `short_codes`: the operator, the code, and how many signs the code has.
    """

    networks: Int32s
    countries: Int32s
    operators: Int32s
    codes: Int32s
    code_lengths: Int32s


class Holdings(NamedTuple):
    """The arrays of `HoldingTable`, and those of `PurseState` that say where a group's buckets are."""

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
    bucket_offsets: Int64s


class Buckets(NamedTuple):
    """The arrays of `PurseState` about buckets, currencies numbered as the price lists do it."""

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


class Answers(NamedTuple):
    """The columns of `RatedColumns` that have one row for each event, and the offsets of takes and traces.

    While events are rated, an offset is how many rows the event before it has written.
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
    trace_offsets: Int64s
    wholesale: Int64s
    wholesale_rate: Int32s
    wholesale_reason: Int8s


@compiled
def gather_events(rows: Int64s, events: Events, names: Names, uses: Matrix) -> None:
    """Fill in the events' own columns; `rows` are their places in the batch."""
    for place in range(len(rows)):
        row, use = rows[place], uses[place]
        use[at.START], use[at.SERVICE] = events.start[row], events.service[row]
        use[at.QUANTITY], use[at.ANSWERED] = events.quantity[row], events.answered[row]
        use[at.NUMBER_CLASS], use[at.PERIOD] = events.number_class[row], events.period[row]
        number, network, operator = events.number[row], events.network[row], events.operator[row]
        use[at.NUMBER] = number
        code = _FIRST_SHORT_CODE - number
        use[at.CODE] = names.codes[code] if number < NONE else NONE
        use[at.CODE_LENGTH] = names.code_lengths[code] if number < NONE else 0
        use[at.HAS_NETWORK], use[at.HAS_OPERATOR] = network >= 0, operator >= 0
        use[at.NETWORK] = names.networks[network] if network >= 0 else NONE
        use[at.COUNTRY] = names.countries[network] if network >= 0 else NONE
        use[at.OPERATOR] = names.operators[operator] if operator >= 0 else NONE


@compiled
def purse_rows(rows: Int64s, events: Events, holdings: Holdings) -> int:
    """How many rows the purse of a block needs: the buckets of its groups, and the discounts of its holdings."""
    count, holding, group = 0, NONE, NONE
    for row in rows:
        if events.holding[row] == holding:
            continue
        holding = events.holding[row]
        count += holdings.discount_offsets[holding + 1] - holdings.discount_offsets[holding]
        if holdings.group[holding] != group:
            group = holdings.group[holding]
            count += holdings.bucket_offsets[group + 1] - holdings.bucket_offsets[group]
    return count


@compiled
def gather_holdings(
    rows: Int64s, events: Events, holdings: Holdings, buckets: Buckets, uses: Matrix, purse: Matrix
) -> None:
    """Fill in what the events' holdings say; buckets once for each group, discounts for each run of one holding."""
    end, last, group = 0, NONE, NONE
    first_bucket, end_bucket, first_discount, end_discount = 0, 0, 0, 0
    for place in range(len(rows)):
        use, holding = uses[place], events.holding[rows[place]]
        if holdings.group[holding] != group:
            group = holdings.group[holding]
            first_bucket, end_bucket = end, _gather_buckets(group, holdings, buckets, purse, end)
            end = end_bucket
        if holding != last:
            last = holding
            first_discount, end_discount = end, _gather_discounts(holding, holdings, purse, end)
            end = end_discount
        use[at.SUBSCRIPTION], use[at.SHARING] = holdings.subscription[holding], holdings.sharing[holding]
        use[at.TARIFF], use[at.WHOLESALE] = holdings.tariff[holding], holdings.wholesale[holding]
        use[at.MODE], use[at.POLICY] = holdings.payment_mode[holding], holdings.offline_debit[holding]
        use[at.LIMIT] = holdings.spend_limit[holding]
        use[at.BUCKETS], use[at.BUCKETS + 1] = first_bucket, end_bucket
        use[at.DISCOUNTS], use[at.DISCOUNTS + 1] = first_discount, end_discount


@compiled
def _gather_buckets(group: int, holdings: Holdings, buckets: Buckets, purse: Matrix, place: int) -> int:
    for row in range(holdings.bucket_offsets[group], holdings.bucket_offsets[group + 1]):
        purse[place, at.BUCKET] = row
        purse[place, at.AMOUNT], purse[place, at.UNIT] = buckets.amount[row], buckets.unit[row]
        purse[place, at.CURRENCY], purse[place, at.IS_MAIN] = buckets.currency[row], buckets.main[row]
        purse[place, at.SERVICES_MASK], purse[place, at.ZONE_SET] = buckets.services[row], buckets.zones[row]
        purse[place, at.VALID_FROM], purse[place, at.VALID_TO] = buckets.valid_from[row], buckets.valid_to[row]
        purse[place, at.OWNER], purse[place, at.GROUP] = buckets.subscription[row], buckets.sharing[row]
        place += 1
    return place


@compiled
def _gather_discounts(holding: int, holdings: Holdings, purse: Matrix, place: int) -> int:
    for row in range(holdings.discount_offsets[holding], holdings.discount_offsets[holding + 1]):
        purse[place, at.BUCKET] = NONE
        purse[place, at.AMOUNT] = holdings.discount_bp[row]
        purse[place, at.SERVICES_MASK], purse[place, at.ZONE_SET] = (
            holdings.discount_services[row],
            holdings.discount_zones[row],
        )
        purse[place, at.VALID_FROM], purse[place, at.VALID_TO] = holdings.discount_from[row], holdings.discount_to[row]
        place += 1
    return place


@compiled
def scatter_purse(purse: Matrix, amount: Int64s) -> None:
    """Write what is left in the buckets."""
    for row in range(len(purse)):
        if purse[row, at.BUCKET] >= 0:
            amount[purse[row, at.BUCKET]] = purse[row, at.AMOUNT]


@compiled
def scatter_answers(rows: Int64s, answers: Matrix, takes: int, trace: int, columns: Answers) -> None:
    """Write the answers of a block to the places of its events; its takes and traces begin at `takes` and `trace`."""
    for place in range(len(rows)):
        row, answer = rows[place], answers[place]
        columns.outcome[row], columns.reason[row] = answer[at.OUTCOME], answer[at.REASON]
        columns.version[row], columns.rate[row] = answer[at.VERSION], answer[at.RATE]
        columns.zone[row], columns.band[row] = answer[at.ZONE], answer[at.BAND]
        columns.counter[row], columns.itemised[row] = answer[at.ITS_COUNTER], answer[at.ITEMISED] != 0
        columns.quantity[row], columns.charged[row] = answer[at.ITS_QUANTITY], answer[at.CHARGED]
        columns.amount[row], columns.accrued[row] = answer[at.ITS_AMOUNT], answer[at.ACCRUED]
        columns.debited[row], columns.waived[row] = answer[at.DEBITED], answer[at.WAIVED]
        columns.counted[row] = answer[at.COUNTED]
        columns.take_offsets[row + 1], columns.trace_offsets[row + 1] = (
            answer[at.TAKES_END] - takes,
            answer[at.TRACE_END] - trace,
        )
        takes, trace = answer[at.TAKES_END], answer[at.TRACE_END]
        columns.wholesale[row], columns.wholesale_rate[row] = answer[at.HOST_AMOUNT], answer[at.HOST_RATE]
        columns.wholesale_reason[row] = answer[at.HOST_REASON]


@compiled
def collect_takes(rows: Int64s, offsets: Int64s, written: Matrix, bucket: Int32s, quantity: Int64s) -> None:
    """Put takes, as they were written one event of `rows` after the other, to the places that the offsets give them."""
    source = 0
    for row in rows:
        for place in range(offsets[row], offsets[row + 1]):
            bucket[place] = written[source, at.TAKE_BUCKET]
            quantity[place] = written[source, at.TAKE_QUANTITY]
            source += 1


@compiled
def collect_traces(rows: Int64s, offsets: Int64s, written: Int64s, trace: Int64s) -> None:
    """The same for traces."""
    source = 0
    for row in rows:
        for place in range(offsets[row], offsets[row + 1]):
            trace[place] = written[source]
            source += 1
