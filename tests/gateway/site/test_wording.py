"""Every language says the same things, with the same places to fill."""

import re
from pathlib import Path
from string import Formatter

import pytest

from mvne_gateway.site import rendering
from mvne_gateway.site.wording import FALLBACK, WORDS, Voice, chosen, own_name, voice
from mvne_platform.catalogue import PaymentMode


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_of_the_demo_brands_are_spoken() -> None:
    assert set(WORDS) >= {"da", "en", "de", "bs", "sr"}


@pytest.mark.parametrize("language", sorted(WORDS))
def test_no_language_lacks_a_word_or_a_place(language: str) -> None:
    words, model = WORDS[language], WORDS[FALLBACK]
    assert words.keys() == model.keys()
    for key, text in words.items():
        assert text.strip() == text != "", key
        assert _places(text) == _places(model[key]), key


def test_every_word_is_used_and_every_used_word_exists() -> None:
    folder = Path(rendering.__file__).parent
    files = [*folder.glob("*.py"), *folder.glob("templates/*.html")]
    sources = "".join(file.read_text(encoding="utf-8") for file in files)
    used = set(re.findall(r"say\.(\w+)|say\[\"(\w+)\"\]", sources))
    named = {one for pair in used for one in pair if one} - {"format", "items", "get"}
    by_mode = {f"{mode.value}{end}" for mode in PaymentMode for end in ("", "_how")}
    by_status = {f"{key}{end}" for key in ("not_found", "away", "failed") for end in ("", "_how")}
    named |= {"days_one", "days_few", "days_other"}
    assert named | by_mode | by_status == set(WORDS[FALLBACK])


def test_an_unknown_language_is_answered_in_english() -> None:
    assert voice("fi") == Voice("en")
    assert voice("da").say["plans"] == "Abonnementer"


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("bs", ["1 dan", "2 dana", "5 dana", "21 dan", "28 dana"]),
        ("de", ["1 Tag", "2 Tage", "5 Tage", "21 Tage", "28 Tage"]),
        ("da", ["1 dag", "2 dage", "5 dage", "21 dage", "28 dage"]),
    ],
)
def test_days_are_counted_as_the_language_does(language: str, counted: list[str]) -> None:
    assert [Voice(language).counted("days", count) for count in (1, 2, 5, 21, 28)] == counted


def test_serbian_says_that_it_is_latin() -> None:
    assert voice("sr").tag == "sr-Latn"
    assert voice("bs").tag == "bs"
    assert [own_name(one) for one in ("da", "de", "bs", "sr", "en")] == [
        "Dansk",
        "Deutsch",
        "Bosanski",
        "Srpski",
        "English",
    ]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ((), "da"),
        (("",), "da"),
        (("en",), "en"),
        (("EN-gb",), "en"),
        (("fi", "en"), "en"),
        (("fi", "*"), "da"),
        (("../da",), "da"),
    ],
)
def test_the_first_language_the_brand_has_is_chosen(asked: tuple[str, ...], answered: str) -> None:
    assert chosen(asked, ("da", "en")) == answered
