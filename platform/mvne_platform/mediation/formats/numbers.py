"""Numbers as a switch writes them, turned into E.164."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, shortnumberinfo

from mvne_platform.mediation.formats.fields import E164, SHORT_CODE

_FORMATTING = re.compile(r"[ ().\-/]")
_DIALLED = re.compile(r"\+?[0-9*#]{1,20}")
_INTERNATIONAL = re.compile(r"(?:\+|00)?([1-9][0-9]{5,14})")


@lru_cache(maxsize=65_536)
def to_e164(written: str, country: str, short_codes: frozenset[str] = frozenset()) -> str | None:
    """`written` as E.164 by the country's dialling plan; its digits as dialled when it is shorter than a number there.

    A code that the country's plan or `short_codes` has as a whole stays as dialled, even where numbers may be as short.
    None when it is no number at all (an extension's name). Only length decides, not whether the range is in use: ranges
    open faster than any library learns of them. `country` is ISO 3166-1 alpha-2.
    """
    digits = _FORMATTING.sub("", written)
    if not _DIALLED.fullmatch(digits):
        return None
    if digits in short_codes:
        return digits
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        parsed = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if (
        parsed
        and phonenumbers.is_possible_number_with_reason(parsed) == possible
        and not _is_short(parsed, digits, country)
    ):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return digits if SHORT_CODE.fullmatch(digits) else None


def international(written: str) -> str | None:
    """Digits that begin with the country code, behind `+`, `00` or nothing, as E.164; None for anything else."""
    found = _INTERNATIONAL.fullmatch(_FORMATTING.sub("", written))
    number = f"+{found[1]}" if found else ""
    return number if E164.fullmatch(number) else None


def without_carrier(written: str, carriers: tuple[str, ...]) -> str:
    """`written` without the code of the carrier that was selected for the call, if it begins with one."""
    return next((written[len(code) :] for code in carriers if written.startswith(code)), written)


def _is_short(parsed: PhoneNumber, digits: str, country: str) -> bool:
    """Whether it is a code of the country, such as 116 117 where numbers may have six digits too."""
    national = str(parsed.national_number) == digits
    return (
        national
        and shortnumberinfo.is_valid_short_number_for_region(parsed, country)
        and not phonenumbers.is_valid_number(parsed)
    )
