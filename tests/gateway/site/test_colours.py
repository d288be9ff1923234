"""Whatever two colours a brand chose, every text of its pages can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mvne_gateway.site import rendering
from mvne_gateway.site.colours import (
    BLACK,
    PLATFORM,
    READ_ON,
    READABLE,
    SEEN,
    WHITE,
    Scheme,
    contrast,
    legible,
    light_and_dark,
    luminance,
    mixed,
    text_on,
)

hexes = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(hexes, hexes)
@example(WHITE, WHITE)
@example(BLACK, BLACK)
@example("#ffff00", "#00ffff")
@example("#777777", "#767676")
def test_all_that_is_read_has_enough_contrast(primary: str, accent: str) -> None:
    for scheme in light_and_dark(primary, accent):
        for written, areas in READ_ON.items():
            for area in areas:
                assert contrast(getattr(scheme, written), getattr(scheme, area)) >= READABLE, (written, area, scheme)


@given(hexes, hexes, st.integers(0, 100))
def test_a_text_is_read_on_every_colour_of_the_gradient(primary: str, accent: str, hundredths: int) -> None:
    for scheme in light_and_dark(primary, accent):
        between = mixed(scheme.primary, scheme.primary_deep, hundredths)
        assert contrast(scheme.on_primary, between) >= READABLE


@given(hexes, hexes)
def test_filled_areas_are_told_from_what_they_lie_on(primary: str, accent: str) -> None:
    for scheme in light_and_dark(primary, accent):
        assert contrast(scheme.primary, scheme.ground) >= SEEN
        assert contrast(scheme.accent, scheme.raised) >= SEEN


@given(hexes)
def test_black_or_white_can_always_be_read(fill: str) -> None:
    assert contrast(text_on(fill), fill) >= READABLE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.478, abs=0.001)
    assert contrast("#0b4f6c", WHITE) == contrast(WHITE, "#0b4f6c")
    assert luminance("#ff0000") == pytest.approx(0.2126)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    light, dark = light_and_dark("#0B4F6C", "#f2a541")
    assert (light.primary, light.on_primary, light.link) == ("#0b4f6c", WHITE, "#0b4f6c")
    assert (light.accent, light.on_accent) == ("#f2a541", BLACK)
    assert dark.primary == "#0b4f6c"
    assert luminance(dark.link) > luminance(light.link)


def test_a_pale_colour_is_darkened_for_texts_only() -> None:
    light, dark = light_and_dark("#c6f432", "#5b2be0")
    assert light.on_primary == BLACK
    assert contrast(light.link, light.ground) >= READABLE
    assert luminance(dark.primary) <= 0.3
    assert legible("#c6f432", WHITE) != "#c6f432"


@pytest.mark.parametrize("strange", ["", "red", "#fff", "#12345g", "}body{display:none", "#123456;}"])
def test_what_is_no_colour_never_reaches_a_page(strange: str) -> None:
    assert light_and_dark(strange, strange) == light_and_dark(*PLATFORM)


def test_the_style_sheet_reads_only_what_is_proven() -> None:
    """Every rule that sets both colours sets a pair of READ_ON; every other colour of a text is read everywhere."""
    sheet = (Path(rendering.__file__).parent / "templates" / "site.css").read_text(encoding="utf-8")
    areas = {name for names in READ_ON.values() for name in names}
    pairs = 0
    for rule in re.findall(r"\{([^{}%#]*)\}", sheet):
        written = _variables(rule, r"(?<![-\w])color")
        ground = _variables(rule, r"background(?:-color)?")
        assert written <= {*READ_ON, "primary"}, rule
        assert not (written & {"on_primary", "on_accent", "primary"} and not ground), rule
        for one in written & READ_ON.keys():
            assert all(area in READ_ON[one] for area in ground & areas), rule
            pairs += len(ground & areas)
    assert pairs >= 6
    assert set(Scheme.__slots__) >= areas


def _variables(rule: str, name: str) -> set[str]:
    values = re.findall(rf"{name}:\s*([^;]+);", rule)
    return {found.replace("-", "_") for value in values for found in re.findall(r"var\(--([\w-]+)\)", value)}
