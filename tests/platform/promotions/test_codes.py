from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from mvne_platform.promotions.codes import ALPHABET, LENGTH, bare, grouped, new_code

CHARACTERS = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def whole(body: str) -> str:
    """The one code that begins with `body`."""
    (code,) = [body + last for last in ALPHABET if bare(body + last)]
    return code


def test_a_code_is_sixteen_characters_in_groups_of_four() -> None:
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert bare(code) == code.replace("-", "")


def test_no_two_characters_of_the_alphabet_look_alike_and_none_is_a_vowel() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 23
    for alike in ("0ODQ", "1ILJ", "2Z", "5S", "8B", "UVY", "AEIOU"):
        assert sum(character in ALPHABET for character in alike) <= 1, alike


def test_codes_do_not_repeat() -> None:
    assert len({new_code() for _ in range(2_000)}) == 2_000


@given(CHARACTERS, st.sampled_from(["", " ", "-", " - ", "."]), st.booleans())
def test_case_and_separators_do_not_matter(body: str, separator: str, lower: bool) -> None:  # noqa: FBT001  # drawn
    code = whole(body)
    written = separator.join(code.lower() if lower else code)
    assert bare(written) == code == bare(grouped(code))


@given(CHARACTERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, at: int, wrong: str) -> None:
    code = whole(body)
    if code[at] != wrong:
        assert bare(code[:at] + wrong + code[at + 1 :]) is None


@given(CHARACTERS)
def test_any_two_characters_that_changed_places_are_noticed(body: str) -> None:
    code = whole(body)
    for one, other in combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if code[one] != code[other]:
            assert bare("".join(swapped)) is None


@given(st.text(max_size=30))
def test_anything_else_is_no_code_and_no_error(entered: str) -> None:
    assert bare(entered) is None or len(bare(entered) or "") == LENGTH


def test_the_worked_check_character() -> None:
    # 3 is worth 0, so the sum of fifteen 3s is 0 and the check is 3; with a 4 (worth 1) in front the sum is 1, and
    # 16 x 10 = 160 = -1 modulo 23, so the check is the character worth 10: H.
    assert bare("3" * 16) == "3" * 16
    assert bare("4" + "3" * 14 + "H") == "4" + "3" * 14 + "H"
