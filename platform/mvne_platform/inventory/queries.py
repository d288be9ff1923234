"""Reads and locks of the stock."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, any_, cast, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from mvne_platform.inventory import permissions
from mvne_platform.inventory.models import Number, Sim
from mvne_platform.runtime import Context

MOST_SHOWN = 100
# Written out, not a parameter: the planner must see that the partial indexes of what is free apply.
_FREE = literal_column("'free'", Text)
_Resource = TypeVar("_Resource", Sim, Number)


def free_numbers(ctx: Context, first: int = 25, *, group: str = "standard") -> list[str]:
    """Numbers one may choose from, in order; at most 100. Another order may be quicker: choosing can still fail."""
    ctx.require(permissions.CHOOSE)
    shown = _free_numbers(group).with_only_columns(Number.msisdn).limit(max(1, min(first, MOST_SHOWN)))
    return list(ctx.db.scalars(shown))


def load_sim(ctx: Context, sim_id: UUID) -> Sim:
    """Read one SIM for another domain; sqlalchemy.exc.NoResultFound for an id that domain cannot have."""
    return ctx.db.get_one(Sim, sim_id)


def load_number(ctx: Context, number_id: UUID) -> Number:
    """Read one number for another domain; sqlalchemy.exc.NoResultFound for an id that domain cannot have."""
    return ctx.db.get_one(Number, number_id)


def next_free_sim(ctx: Context, kind: str) -> Sim | None:
    """Lock the first free SIM of a kind."""
    free = select(Sim).where(Sim.state == _FREE, Sim.kind == kind).order_by(Sim.iccid)
    return _first_free(ctx, free)


def next_free_number(ctx: Context, group: str) -> Number | None:
    """Lock the first free number of a group."""
    return _first_free(ctx, _free_numbers(group))


def number_for_update(ctx: Context, msisdn: str) -> Number | None:
    """Lock a number; waits for an order that is about to take it, and sees how that ended."""
    wanted = select(Number).where(Number.msisdn == msisdn).with_for_update()
    return ctx.db.scalar(wanted.execution_options(populate_existing=True))


def held_by(ctx: Context, holder: UUID) -> tuple[list[Sim], list[Number]]:
    """Lock what is reserved for or assigned to a holder: SIMs first, then numbers, as reservations do."""
    sims = select(Sim).where(Sim.reserved_for == holder).order_by(Sim.iccid).with_for_update()
    numbers = select(Number).where(Number.reserved_for == holder).order_by(Number.msisdn).with_for_update()
    fresh = {"populate_existing": True}
    return (
        list(ctx.db.scalars(sims.execution_options(**fresh))),
        list(ctx.db.scalars(numbers.execution_options(**fresh))),
    )


def known_sims(ctx: Context, iccids: Iterable[str], imsis: Iterable[str]) -> dict[str, str]:
    """ICCID to IMSI of every SIM in stock that has one of these."""
    wanted = select(Sim.iccid, Sim.imsi).where(or_(_one_of(Sim.iccid, iccids), _one_of(Sim.imsi, imsis)))
    return {row.iccid: row.imsi for row in ctx.db.execute(wanted)}


def known_numbers(ctx: Context, msisdns: Iterable[str]) -> set[str]:
    """Which of these numbers are in stock."""
    return set(ctx.db.scalars(select(Number.msisdn).where(_one_of(Number.msisdn, msisdns))))


def _one_of(column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnElement[bool]:
    """One parameter however many values: thousands of them would make a long statement."""
    return column == any_(cast(list(values), ARRAY(Text)))


def _free_numbers(group: str) -> Select[Number]:
    return select(Number).where(Number.state == _FREE, Number.group == group).order_by(Number.msisdn)


def _first_free(ctx: Context, free: Select[_Resource]) -> _Resource | None:
    first = free.limit(1).execution_options(populate_existing=True)
    quick = ctx.db.scalar(first.with_for_update(skip_locked=True))
    # Orders under way may hold the last ones and still fail: only when they have ended is it true that none is left.
    return quick or ctx.db.scalar(first.with_for_update())
