"""The band of an instant, against a scan of the week minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.catalogue import BandDraft, PriceListDraft, RateDraft, Tariff, ZoneDraft, compile_drafts
from mvne_platform.rating import Purse, ScalarRater
from tests.platform.rating.house import a_subscriber, an_event

WEEK = 7 * 24 * 60
HOLIDAYS = {date(2026, 3, 29): 0, date(2026, 5, 1): 6, date(2026, 10, 25): 4, date(2026, 12, 24): 5}
ZONES = ("Europe/Copenhagen", "Europe/Sarajevo", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")

cuts = st.sets(st.integers(0, WEEK), min_size=2, max_size=12).map(sorted)


@st.composite
def bands(draw: st.DrawFn) -> tuple[BandDraft, ...]:
    """Spans between cuts of the week, each a band of its own, one of three shared ones, or none."""
    names = st.sampled_from([None, "peak", "night", "weekend"])
    spans = [(name, *span) for span in pairwise(draw(cuts)) if (name := draw(names)) is not None]
    return tuple(BandDraft(name, start, end) for name, start, end in spans)


def tariff_with(spans: tuple[BandDraft, ...], zone: str) -> Tariff:
    world = ZoneDraft("z", "Zone", prefixes=("1",))
    names = {span.code for span in spans} | {"*"}
    rates = tuple(RateDraft("z", "voice_out", 0, 1, 1, 1, band=name) for name in sorted(names))
    start = datetime(2025, 1, 1, tzinfo=UTC)
    return compile_drafts([PriceListDraft("list", "DKK", start, (world,), rates, spans)], zone, HOLIDAYS)


def band_of(instant: datetime, tariff: Tariff) -> str | None:
    event = an_event(other_party="+12125550100", duration_s=1, start=instant)
    return ScalarRater().rate(event, a_subscriber(), tariff, Purse()).band


def scanned(instant: datetime, spans: tuple[BandDraft, ...], zone: str) -> str:
    """Paint the whole week minute by minute, then look where the wall clock points."""
    week = ["*"] * WEEK
    for span in spans:
        for minute in range(span.start_minute, span.end_minute):
            week[minute] = span.code
    offset = ZoneInfo(zone).utcoffset(instant.astimezone(ZoneInfo(zone)))
    assert offset is not None
    wall = instant.replace(tzinfo=None) + offset
    weekday = HOLIDAYS.get(wall.date(), (wall.toordinal() - 1) % 7)
    return week[weekday * 1440 + wall.hour * 60 + wall.minute]


def within(start: datetime, hours: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, hours * 3600).map(lambda seconds: start + timedelta(seconds=seconds))


# The hours around both changes of the clock, a year, and a holiday.
instants = st.one_of(
    within(datetime(2026, 3, 28, 22, tzinfo=UTC), 6),
    within(datetime(2026, 10, 24, 22, tzinfo=UTC), 6),
    within(datetime(2026, 1, 1, tzinfo=UTC), 365 * 24),
    within(datetime(2026, 4, 30, 20, tzinfo=UTC), 32),
)


@settings(deadline=None, max_examples=250)
@given(bands(), instants, st.sampled_from(ZONES))
def test_the_band_is_the_one_a_scan_finds(spans: tuple[BandDraft, ...], instant: datetime, zone: str) -> None:
    assert band_of(instant, tariff_with(spans, zone)) == scanned(instant, spans, zone)


@pytest.mark.parametrize(
    ("first", "hours", "expected"),
    [
        # Spring: 01:30 and 03:30 follow one another; an hour-long band at 02:00 never comes.
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 2, ["*", "*"]),
        # Autumn: 02:30 comes twice, and is in the band both times.
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 4, ["*", "two", "two", "*"]),
    ],
)
def test_the_hour_that_is_skipped_and_the_hour_that_comes_twice(
    first: datetime, hours: int, expected: list[str]
) -> None:
    # 02:00 to 03:00 on every day, as holidays move weekdays about.
    spans = tuple(BandDraft("two", day * 1440 + 120, day * 1440 + 180) for day in range(7))
    tariff = tariff_with(spans, "Europe/Copenhagen")
    assert [band_of(first + timedelta(hours=n), tariff) for n in range(hours)] == expected
