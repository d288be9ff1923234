"""The brand's holidays."""

from collections.abc import Iterable

from sqlalchemy import select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import HolidayDraft
from mvne_platform.catalogue.notice import announce_change
from mvne_platform.catalogue.price_list_models import Holiday
from mvne_platform.kernel import Change, InvalidInput, local_date
from mvne_platform.runtime import Context


def set_holidays(ctx: Context, drafts: Iterable[HolidayDraft]) -> Change:
    """Make the brand's holidays those of `drafts`.

    Holidays to come that are no longer listed get the hours of their own weekday; past ones stay as they were.
    Raises InvalidInput for a weekday outside 0 (Monday) to 6 (Sunday).
    """
    ctx.require(permissions.MANAGE)
    ctx.lock("holiday")
    wanted = {draft.day: draft for draft in drafts}
    for draft in wanted.values():
        if draft.as_weekday not in range(7):
            raise InvalidInput(
                f"Holiday {draft.day:%Y-%m-%d} has the hours of weekday {draft.as_weekday}; 0 to 6 exist."
            )
    known = {row.day: row for row in ctx.db.scalars(select(Holiday))}
    today = local_date(ctx.now, ctx.brand.time_zone)
    for day, row in known.items():
        if day > today and day not in wanted:
            wanted[day] = HolidayDraft(day, row.name, day.weekday())
    changed = [draft for draft in wanted.values() if _differs(known.get(draft.day), draft)]
    for draft in changed:
        row = known.get(draft.day) or Holiday(day=draft.day)
        row.name, row.as_weekday = draft.name, draft.as_weekday
        ctx.db.add(row)
    ctx.db.flush()
    if not changed:
        return Change.UNCHANGED
    announce_change(ctx)
    return Change.CHANGED if known else Change.CREATED


def _differs(row: Holiday | None, draft: HolidayDraft) -> bool:
    return row is None or (row.name, row.as_weekday) != (draft.name, draft.as_weekday)
