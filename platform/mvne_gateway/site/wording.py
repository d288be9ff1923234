"""The words around a brand's own texts, in the languages of its visitors: `words/<language>.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

FALLBACK = "en"
WORDS: dict[str, Mapping[str, str]] = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "words").glob("*.toml"))
}
# Our Serbian is written in Latin letters; without the script, Babel and browsers take it for Cyrillic.
_LOCALES = {"sr": "sr_Latn_RS", "bs": "bs_Latn_BA", "en": "en_GB"}
_TAGS = {"sr": "sr-Latn"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One language of a page: its words, how it writes numbers, its name in itself."""

    language: str

    @property
    def say(self) -> Mapping[str, str]:
        """The words, by key."""
        return WORDS[self.language]

    @property
    def locale(self) -> Locale:
        """How numbers, amounts and dates are written."""
        return Locale.parse(_LOCALES.get(self.language, self.language))

    def counted(self, key: str, count: int) -> str:
        """A number of things, in the form of the plural that the number wants."""
        form = self.locale.plural_form(count)
        return self.say.get(f"{key}_{form}", self.say[f"{key}_other"]).format(count=count)

    @property
    def tag(self) -> str:
        """The value of a `lang` attribute (BCP 47)."""
        return tag(self.language)


def voice(language: str) -> Voice:
    """The voice of a language, or English for one we have no words in."""
    return Voice(language if language in WORDS else FALLBACK)


def chosen(asked: Sequence[str], offered: Sequence[str]) -> str:
    """The first of the asked language tags that a brand offers, by its primary subtag; else the brand's first."""
    wanted = (one.lower().partition("-")[0] for one in asked)
    return next((one for one in wanted if one in offered), offered[0])


def tag(language: str) -> str:
    """A brand's language code as the value of a `lang` attribute."""
    return _TAGS.get(language, language)


def own_name(language: str) -> str:
    """What a language calls itself."""
    name = Locale.parse(_LOCALES.get(language, language.replace("-", "_"))).get_language_name()
    return (name or language).capitalize()
