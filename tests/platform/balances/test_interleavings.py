"""Everything that moves balances, at once, on the same lines: nobody waits for ever, and every ledger adds up."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.balances import SPEND, CounterKey, Grant, Granted, Reason
from mvne_platform.kernel import DomainError, Money, Period, Unit, uuid7
from mvne_platform.runtime import Context, brand_work
from mvne_platform.subscriptions.models import Subscription
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line
from tests.plugins.database import Database

DAY = timedelta(days=1)
WORKERS, ROUNDS = 8, 60


@dataclass(frozen=True)
class Town:
    """Lines of two families, each with an account, a group and a product per line."""

    lines: tuple[UUID, ...]
    groups: tuple[UUID, ...]
    accounts: tuple[UUID, ...]

    def some(self, chance: random.Random) -> list[UUID]:
        """A few lines in any order."""
        return chance.sample(self.lines, chance.randint(1, len(self.lines)))


def settle() -> Town:
    with brand_work("testbrand") as ctx:
        lines, groups = [], []
        for _ in range(2):
            owner = make_line(ctx)
            lines += [owner, *(make_line(ctx, beside=owner) for _ in range(3))]
            groups.append(balances.open_group(ctx, owner, "Family").id)
        balances.open_money_of_many(ctx, lines)
        accounts = {ctx.db.get_one(Subscription, line).account_id for line in lines}
        return Town(tuple(lines), tuple(groups), tuple(accounts))


def top_up(ctx: Context, town: Town, chance: random.Random) -> None:
    balances.top_up(ctx, chance.choice(town.lines), Money.of(5, "DKK"), Reason.TOP_UP, uuid7())


def pay(ctx: Context, town: Town, chance: random.Random) -> None:
    balances.debit(ctx, chance.choice(town.lines), Money.of(3, "DKK"), Reason.RENEWAL, uuid7())


def use(ctx: Context, town: Town, chance: random.Random) -> None:
    """A chunk of usage over several lines, their groups' allowances and their counters."""
    lines = town.some(chance)
    purses = balances.lock_purses(ctx, lines)
    held = balances.buckets_of_purses(ctx, chance.sample(list(purses), len(purses)))
    takes = {b.id: 1_000 if b.unit is Unit.MONEY else min(7, b.available) for b in held}
    balances.post_usage(ctx, takes, uuid7())
    balances.move_counters(ctx, {CounterKey(line, SPEND, ctx.now): 5 for line in lines})
    balances.advance_purses(ctx, dict.fromkeys(purses, uuid7()))


def renew(ctx: Context, town: Town, chance: random.Random) -> None:
    """Many lines' periods begin; each round is a day of its own."""
    begins = ctx.now + chance.randint(-3, 0) * DAY
    grants = [
        Granted(
            line,
            Grant(
                "data",
                Unit.BYTE,
                1_000,
                valid_from=begins,
                valid_to=begins + DAY,
                product_id=line,
                rollover_periods=2,
                rollover_limit=1_500,
                shared=True,
            ),
            uuid7(),
        )
        for line in town.some(chance)
    ]
    balances.begin_period(ctx, [one.subscription_id for one in grants], grants, Period(begins, begins + DAY))


def expire(ctx: Context, town: Town, chance: random.Random) -> None:
    balances.expire(ctx, None, ctx.now - chance.randint(0, 2) * DAY, most=chance.choice([3, None]))


def bill(ctx: Context, town: Town, chance: random.Random) -> None:
    balances.touch_purses(ctx, chance.choice(town.accounts))


def share(ctx: Context, town: Town, chance: random.Random) -> None:
    action = chance.choice([balances.add_member, balances.remove_member])
    action(ctx, chance.choice(town.groups), chance.choice(town.lines))


def reserve(ctx: Context, town: Town, chance: random.Random) -> None:
    """A session holds a little of each bucket it finds, or lets it go."""
    purses = balances.lock_purses(ctx, [chance.choice(town.lines)])
    for bucket in balances.buckets_of_purses(ctx, purses):
        hold(ctx, bucket.id, chance.choice([min(3, max(0, bucket.available)), -bucket.reserved]))


WORKS: tuple[Callable[[Context, Town, random.Random], None], ...] = (
    top_up,
    pay,
    use,
    renew,
    expire,
    bill,
    share,
    reserve,
)


def test_everything_at_once_ends_and_adds_up(database: Database) -> None:
    town = settle()

    def worker(number: int) -> Counter[str]:
        chance, done = random.Random(number), Counter[str]()
        for turn in range(ROUNDS):
            work = WORKS[(number + turn) % len(WORKS)]
            with suppress(DomainError), brand_work("testbrand") as ctx:
                work(ctx, town, chance)
                done[work.__name__] += 1
        return done

    with ThreadPoolExecutor(WORKERS) as pool:
        done = sum(pool.map(worker, range(WORKERS)), Counter[str]())

    assert set(done) == {work.__name__ for work in WORKS}
    assert done["use"] == done["renew"] == done["top_up"] == WORKERS * ROUNDS / len(WORKS)
    with brand_work("testbrand") as ctx:
        assert ctx.db.execute(text(WRONG)).all() == []
        spent = ctx.db.scalar(text("SELECT CAST(sum(value) AS bigint) FROM counter"))
        chunks = ctx.db.scalar(text("SELECT count(*) FROM ledger_entry WHERE reason = 'top_up'"))
    assert chunks == done["top_up"]
    assert spent
    assert spent % 5 == 0


WRONG = """
SELECT b.id FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id GROUP BY b.id
HAVING b.amount <> coalesce(sum(e.delta), 0) OR b.reserved < 0 OR (b.unit <> 'money' AND b.amount < b.reserved)
"""
