"""Use cases of the stock. Reservations are for other domains, which ask for their own permission."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert

from mvne_platform.inventory import directory, jobs, permissions, queries, rules
from mvne_platform.inventory.directory import Claim
from mvne_platform.inventory.errors import HeldByAnotherBrand, NothingFree, NothingReserved, NumberTaken, TooManyRows
from mvne_platform.inventory.events import NumberWithheld, SimWithheld
from mvne_platform.inventory.models import Number, ResourceState, Sim
from mvne_platform.inventory.rules import NumberRow, RowReport, SimRow
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import seal

QUARANTINE_DAYS = 90


def add_sims(ctx: Context, rows: Sequence[SimRow]) -> list[RowReport]:
    """Take SIMs into stock, at most 10,000 at once; each row is answered by itself. Raises TooManyRows."""
    ctx.require(permissions.MANAGE)
    _begin_upload(ctx, rows)
    stock = queries.known_sims(ctx, (row.iccid for row in rows), (row.imsi for row in rows))
    faults = rules.sim_faults(rows, stock)
    elsewhere = directory.held_elsewhere(
        ctx, [claim for row, fault in zip(rows, faults, strict=True) if fault is None for claim in _of_sim(row)]
    )
    for position, row in enumerate(rows):
        if faults[position] is None and not elsewhere.isdisjoint(_of_sim(row)):
            faults[position] = rules.OTHER_BRAND

    accepted = [row for row, fault in zip(rows, faults, strict=True) if fault is None]
    if accepted:
        ctx.db.execute(insert(Sim), [_sim_values(row) for row in accepted])
    return rules.report([row.iccid for row in rows], faults)


def add_numbers(ctx: Context, rows: Sequence[NumberRow]) -> list[RowReport]:
    """Take numbers into stock, at most 10,000 at once; each row is answered by itself. Raises TooManyRows."""
    ctx.require(permissions.MANAGE)
    _begin_upload(ctx, rows)
    faults = rules.number_faults(rows, queries.known_numbers(ctx, (row.msisdn for row in rows)))
    new = [_of_number(row) for row, fault in zip(rows, faults, strict=True) if fault is None]
    elsewhere = directory.held_elsewhere(ctx, new)
    for position, row in enumerate(rows):
        if faults[position] is None and _of_number(row) in elsewhere:
            faults[position] = rules.OTHER_BRAND

    accepted = [row for row, fault in zip(rows, faults, strict=True) if fault is None]
    if accepted:
        values = [{"id": uuid7(), "msisdn": row.msisdn, "group": row.group} for row in accepted]
        ctx.db.execute(insert(Number), values)
    return rules.report([row.msisdn for row in rows], faults)


def reserve_sim(ctx: Context, holder: UUID, kind: str = "physical") -> Sim:
    """Reserve a free SIM for a subscription; reserve the SIM before the number. Raises NothingFree."""
    while (sim := queries.next_free_sim(ctx, kind)) is not None:
        if directory.claim(ctx, _of_sim(sim)):
            sim.state, sim.reserved_for = ResourceState.RESERVED, holder
            ctx.db.flush()
            return sim
        sim.state = ResourceState.RETIRED
        ctx.emit(SimWithheld(sim.id))
    raise NothingFree(f"No {kind} SIM is left in stock; new ones must be uploaded.", field=("sim_kind",))


def reserve_number(ctx: Context, holder: UUID, msisdn: str | None = None, group: str = "standard") -> Number:
    """Reserve a number for a subscription: the chosen one, or the first free one of a group.

    Raises NumberTaken, HeldByAnotherBrand (chosen), NothingFree (by group).
    """
    if msisdn is not None:
        return _reserve_chosen(ctx, holder, msisdn)
    while (number := queries.next_free_number(ctx, group)) is not None:
        if directory.claim(ctx, [_of_number(number)]):
            return _hold(ctx, number, holder)
        number.state = ResourceState.QUARANTINE
        ctx.emit(NumberWithheld(number.id))
    raise NothingFree(f"No number of the group '{group}' is left; new ones must be uploaded.", field=("msisdn",))


def assign(ctx: Context, holder: UUID) -> None:
    """Make what is reserved for a subscription its own; repeating it changes nothing. Raises NothingReserved."""
    sims, numbers = queries.held_by(ctx, holder)
    if not (sims and numbers):
        raise NothingReserved(f"No SIM and number are reserved for the subscription {holder}.")
    for sim in sims:
        sim.state = ResourceState.ASSIGNED
    for number in numbers:
        number.state = ResourceState.ASSIGNED
    ctx.db.flush()


def release(ctx: Context, holder: UUID) -> None:
    """Let go of what a subscription holds; repeating it changes nothing.

    What was only reserved is free again. A SIM that was in use is retired; a number that was in use rests for the
    brand's `inventory.quarantine_days` (90 when the profile is silent) before another customer can get it.
    """
    sims, numbers = queries.held_by(ctx, holder)
    directory.release(ctx, [claim for sim in sims for claim in _of_sim(sim)] + [_of_number(one) for one in numbers])
    for sim in sims:
        was_used = sim.state is ResourceState.ASSIGNED
        sim.state = ResourceState.RETIRED if was_used else ResourceState.FREE
        sim.reserved_for = None
    for number in numbers:
        was_used = number.state is ResourceState.ASSIGNED
        number.state = ResourceState.QUARANTINE if was_used else ResourceState.FREE
        number.reserved_for = None
        if was_used:
            _let_rest(ctx, number)
    ctx.db.flush()


def _reserve_chosen(ctx: Context, holder: UUID, msisdn: str) -> Number:
    number = queries.number_for_update(ctx, msisdn)
    if number is None or number.state is not ResourceState.FREE:
        raise NumberTaken(f"The number {msisdn} cannot be chosen any more; pick another free one.", field=("msisdn",))
    if not directory.claim(ctx, [_of_number(number)]):
        raise HeldByAnotherBrand(
            f"The number {msisdn} is in use at another brand; pick another free one.", field=("msisdn",)
        )
    return _hold(ctx, number, holder)


def _hold(ctx: Context, number: Number, holder: UUID) -> Number:
    number.state, number.reserved_for = ResourceState.RESERVED, holder
    ctx.db.flush()
    return number


def _let_rest(ctx: Context, number: Number) -> None:
    days = ctx.brand.profile.get("inventory", {}).get("quarantine_days", QUARANTINE_DAYS)
    number.free_from = ctx.now + timedelta(days=days)
    ctx.at(number.free_from, jobs.end_quarantine, number_id=str(number.id))


def _begin_upload(ctx: Context, rows: Sequence[object]) -> None:
    if len(rows) > rules.MOST_ROWS:
        raise TooManyRows(
            f"{len(rows)} rows are more than the {rules.MOST_ROWS} one upload may have; split the file.",
            field=("rows",),
        )
    # One upload at a time, so that each row's answer is true when it is given.
    ctx.lock("inventory.upload")


def _of_sim(sim: Sim | SimRow) -> list[Claim]:
    return [("iccid", sim.iccid), ("imsi", sim.imsi)]


def _of_number(number: Number | NumberRow) -> Claim:
    return ("msisdn", number.msisdn)


def _sim_values(row: SimRow) -> dict[str, object]:
    return {
        "id": uuid7(),
        "iccid": row.iccid,
        "imsi": row.imsi,
        "puk_encrypted": None if row.puk is None else seal(row.puk),
        "kind": row.kind,
        "batch": row.batch,
    }
