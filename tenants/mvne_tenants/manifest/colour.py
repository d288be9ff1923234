"""Whether text can be read on a colour (WCAG 2.2, success criterion 1.4.3)."""

READABLE = 4.5
WHITE = "#ffffff"
BLACK = "#000000"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """White where it can be read on `background`, else black: one of the two always can."""
    return WHITE if contrast(WHITE, background) >= READABLE else BLACK


def readable_on_white(colour: str) -> str:
    """`colour`, darkened step by step until it can be read as text on white."""
    channels = _channels(colour)
    while contrast(_hex(channels), WHITE) < READABLE:
        channels = [channel * 95 // 100 for channel in channels]
    return _hex(channels)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _hex(channels: list[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _luminance(colour: str) -> float:
    linear = [_linear(channel / 255) for channel in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
