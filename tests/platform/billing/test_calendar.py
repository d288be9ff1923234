from datetime import UTC, date, datetime

import pytest

from mvne_platform.billing.rules import Days, add_months, month_days, renewal_period, retry_at, tax_point
from mvne_platform.kernel import Period

COPENHAGEN, BERLIN = "Europe/Copenhagen", "Europe/Berlin"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_month_lasts_from_midnight_to_midnight_of_the_brand() -> None:
    october = month_days(date(2026, 10, 18))
    assert october == Days(date(2026, 10, 1), date(2026, 11, 1))
    assert len(october) == 31
    # Summer time ends within it.
    assert october.instants(COPENHAGEN) == Period(utc(2026, 9, 30, 22), utc(2026, 10, 31, 23))


@pytest.mark.parametrize(
    ("first", "months", "expected"),
    [
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 11, 1), 14, date(2028, 1, 1)),
    ],
)
def test_months_are_counted_over_years(first: date, months: int, expected: date) -> None:
    assert add_months(first, months) == expected


def test_thirty_days_end_at_the_same_hour_on_the_wall() -> None:
    paid = renewal_period(utc(2026, 10, 5, 8), 30, BERLIN)
    # 10:00 in summer, 10:00 in winter: one hour longer than 30 x 24 hours.
    assert paid == Period(utc(2026, 10, 5, 8), utc(2026, 11, 4, 9))


def test_a_price_without_days_is_for_a_calendar_month() -> None:
    assert renewal_period(utc(2027, 1, 31, 11), None, BERLIN).end == utc(2027, 2, 28, 11)


def test_retries_are_counted_from_the_due_day_and_then_end() -> None:
    due = utc(2026, 10, 24, 10)
    steps = [retry_at(due, attempt, [1, 2, 3], BERLIN) for attempt in range(4)]
    assert steps == [utc(2026, 10, 25, 11), utc(2026, 10, 26, 11), utc(2026, 10, 27, 11), None]


def test_a_brand_without_retries_lapses_at_once() -> None:
    assert retry_at(utc(2026, 10, 24), 0, [], BERLIN) is None


def test_usage_is_taxed_by_its_last_day_and_a_charge_by_its_first() -> None:
    october = Days(date(2026, 10, 1), date(2026, 11, 1))
    assert tax_point(october, in_arrears=True) == date(2026, 10, 31)
    assert tax_point(october, in_arrears=False) == date(2026, 10, 1)
