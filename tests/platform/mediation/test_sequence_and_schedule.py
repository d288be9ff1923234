"""File numbers and times of pulls: pure rules, over whatever comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvne_platform.mediation.sequence import Numbered, sequence_rule
from mvne_platform.mediation.sources.schedule import Schedule, is_overdue, next_pull, read_schedule, retry_at

COPENHAGEN = "Europe/Copenhagen"
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("CDR_{number}.csv", "CDR_00042.csv", Numbered("", 42)),
        ("CDR_{number}.csv", "XCDR_42.csv", None),
        ("CDR_{number}.csv", "CDR_42.csv.gz", None),
        ("CDR_{number}.csv", "CDR_4 2.csv", None),
        ("{series}_{number:1-99}.*", "20261001_07.txt", Numbered("20261001", 7)),
        ("{series}_{number:1-99}.*", "20261001_100.txt", None),
        ("a.b+{number}", "a.b+1", Numbered("", 1)),
        ("a.b+{number}", "axbb1", None),
    ],
)
def test_a_number_is_found_in_a_name(pattern: str, name: str, found: Numbered | None) -> None:
    assert sequence_rule(pattern).numbered(name) == found


@pytest.mark.parametrize(
    "pattern", ["", "x", "{number}{number}", "{series}{series}{number}", "*{number}*", "{number:5-5}"]
)
def test_a_pattern_that_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"`\{number"):
        sequence_rule(pattern)


@given(first=st.integers(0, 5), length=st.integers(2, 50), start=st.integers(0, 10**6), count=st.integers(1, 200))
def test_numbers_that_begin_anew_count_on_in_the_order_they_are_made(
    first: int, length: int, start: int, count: int
) -> None:
    rule = sequence_rule(f"{{number:{first}-{first + length - 1}}}")
    latest: int | None = None
    for made in range(start, start + count):
        shown = first + made % length
        counted = rule.counted_on(shown, latest)
        assert rule.shown(counted) == shown
        assert latest is None or counted == latest + 1
        latest = counted


@given(text=st.text(max_size=260))
def test_no_name_is_too_odd(text: str) -> None:
    found = sequence_rule("*{series}-{number:0-99}").numbered(text)
    assert found is None or 0 <= found.number <= 99


@given(
    now=INSTANTS,
    at=st.lists(TIMES, min_size=1, max_size=5, unique=True),
    weekdays=st.lists(st.integers(0, 6), max_size=7, unique=True),
)
def test_the_next_pull_is_after_now_and_at_a_time_that_was_asked_for(
    now: datetime, at: list[str], weekdays: list[int]
) -> None:
    schedule = read_schedule({"at": at, "weekdays": weekdays})
    due = next_pull(schedule, now, COPENHAGEN, sandbox=False)
    assert now < due <= now + timedelta(days=8)
    local = due.astimezone(ZoneInfo(COPENHAGEN))
    skipped = timedelta(hours=1)  # what the change of clocks leaves out
    assert {f"{local:%H:%M}", f"{local - skipped:%H:%M}"} & set(at)
    assert not weekdays or local.weekday() in weekdays or (local - skipped).weekday() in weekdays
    assert next_pull(schedule, due, COPENHAGEN, sandbox=False) > due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-28T23:00:00+00:00", "2026-03-29T01:30:00+00:00"),  # 02:30 does not exist on the 29th
        ("2026-10-24T23:00:00+00:00", "2026-10-25T00:30:00+00:00"),  # 02:30 comes twice on the 25th: the first
        ("2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"),
    ],
)
def test_clock_changes_do_not_lose_or_double_a_pull(now: str, due: str) -> None:
    schedule = Schedule(at=("02:30",))
    found = next_pull(schedule, datetime.fromisoformat(now), COPENHAGEN, sandbox=False)
    assert found == datetime.fromisoformat(due)


def test_pauses_after_trouble_grow_to_an_hour() -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    minutes = [(retry_at(now, failed) - now).total_seconds() / 60 for failed in (1, 2, 3, 4, 5, 6, 7, 8, 100)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(now=INSTANTS, minutes=st.integers(1, 10_000))
def test_a_source_is_late_only_after_its_interval(now: datetime, minutes: int) -> None:
    last = now - timedelta(minutes=minutes)
    assert not is_overdue(minutes, last, now, now)
    assert is_overdue(minutes, last - timedelta(seconds=1), now, now)
    assert not is_overdue(None, last, now, now)
