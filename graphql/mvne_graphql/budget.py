"""How much work each client may ask for: a bucket of cost points that refills while it is not used."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

MOST_CLIENTS = 20_000


@dataclass(frozen=True, slots=True)
class Level:
    """What is left after a request, in points."""

    available: int
    capacity: int
    per_second: int

    def wait_for(self, cost: int) -> int:
        """Whole seconds until `cost` points are there."""
        missing = min(cost, self.capacity) - self.available
        return max(1, -(-missing // self.per_second))


class Budget:
    """A leaky bucket per key, in this process; the longest unused key is forgotten when there are too many.

    `per_second` points return each second, up to `capacity`.
    """

    def __init__(self, *, per_second: int, capacity: int) -> None:
        self.per_second, self.capacity = per_second, capacity
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, cost: int) -> tuple[bool, Level]:
        """Take `cost` points if they are there; answers whether, and what is left."""
        now = time.monotonic()
        with self._lock:
            available, since = self._buckets.pop(key, (float(self.capacity), now))
            available = min(self.capacity, available + (now - since) * self.per_second)
            enough = available >= cost
            if enough:
                available -= cost
            self._buckets[key] = (available, now)
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return enough, Level(int(available), self.capacity, self.per_second)
