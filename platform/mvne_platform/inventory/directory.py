"""The platform's directory: which brand holds an identifier. A brand sees its own entries, the database all of them."""

from collections.abc import Collection

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import Range, insert

from mvne_platform.inventory.models import DirectoryEntry
from mvne_platform.runtime import Context

Claim = tuple[str, str]  # kind ('msisdn', 'imsi', 'iccid') and value


def claim(ctx: Context, wanted: Collection[Claim]) -> bool:
    """Enter identifiers as this brand's from now on; False, and nothing entered, if another brand holds one of them."""
    entered = _enter(ctx, wanted)
    if len(entered) == len(wanted):
        return True
    release(ctx, entered)
    return False


def release(ctx: Context, held: Collection[Claim]) -> None:
    """End this brand's entries now; what they said of the past stays."""
    if not held:
        return
    entry = DirectoryEntry
    ended = func.tstzrange(func.lower(entry.during), func.greatest(func.lower(entry.during), ctx.now))
    mine = tuple_(entry.kind, entry.value).in_(list(held)) & func.upper_inf(entry.during)
    ctx.db.execute(update(entry).where(mine).values(during=ended).execution_options(synchronize_session=False))


def held_elsewhere(ctx: Context, wanted: Collection[Claim]) -> set[Claim]:
    """Which of these identifiers another brand holds; they must not be this brand's own.

    Row security hides other brands' entries, so the question is put by entering and taking back.
    """
    if not wanted:
        return set()
    attempt = ctx.db.begin_nested()
    free = _enter(ctx, wanted)
    attempt.rollback()
    return set(wanted) - free


def entries(ctx: Context, kind: str, value: str) -> list[DirectoryEntry]:
    """This brand's entries of an identifier, oldest first."""
    wanted = select(DirectoryEntry).where(DirectoryEntry.kind == kind, DirectoryEntry.value == value)
    return list(ctx.db.scalars(wanted.order_by(func.lower(DirectoryEntry.during), DirectoryEntry.id)))


def _enter(ctx: Context, wanted: Collection[Claim]) -> set[Claim]:
    from_now = Range(ctx.now, None)
    rows = [{"kind": kind, "value": value, "during": from_now} for kind, value in wanted]
    statement = insert(DirectoryEntry).on_conflict_do_nothing().returning(DirectoryEntry.kind, DirectoryEntry.value)
    return {(kind, value) for kind, value in ctx.db.execute(statement, rows)}
