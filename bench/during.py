"""`orders.during_batch`: how long one order in twenty keeps a customer waiting while a large file is being loaded."""

import statistics
import time

import psycopg

from bench.charging_lines import open_lines, usage_file
from bench.measure import Result
from bench.orders import CUSTOMER, fill_stock
from bench.place import BRAND, Place
from mvne_platform import catalogue, orders
from mvne_platform.runtime import brand_work

ORDERS = 60
ROUNDS = 3
LINES = 10_000
ROWS = 3_000_000
# Between two orders, as customers leave them: the shop is not the load.
PAUSE_SECONDS = 0.05


def orders_during_batch(place: Place, count: int = ORDERS, rows: int = ROWS) -> Result:
    """Seconds within which 95 of 100 orders are placed beside the load, and without it; a ratio of 1 is undisturbed."""
    numbers = open_lines(place.superuser_dsn, LINES)
    fill_stock(2 * count * (ROUNDS + 1))
    with brand_work(BRAND) as ctx:
        plan = catalogue.current_offering(ctx, "fjord-5").id
    new = orders.NewOrder(offering_id=plan, customer=CUSTOMER)
    _slowest_twentieth(new, count)
    pairs = []
    for _ in range(ROUNDS):
        idle = _slowest_twentieth(new, count)
        with usage_file(place, numbers, rows) as loading:
            busy = _slowest_twentieth(new, count)
            if loading.poll() is not None:
                raise TimeoutError("The file was loaded before the round was over; give it more rows.")
        pairs.append((busy, idle))
    _withdraw(place.superuser_dsn)
    value, top = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Result("orders.during_batch", value, "s", top, statistics.median(idle / busy for busy, idle in pairs))


def _slowest_twentieth(new: orders.NewOrder, count: int) -> float:
    """Seconds that 95 of 100 orders do not exceed."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        with brand_work(BRAND) as ctx:
            orders.place_order(ctx, new)
        took.append(time.perf_counter() - begun)
        time.sleep(PAUSE_SECONDS)
    return statistics.quantiles(took, n=20)[-1]


def _withdraw(dsn: str) -> None:
    """Keep the orders from being carried out: no network runs here."""
    with psycopg.connect(dsn) as connection:
        connection.execute(f"TRUNCATE {BRAND}.outbox, platform.doorbell")
