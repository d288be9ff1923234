"""The key by which repeats of a record are found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvne_platform.catalogue import Service
from mvne_platform.mediation import UsageEvent, event_key, first_key, masked, start_of
from mvne_platform.mediation.rules import without_numbers

EVENT = UsageEvent(("mvne-csv", "r1"), (), Service.VOICE_OUT, datetime(2026, 10, 5, 10, 0, tzinfo=UTC), duration_s=61)
SECONDS = st.integers(min_value=0, max_value=2**36).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_a_key_is_the_start_second_and_a_hash() -> None:
    # blake2b-88 of "mvne-csv\\x1fr1" behind 1,791,194,400 seconds; kept so that a release never forgets old keys.
    assert event_key(EVENT) == UUID("006ac375-2054-a7fe-d2f8-b70ade71750b")
    assert event_key(EVENT).int >> 88 == 1_791_194_400


def test_only_the_natural_key_and_the_start_count() -> None:
    assert event_key(replace(EVENT, duration_s=900, other_party="+4530000002")) == event_key(EVENT)
    assert event_key(replace(EVENT, natural_key=("mvne-csv", "r2"))) != event_key(EVENT)
    assert event_key(replace(EVENT, natural_key=("mvne-csvr1",))) != event_key(EVENT)
    assert event_key(replace(EVENT, start=EVENT.start + timedelta(seconds=1))) != event_key(EVENT)


@given(SECONDS, SECONDS)
def test_keys_sort_by_start(earlier: datetime, later: datetime) -> None:
    earlier, later = sorted((earlier, later))
    keys = [event_key(replace(EVENT, start=start)) for start in (earlier, later)]
    assert [start_of(key) for key in keys] == [earlier, later]
    assert first_key(earlier) <= keys[0]
    assert keys[0] < first_key(earlier + timedelta(seconds=1))
    assert earlier == later or keys[0] < keys[1]


def test_every_key_is_within_the_bounds_of_all_time() -> None:
    lowest, highest = (first_key(datetime(year, 1, 1, tzinfo=UTC)) for year in (1900, 9999))
    assert lowest == UUID(int=0)
    assert lowest < event_key(EVENT) < highest


def test_a_start_before_1970_has_no_key() -> None:
    with pytest.raises(OverflowError):
        event_key(replace(EVENT, start=datetime(1969, 12, 31, tzinfo=UTC)))


def test_numbers_are_masked_and_short_codes_are_not() -> None:
    assert masked("+4530000002") == "+4530000xxx"
    assert masked("112") == "112"
    assert without_numbers("'+45300000020' called 1272.") == "'+45300000xxx' called 1272."
