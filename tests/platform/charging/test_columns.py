"""Loading as columns comes to exactly what loading row by row comes to."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from mvne_platform import balances, catalogue, mediation
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PaymentMode, PriceListChoice, PriceListDraft, RateDraft, TierMode
from mvne_platform.catalogue.drafts import TierDraft
from mvne_platform.charging import columns, online
from mvne_platform.charging.columns import encode
from mvne_platform.charging.columns.holdings import flatten
from mvne_platform.charging.online import Charge
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.mediation import UsageFile
from mvne_platform.mediation.parts.queries import calls_for_update, records_of
from mvne_platform.rating.kernel import gathering, machine
from mvne_platform.rating.price import OUT_OF_RANGE
from mvne_platform.runtime import Context, brand_work
from mvne_platform.subscriptions import Line
from tests.platform.charging import crowd
from tests.platform.charging.shop import (
    ANNA,
    ENDS,
    RATES,
    ZONES,
    call,
    load,
    open_line,
    open_shop,
    outcomes,
    receive,
    reconcile,
    state_hash,
    utc,
)
from tests.platform.lines import LONG_AGO
from tests.plugins.database import Database, brand_context

EXCEPTIONS = "SELECT row, kind, reason, detail, record FROM usage_exception ORDER BY file_id, row"
NOTICES = "SELECT purse_id, code, percent, count(*) FROM usage_notice GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
CHUNKS = "SELECT rows_from, rows_to, first_key, last_key FROM usage_chunk ORDER BY id"
EVENTS = "SELECT * FROM rated_event ORDER BY subscription_id, key"


def load_columns(ctx: Context, file: UsageFile, rows: int = 100_000) -> UsageFile:
    """Load a whole file as columns."""
    ahead = columns.Ahead(rows)
    while not columns.load_columns(ctx, file.id, ahead).finished:
        pass
    ahead.close()
    reconcile(ctx, file.id)
    return mediation.usage_file(ctx, file.id)


Way = Callable[[Context, UsageFile], UsageFile]


def loaded(way: Way, files: list[list[str]], shop: Callable[[Context], None] = crowd.open_crowd) -> tuple[Any, ...]:
    """Load files into a fresh shop; answers everything that must be equal."""
    with brand_context("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        shop(ctx)
        done = [
            way(ctx, receive(ctx, *lines, name=f"{number}.csv", header=crowd.HEADER))
            for number, lines in enumerate(files)
        ]
        return (
            [outcomes(file) for file in done],
            [tuple(row) for row in ctx.db.execute(text(EXCEPTIONS))],
            [_event(row._mapping) for row in ctx.db.execute(text(EVENTS))],
            ctx.db.execute(text("SELECT id, rated_until FROM purse ORDER BY id")).all(),
            ctx.db.execute(text("SELECT subscription_id, since FROM late_usage ORDER BY 1")).all(),
            ctx.db.execute(text(NOTICES)).all(),
            ctx.db.execute(text(CHUNKS)).all(),
            sorted(repr(fact) for fact in ctx.facts if fact.kind.endswith("ThresholdReached")),
            state_hash(ctx),
        )


def _event(row: Any) -> dict[str, object]:
    """A rated event without what is made anew for every brand: versions and rates, files, buckets."""
    fresh = {"price_list_version_id", "rate_id", "wholesale_rate_id", "file_id", "bucket_ids"}
    return {name: value for name, value in row.items() if name not in fresh}


def both_ways(files: list[list[str]], rows: int, shop: Callable[[Context], None] = crowd.open_crowd) -> tuple[Any, ...]:
    """Load as columns and row by row, and compare; answers what both came to."""
    expected = loaded(lambda ctx, file: load(ctx, file, size=rows), files, shop)
    answered = loaded(lambda ctx, file: load_columns(ctx, file, rows), files, shop)
    for one, other in zip(expected, answered, strict=True):
        assert one == other
    return expected


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_come_to_the_same(shared_database: Database, seed: int) -> None:
    chance = random.Random(seed)
    lines = crowd.records(chance, 900)
    files = [lines[:400], lines[400:], lines[:100] + lines[350:450]]
    found = both_ways(files, chance.choice([70, 250, 100_000]))
    events = found[2]
    assert len(events) > 600
    for told in ("group_id", "operator", "number_class", "wholesale_micros", "bucket_units", "reason", "attributes"):
        assert any(event[told] is not None for event in events), told
    assert {event["itemised"] for event in events} == {True, False}
    assert {outcome for ended in found[0] for outcome in ended} == set(ENDS)
    assert found[4]  # some of it was late
    assert found[5]  # and some limits were reached


def data_rate(price_micros: int, per: int, **terms: Any) -> tuple[RateDraft, ...]:
    """The standard prices, with another one for data at home."""
    others = [rate for rate in RATES if (rate.zone, rate.service) != ("dk", "data")]
    return (RateDraft("dk", "data", price_micros, per, 1, 1, **terms), *others)


def test_what_fails_for_what_was_counted_before_says_so(shared_database: Database) -> None:
    # By volume: the first megabyte is cheap; after it every byte costs 4000.
    tier = TierDraft(1_000_000, 4_000_000_000)
    dear = data_rate(1, 1, tier_mode=TierMode.VOLUME, tiers=(tier,))

    def shop(ctx: Context) -> None:
        catalogue.import_price_list(ctx, PriceListDraft("dear", "DKK", LONG_AGO, ZONES, dear))
        open_line(ctx, ANNA, subscription_id=crowd.line_id(1), price_list="dear")

    lines = [f"r{n},data,{ANNA},,,2026-10-0{n}T10:00:00Z,,1000000,,,,,,,,," for n in (1, 2)]
    found = both_ways([lines], 100, shop)
    assert found[0] == [{"rated": 1, "failed": 1}]
    ((_, _, reason, detail, _),) = found[1]
    assert (reason, detail) == ("amount_out_of_range", OUT_OF_RANGE)


def test_what_a_late_record_is_the_first_to_count_makes_nothing_late(shared_database: Database) -> None:
    rates = data_rate(20_000, 1_000_000, tiers=(TierDraft(1_000, 10_000),))

    def shop(ctx: Context) -> None:
        catalogue.import_price_list(ctx, PriceListDraft("tiers", "DKK", LONG_AGO, ZONES, rates))
        open_line(ctx, ANNA, subscription_id=crowd.line_id(1), price_list="tiers")

    later = call(1, start="2026-10-06T10:00:00Z") + ",,,,,"
    late = f"r2,data,{ANNA},,,2026-10-05T10:00:00Z,,5000,,,,,,,,,"
    found = both_ways([[later], [late]], 100, shop)
    assert found[0] == [{"rated": 1}, {"rated": 1}]
    assert found[4] == []


def test_an_allowance_of_several_buckets_is_told_by_its_whole_usage(shared_database: Database) -> None:
    def shop(ctx: Context) -> None:
        open_shop(ctx)
        line = open_line(ctx, ANNA, subscription_id=crowd.line_id(1))
        ends = utc("2026-11-01 00:00")
        # What is left of September, which is used first, and October's own.
        for priority, seconds in ((1, 100), (2, 110)):
            grant = Grant(
                "talk", Unit.SECOND, seconds, priority=priority, valid_from=utc("2026-09-01 00:00"), valid_to=ends
            )
            balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())

    files = [[call(number, seconds=seconds) + ",,,,,"] for number, seconds in ((1, 100), (2, 10))]
    found = both_ways(files, 100, shop)
    # 100 of 210 are less than a half, 110 are more; of October's own a tenth is used.
    assert [row[1:] for row in found[5]] == [("talk", 50, 1)]


def test_what_is_charged_online_after_its_row_was_placed_is_not_charged_again(database: Database) -> None:
    def loaded_chunk() -> bool:
        with brand_work("testbrand") as ctx:
            return columns.load_columns(ctx, file_id, ahead).finished

    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        line = open_line(ctx, ANNA, PaymentMode.PREPAID)
        lines = [call(number, start="2026-09-20T10:00:00Z") + f",c{number},,,," for number in range(8)]
        file_id = receive(ctx, *lines, header=crowd.HEADER).id
    ahead = columns.Ahead(8, placing=True)
    assert not loaded_chunk()
    assert ahead._next is not None
    assert ahead._next[2].result().placed is not None
    with brand_work("testbrand") as ctx:
        terms = {"mark": 0, "answer": "{}", "charged_at": ctx.now}
        ctx.db.add(Charge(id=uuid7(), subscription_id=line, correlation="c5", **terms))
    while not loaded_chunk():
        pass
    ahead.close()
    with brand_work("testbrand") as ctx:
        reconcile(ctx, file_id)
        assert outcomes(mediation.usage_file(ctx, file_id)) == {"rated": 7, "correlated": 1}
        assert balances.money(ctx, line) == -7 * 405_000


def test_a_line_without_a_plan_has_no_spans() -> None:
    line = Line(crowd.line_id(1), crowd.line_id(2), crowd.line_id(3), None, ())
    assert list(flatten(line, PriceListChoice({}, {}), ())) == []


def test_more_names_than_a_statement_has_parameters(ctx: Context) -> None:
    many = [uuid7() for _ in range(70_000)]
    assert balances.sharing_of(ctx, many) == {}
    assert catalogue.price_list_choice(ctx, set(many)).customers == {}
    assert online.correlated(ctx, [str(one) for one in many]) == set()
    assert calls_for_update(ctx, [str(one) for one in many]) == {}
    assert set(records_of(ctx, many)) == set(many)


def test_after_warming_nothing_is_left_to_compile(shared_database: Database) -> None:
    columns.warm()
    functions = [encode.encode, gathering.gather_events, gathering.scatter_answers, machine.rate_block]
    known = [list(function.signatures) for function in functions]
    loaded(lambda ctx, file: load_columns(ctx, file, 50), [crowd.records(random.Random(5), 120)])
    assert [list(function.signatures) for function in functions] == known
    assert all(len(signatures) == 1 for signatures in known)
