"""`orders.place`: taking an order in, as the edge has it done: the command in its transaction."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg

from bench.ceilings.connections import Connections
from bench.ceilings.orders import Desk, place_many
from bench.footprint import same_effect
from bench.measure import ROUNDS, Result, rates
from bench.place import BRAND, Place
from mvne_platform import catalogue, inventory, orders, party
from mvne_platform.inventory import NumberRow, SimRow
from mvne_platform.kernel import local_date
from mvne_platform.runtime import brand_work

THREADS = 4
ORDERS = 160
CUSTOMER = party.NewCustomer(
    kind=party.CustomerKind.INDIVIDUAL, given_name="Bo", family_name="Bench", email="bo@fjord.example"
)


def place(where: Place, count: int = ORDERS) -> Result:
    """Orders per second."""
    fill_stock(2 * (1 + count * (ROUNDS + 1)))
    with brand_work(BRAND) as ctx:
        plan = catalogue.current_offering(ctx, "fjord-5").id
        lines = orders.quote(ctx, offering_id=plan).lines
        day, now = local_date(ctx.now, ctx.brand.time_zone), ctx.now
    new = orders.NewOrder(offering_id=plan, customer=CUSTOMER)

    def ours(_number: int = 0) -> None:
        with brand_work(BRAND) as ctx:
            orders.place_order(ctx, new)

    with ExitStack() as stack:
        stack.callback(_withdraw, where.superuser_dsn)
        desk = Desk(stack.enter_context(Connections(where.app_dsn)), BRAND, plan, lines, now, day)
        mine, bare = (stack.enter_context(ThreadPoolExecutor(THREADS)) for _ in range(2))
        same_effect(where.superuser_dsn, [BRAND, "platform"], ours, desk.place)
        return rates(
            "orders.place",
            "orders/s",
            lambda: len(list(mine.map(ours, range(count)))),
            lambda: place_many(desk, bare, count),
        )


def _withdraw(dsn: str) -> None:
    """Keep the orders from being carried out: no network runs here, and other benchmarks start the relay."""
    with psycopg.connect(dsn) as connection:
        connection.execute(f"TRUNCATE {BRAND}.outbox, platform.doorbell")


def fill_stock(size: int) -> None:
    """Take in as many SIMs and numbers as orders will be placed by either side."""
    with brand_work(BRAND) as ctx:
        sims = [SimRow(_with_check_digit(f"894577002690{n:06}"), f"2385026{n:08}") for n in range(size)]
        numbers = [NumberRow(f"+4553{n:06}") for n in range(size)]
        for report in (*inventory.add_sims(ctx, sims), *inventory.add_numbers(ctx, numbers)):
            if report.outcome is inventory.RowOutcome.REJECTED:
                raise LookupError(f"{report.value}: {report.reason}")


def _with_check_digit(digits: str) -> str:
    """The number with its Luhn digit (ISO/IEC 7812-1 annex B)."""
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits))]
    return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
