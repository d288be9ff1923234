"""National numbers as a switch writes them, turned into E.164."""

import re
from functools import lru_cache

import phonenumbers

from mvne_platform.mediation.formats.fields import SHORT_CODE

_FORMATTING = re.compile(r"[ ().\-/]")
_DIALLED = re.compile(r"\+?[0-9*#]{1,20}")


@lru_cache(maxsize=65_536)
def to_e164(written: str, country: str) -> str | None:
    """`written` as E.164 by the country's dialling plan; its digits as dialled when it is shorter than a number there.

    None when it is no number at all (an extension's name). Only length decides, not whether the range is in use: ranges
    open faster than any library learns of them. `country` is ISO 3166-1 alpha-2.
    """
    digits = _FORMATTING.sub("", written)
    if not _DIALLED.fullmatch(digits):
        return None
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed and phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return digits if SHORT_CODE.fullmatch(digits) else None
