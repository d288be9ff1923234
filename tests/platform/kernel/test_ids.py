"""Ids of version 7 sort in the order in which they were made."""

import time
from concurrent.futures import ThreadPoolExecutor

from mvne_platform.kernel import uuid7


def test_ids_sort_as_they_were_made() -> None:
    made = [uuid7() for _ in range(50_000)]
    assert made == sorted(made)
    assert len(set(made)) == 50_000


def test_version_variant_and_time_are_those_of_the_standard() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_of_many_threads_are_all_different() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [one for many in pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)) for one in many]
    assert len(set(made)) == 16_000
