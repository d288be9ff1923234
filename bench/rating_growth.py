"""`rating.growth.…`: what an event costs the processor when there is a hundred times as much of something else.

Value and ceiling are nanoseconds of processor time for one event, with much and with little; the ratio is much by
little: 1 is no growth. Everything that a batch does is in it, from the columns of events to those of answers.
"""

import gc
import statistics
import time

from bench.measure import ROUNDS, Result
from bench.place import Place
from bench.rating_load import Size, Workload, workload
from mvne_platform.rating.kernel import rate_columns, warm

_NANO = 1e9


def subscribers(_place: Place, little: int = 10_000, much: int = 1_000_000) -> Result:
    """The same number of events, of a million subscribers instead of ten thousand."""
    return _growth("rating.growth.subscribers", Size(subscribers=little), Size(subscribers=much))


def prefixes(_place: Place, little: int = 1_000, much: int = 100_000) -> Result:
    """Called numbers spread evenly over a hundred thousand prefixes instead of a thousand."""
    return _growth("rating.growth.prefixes", Size(prefixes=little), Size(prefixes=much))


def price_lists(_place: Place, little: int = 5, much: int = 500) -> Result:
    """Five hundred price lists instead of five, each with prefixes of its own, neighbours on different ones."""
    few, many = (Size(prefixes=500, price_lists=count) for count in (little, much))
    return _growth("rating.growth.pricelists", few, many)


def _growth(name: str, little: Size, much: Size, rounds: int = ROUNDS) -> Result:
    """Interleaved rounds, the first of which does not count."""
    warm()
    small, large = workload(little), workload(much)
    gc.collect()
    pairs = [(_cost(large), _cost(small)) for _ in range(rounds + 1)][1:]
    value, base = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Result(name, value, "ns/event (ratio: growth)", base, statistics.median(a / b for a, b in pairs))


def _cost(load: Workload) -> float:
    """Processor time for one event, in nanoseconds."""
    state = load.state()
    begun = time.process_time()
    rated = rate_columns(load.events, load.holdings, load.compiled, state)
    return _NANO * (time.process_time() - begun) / len(rated)
