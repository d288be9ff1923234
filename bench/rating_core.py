"""`rating.core`: the batch kernel beside the readable reference, on the same events and price lists, one thread each.

A million events of a hundred thousand subscribers, ten thousand prefixes, the host operator's price list included on
both sides. The reference rates the first ten thousand of them, and both must say the same of those.
"""

import time
from collections.abc import Sequence

from bench.footprint import Unequal
from bench.measure import Result, paces
from bench.place import Place
from bench.rating_load import Size, Workload, first_items, workload
from mvne_platform.rating import Rated, ScalarRater, Wholesale
from mvne_platform.rating.kernel import RatedColumns, rate_columns, warm

REFERENCE_EVENTS = 10_000
REFERENCE = ScalarRater()


def core(_place: Place, size: Size | None = None, reference_events: int = REFERENCE_EVENTS) -> Result:
    """Events per second."""
    warm()
    load = workload(size or Size())
    _check(load, reference_events)
    result = paces("rating.core", "events/s", lambda: _ours(load), lambda: _reference(load, reference_events))
    print(f"rating.core: on two threads at once {_ours(load, threads=2):,.0f} events/s")
    return result


def _ours(load: Workload, threads: int = 1) -> float:
    state = load.state()
    begun = time.perf_counter()
    rated = rate_columns(load.events, load.holdings, load.compiled, state, threads=threads)
    return len(rated) / (time.perf_counter() - begun)


def _reference(load: Workload, count: int) -> float:
    items, purses = first_items(load, count)
    begun = time.perf_counter()
    REFERENCE.rate_many(items, purses)
    for item in items:
        REFERENCE.wholesale(item.event, load.tariffs[-1])
    return count / (time.perf_counter() - begun)


def _check(load: Workload, count: int) -> None:
    """Both say the same of the first events, which money pays for often enough."""
    columns = rate_columns(load.events, load.holdings, load.compiled, load.state())
    items, purses = first_items(load, count)
    rated = REFERENCE.rate_many(items, purses)
    hosts = [REFERENCE.wholesale(item.event, load.tariffs[-1]) for item in items]
    different = [row for row in range(count) if _figures(columns, row) != _expected(rated[row], hosts[row])]
    paid = sum(one.amount_micros > 0 for one in rated)
    if different or paid < count // 10:
        raise Unequal(f"{len(different)} of {count} events differ: {different[:3]}; {paid} cost something.")


def _figures(columns: RatedColumns, row: int) -> Sequence[int]:
    takes = columns.take_quantity[slice(*columns.take_offsets[row : row + 2])].tolist()
    trace = columns.trace[slice(*columns.trace_offsets[row : row + 2])].tolist()
    amounts = (columns.charged, columns.amount, columns.accrued, columns.debited, columns.waived, columns.wholesale)
    return [*(int(column[row]) for column in amounts), *takes, *trace]


def _expected(rated: Rated, host: Wholesale) -> Sequence[int]:
    wholesale = -1 if host.amount_micros is None else host.amount_micros
    amounts = [rated.charged, rated.amount_micros, rated.accrued_micros, rated.debited_micros, rated.waived_micros]
    takes = [take.quantity for take in rated.takes]
    return [*amounts, wholesale, *takes, *(rated.trace.as_ints() if rated.trace else [])]
