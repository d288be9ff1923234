"""What may be shown of a number."""

import re

# Bills shorten called numbers by their last three digits (as section 11 of Germany's TDDDG does); short codes stay.
_HIDDEN = 3
_LONG_NUMBER = re.compile(r"\+?[0-9]{7,}")


def masked(number: str) -> str:
    """A telephone number without its last three digits; a short code as it is."""
    return f"{number[:-_HIDDEN]}{'x' * _HIDDEN}" if _LONG_NUMBER.fullmatch(number) else number


def without_numbers(text: str) -> str:
    """A text with every telephone number in it masked."""
    return _LONG_NUMBER.sub(lambda found: masked(found[0]), text)
