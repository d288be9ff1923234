"""The brand's holidays."""

from datetime import date

import pytest
from sqlalchemy import select

from mvne_platform import catalogue
from mvne_platform.catalogue import HolidayDraft
from mvne_platform.catalogue.price_list_models import Holiday
from mvne_platform.kernel import Change, InvalidInput
from mvne_platform.runtime import Context

CHRISTMAS = HolidayDraft(date(2026, 12, 25), "Juledag")
EVE = HolidayDraft(date(2026, 12, 24), "Juleaften", 5)
PAST = HolidayDraft(date(2026, 5, 1), "Første maj")


def stored(ctx: Context) -> dict[date, int]:
    return {row.day: row.as_weekday for row in ctx.db.scalars(select(Holiday))}


def test_holidays_are_set_once(ctx: Context) -> None:
    assert catalogue.set_holidays(ctx, [CHRISTMAS, EVE]) is Change.CREATED
    assert catalogue.set_holidays(ctx, [EVE, CHRISTMAS]) is Change.UNCHANGED
    assert stored(ctx) == {CHRISTMAS.day: 6, EVE.day: 5}


def test_a_holiday_to_come_that_is_dropped_gets_its_own_weekday_back_and_a_past_one_stays(ctx: Context) -> None:
    catalogue.set_holidays(ctx, [PAST, CHRISTMAS])
    assert catalogue.set_holidays(ctx, [EVE]) is Change.CHANGED
    assert stored(ctx) == {PAST.day: 6, EVE.day: 5, CHRISTMAS.day: 4}  # 25 December 2026 is a Friday
    assert catalogue.set_holidays(ctx, [EVE]) is Change.UNCHANGED


def test_a_weekday_there_is_not_is_refused(ctx: Context) -> None:
    with pytest.raises(InvalidInput, match="weekday 7"):
        catalogue.set_holidays(ctx, [CHRISTMAS, HolidayDraft(date(2026, 12, 26), "Anden juledag", 7)])
    assert stored(ctx) == {}
