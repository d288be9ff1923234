"""A brand's two colours made into whole colour schemes, light and dark, in which every text can be read. Pure.

Contrast is that of WCAG 2.2 (success criterion 1.4.3): at least 4.5 to 1, whatever two colours the brand chose.
"""

import re
from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import lru_cache

READABLE = 4.5
# A filled area should at least be seen to end somewhere.
SEEN = 1.3
BLACK, WHITE = "#000000", "#ffffff"
PLATFORM = ("#0b5fa5", "#35c2a8")
# More than this is glaring when lightened.
MOST_SATURATION = 0.8
_HEX = re.compile(r"#[0-9a-f]{6}")

# Which colours of a scheme are read, and on which of its colours. The style sheet uses no other pair.
READ_ON = {
    "text": ("ground", "raised", "sunken", "tint"),
    "quiet": ("ground", "raised", "sunken", "tint"),
    "link": ("ground", "raised", "sunken", "tint"),
    "on_primary": ("primary", "primary_deep"),
    "on_accent": ("accent",),
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of a page, as `#rrggbb`: areas (ground to tint, primary, accent) and what is written on them."""

    ground: str
    raised: str
    sunken: str
    tint: str
    line: str
    text: str
    quiet: str
    link: str
    primary: str
    primary_deep: str
    on_primary: str
    accent: str
    on_accent: str


@dataclass(frozen=True, slots=True)
class _Base:
    """What a scheme starts from; the brand's colour tints the areas by so many hundredths."""

    ground: str
    raised: str
    sunken: str
    text: str
    quiet: str
    tint_share: int


_LIGHT = _Base("#fbfbfc", "#ffffff", "#f1f2f5", "#15181d", "#596069", 9)
_DARK = _Base("#0f1115", "#181b21", "#20242b", "#eef0f3", "#a3abb6", 16)


@lru_cache(maxsize=1024)
def light_and_dark(primary: str, accent: str) -> tuple[Scheme, Scheme]:
    """Both schemes of a brand; for a colour that is not `#rrggbb`, the platform's own stands in."""
    first, second = _known(primary, PLATFORM[0]), _known(accent, PLATFORM[1])
    # Large bright areas dazzle in the dark.
    dimmed = dimmer(first, most=0.3)
    return _scheme(_LIGHT, first, second, tinted_by=first), _scheme(_DARK, dimmed, second, tinted_by=first)


def _scheme(base: _Base, primary: str, accent: str, *, tinted_by: str) -> Scheme:
    ground, raised, sunken = (mixed(area, tinted_by, 3) for area in (base.ground, base.raised, base.sunken))
    tint = mixed(base.raised, tinted_by, base.tint_share)
    areas = (ground, raised, sunken, tint)
    fill, badge = apart(primary, ground), apart(accent, raised)
    on_fill = text_on(fill)
    return Scheme(
        ground=ground,
        raised=raised,
        sunken=sunken,
        tint=tint,
        line=mixed(sunken, base.quiet, 30),
        text=legible(base.text, *areas),
        quiet=legible(base.quiet, *areas),
        link=legible(tinted_by, *areas),
        primary=fill,
        # Away from the text that stands on it, so that it is read at both ends of a gradient and all between.
        primary_deep=mixed(fill, BLACK if on_fill == WHITE else WHITE, 32),
        on_primary=on_fill,
        accent=badge,
        on_accent=text_on(badge),
    )


def text_on(fill: str) -> str:
    """White if it can be read on `fill`, else black: one of the two always can."""
    return WHITE if contrast(WHITE, fill) >= READABLE else BLACK


def legible(colour: str, *areas: str) -> str:
    """The colour made darker or lighter, whichever is away from the areas, until it can be read on all of them.

    It keeps its hue and, for the most part, its saturation.
    """
    target = _opposite(areas[0])
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    end = 0.0 if target == BLACK else 1.0
    for share in range(0, 101, 4):
        shade = lightness + (end - lightness) * share / 100
        vivid = saturation if share == 0 else min(saturation, MOST_SATURATION)
        step = _hex(round(channel * 255) for channel in hls_to_rgb(hue, shade, vivid))
        if all(contrast(step, area) >= READABLE for area in areas):
            return step
    return target


def apart(fill: str, ground: str) -> str:
    """The fill moved away from the ground until the two can be told apart."""
    target = _opposite(ground)
    steps = (mixed(fill, target, share) for share in range(0, 101, 4))
    return next((step for step in steps if contrast(step, ground) >= SEEN), target)


def dimmer(colour: str, *, most: float) -> str:
    """The colour moved towards black until its relative luminance (0 to 1) is at most `most`."""
    steps = (mixed(colour, BLACK, share) for share in range(0, 101, 4))
    return next((step for step in steps if luminance(step) <= most), BLACK)


def mixed(colour: str, other: str, hundredths: int) -> str:
    """The colour with so many hundredths of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return _hex(round(one + (two - one) * hundredths / 100) for one, two in pairs)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _opposite(area: str) -> str:
    return BLACK if contrast(BLACK, area) > contrast(WHITE, area) else WHITE


def _known(colour: str, otherwise: str) -> str:
    lowered = colour.lower()
    return lowered if _HEX.fullmatch(lowered) else otherwise


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _hex(channels: Iterable[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
