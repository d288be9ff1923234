"""Loading as columns comes to exactly what loading row by row comes to."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from mvne_platform import mediation
from mvne_platform.charging import columns
from mvne_platform.mediation import UsageFile
from mvne_platform.runtime import Context
from tests.platform.charging import crowd
from tests.platform.charging.shop import load, outcomes, receive, reconcile, state_hash, utc
from tests.plugins.database import Database, brand_context

EXCEPTIONS = "SELECT row, kind, reason, detail, record FROM usage_exception ORDER BY file_id, row"
EVENTS = "SELECT * FROM rated_event ORDER BY subscription_id, key"


def load_columns(ctx: Context, file: UsageFile, rows: int = 100_000) -> UsageFile:
    """Load a whole file as columns."""
    ahead = columns.Ahead(rows)
    while not columns.load_columns(ctx, file.id, ahead).finished:
        pass
    ahead.close()
    reconcile(ctx, file.id)
    return mediation.usage_file(ctx, file.id)


def loaded(way: Callable[[Context, UsageFile], UsageFile], files: list[list[str]]) -> tuple[Any, ...]:
    """Load files into a fresh crowd; answers everything that must be equal."""
    with brand_context("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        crowd.open_crowd(ctx)
        done = [way(ctx, receive(ctx, *lines, name=f"{number}.csv")) for number, lines in enumerate(files)]
        return (
            [outcomes(file) for file in done],
            [tuple(row) for row in ctx.db.execute(text(EXCEPTIONS))],
            [_event(row._mapping) for row in ctx.db.execute(text(EVENTS))],
            ctx.db.execute(text("SELECT id, rated_until FROM purse ORDER BY id")).all(),
            ctx.db.execute(text("SELECT subscription_id, since FROM late_usage ORDER BY 1")).all(),
            state_hash(ctx),
        )


def _event(row: Any) -> dict[str, object]:
    """A rated event without what is made anew for every brand: versions and rates, files, buckets."""
    fresh = {"price_list_version_id", "rate_id", "wholesale_rate_id", "file_id", "bucket_ids"}
    return {name: value for name, value in row.items() if name not in fresh}


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_come_to_the_same(shared_database: Database, seed: int) -> None:
    chance = random.Random(seed)
    lines = crowd.records(chance, 900)
    files = [lines[:400], lines[400:], lines[:100] + lines[350:450]]
    rows = chance.choice([70, 250, 100_000])
    expected = loaded(lambda ctx, file: load(ctx, file, size=rows), files)
    answered = loaded(lambda ctx, file: load_columns(ctx, file, rows), files)
    for one, other in zip(expected, answered, strict=True):
        assert one == other
    events = expected[2]
    assert len(events) > 600
    for told in ("group_id", "operator", "number_class", "wholesale_micros", "bucket_units", "reason"):
        assert any(event[told] is not None for event in events), told
    assert {event["itemised"] for event in events} == {True, False}
    assert expected[4]  # some of it was late
