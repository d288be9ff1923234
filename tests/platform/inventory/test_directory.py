"""The directory across brands: one of them holds an identifier at a time, and neither sees the other's entries."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mvne_platform import inventory
from mvne_platform.inventory import NumberWithheld, ResourceState, RowOutcome, SimWithheld, directory
from mvne_platform.inventory.models import DirectoryEntry, Number, Sim
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import brand_work
from tests.platform.inventory.stock import fill, iccid, number_row, sim_row
from tests.plugins.database import Database

pytestmark = pytest.mark.usefixtures("database")


def test_a_reservation_is_an_entry_and_its_release_ends_it(database: Database) -> None:
    line = uuid7()
    with brand_work("testbrand") as ctx:
        fill(ctx, 1, 1)
        inventory.reserve_sim(ctx, line)
        inventory.reserve_number(ctx, line)
        [entry] = directory.entries(ctx, "msisdn", "+4520000001")
        assert (entry.during.lower, entry.during.upper, entry.brand_role) == (ctx.now, None, "testbrand_app")
        assert [len(directory.entries(ctx, *claim)) for claim in _of(1)] == [1, 1, 1]
    with brand_work("otherbrand") as ctx:
        assert [directory.entries(ctx, *claim) for claim in _of(1)] == [[], [], []]
        assert ctx.db.scalars(select(DirectoryEntry)).all() == []
    with brand_work("testbrand") as ctx:
        inventory.release(ctx, line)
    with brand_work("testbrand") as ctx:
        assert [entry.during.isempty for claim in _of(1) for entry in directory.entries(ctx, *claim)] == [True] * 3


def test_what_was_held_stays_written_down(database: Database) -> None:
    line = uuid7()
    with brand_work("testbrand") as ctx:
        fill(ctx, 1, 1)
        inventory.reserve_sim(ctx, line)
        inventory.reserve_number(ctx, line)
        inventory.assign(ctx, line)
        start = ctx.now
    with brand_work("testbrand") as ctx:
        ctx.now += timedelta(days=7)
        inventory.release(ctx, line)
        for claim in _of(1):
            [entry] = directory.entries(ctx, *claim)
            assert (entry.during.lower, entry.during.upper) == (start, start + timedelta(days=7))


def test_what_another_brand_uses_is_rejected_at_upload_and_the_probe_leaves_no_trace(database: Database) -> None:
    with brand_work("otherbrand") as ctx:
        fill(ctx, 1, 2)
        inventory.reserve_sim(ctx, uuid7())
        inventory.reserve_number(ctx, uuid7())
    with brand_work("testbrand") as ctx:
        sims = inventory.add_sims(ctx, [sim_row(1), sim_row(2)])
        assert [(one.outcome, one.code) for one in sims] == [
            (RowOutcome.REJECTED, "HELD_BY_ANOTHER_BRAND"),
            (RowOutcome.ACCEPTED, None),
        ]
        # +4520000002 is in the other brand's stock, but not in use: the first to give it out holds it.
        numbers = inventory.add_numbers(ctx, [number_row(1), number_row(2)])
        assert [one.code for one in numbers] == ["HELD_BY_ANOTHER_BRAND", None]
        assert ctx.db.scalars(select(DirectoryEntry)).all() == []
        assert ctx.db.scalars(select(Sim.iccid)).all() == [iccid(2)]
        assert ctx.db.scalars(select(Number.msisdn)).all() == ["+4520000002"]


def test_a_free_number_another_brand_took_is_passed_over_and_put_aside(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        fill(ctx, 2, 2)
    with brand_work("otherbrand") as ctx:
        fill(ctx, 1, 1)
        inventory.reserve_sim(ctx, uuid7())
        inventory.reserve_number(ctx, uuid7())
    with brand_work("testbrand") as ctx:
        line = uuid7()
        assert inventory.reserve_sim(ctx, line).iccid == iccid(2)
        assert inventory.reserve_number(ctx, line).msisdn == "+4520000002"
        sim = ctx.db.scalars(select(Sim).where(Sim.iccid == iccid(1))).one()
        number = ctx.db.scalars(select(Number).where(Number.msisdn == "+4520000001")).one()
        assert (sim.state, number.state, number.free_from) == (ResourceState.RETIRED, ResourceState.QUARANTINE, None)
        assert ctx.facts == [SimWithheld(sim.id), NumberWithheld(number.id)]


def test_a_chosen_number_of_another_brand_is_refused_by_name(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        fill(ctx, 0, 2)
    with brand_work("otherbrand") as ctx:
        fill(ctx, 0, 1)
        inventory.reserve_number(ctx, uuid7())
    with brand_work("testbrand") as ctx:
        with pytest.raises(inventory.HeldByAnotherBrand) as refused:
            inventory.reserve_number(ctx, uuid7(), "+4520000001")
        assert (refused.value.code, refused.value.field) == ("HELD_BY_ANOTHER_BRAND", ("msisdn",))
        assert ctx.db.scalars(select(Number.state).order_by(Number.msisdn)).all() == [ResourceState.FREE] * 2
        assert ctx.facts == []


def test_a_number_given_back_can_be_the_other_brands(database: Database) -> None:
    line = uuid7()
    with brand_work("otherbrand") as ctx:
        fill(ctx, 1, 1)
        inventory.reserve_sim(ctx, line)
        inventory.reserve_number(ctx, line)
        inventory.assign(ctx, line)
        inventory.release(ctx, line)
    with brand_work("testbrand") as ctx:
        fill(ctx, 1, 1)
        assert inventory.reserve_sim(ctx, line).iccid == iccid(1)
        assert inventory.reserve_number(ctx, line).msisdn == "+4520000001"


def _of(serial: int) -> list[tuple[str, str]]:
    row = sim_row(serial)
    return [("iccid", row.iccid), ("imsi", row.imsi), ("msisdn", number_row(serial).msisdn)]
