"""What a process keeps is bounded by its size, and the least recently used goes first."""

from functools import partial

from mvne_platform.catalogue.kept import Kept


def test_values_are_made_once_and_the_least_recently_used_make_room() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    kept: Kept[str, str] = Kept(6, len)
    for word in ("one", "two", "one", "six", "one", "two"):
        assert kept.get(word, partial(make, word)) == word
    # `six` took the place of `two`, which had been asked for longer ago than `one`; `two` then took that of `six`.
    assert made == ["one", "two", "six", "two"]
    assert len(kept) == 2


def test_a_value_larger_than_all_room_is_kept_alone() -> None:
    kept: Kept[str, str] = Kept(6, len)
    assert kept.get("a", lambda: "small") == "small"
    assert kept.get("b", lambda: "very large") == "very large"
    assert len(kept) == 1
    assert kept.get("b", lambda: "made again") == "very large"
    kept.clear()
    assert kept.get("b", lambda: "made again") == "made again"
