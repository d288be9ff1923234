"""Letters to customers: templates per language and channel, written for an occasion, carried by e-mail and SMS."""

from mvne_platform.letters.commands import TemplateChanges, send, set_templates
from mvne_platform.letters.errors import LetterTooLong, TemplateMissing, TemplateRefused, UnknownLetter
from mvne_platform.letters.kinds import COMMON_VALUES, LETTERS, LetterKind
from mvne_platform.letters.models import Channel, Letter, LetterState, LetterTemplate
from mvne_platform.letters.queries import letters_of
from mvne_platform.letters.rules import TemplateDraft, TemplateFault, faults

__all__ = [
    "COMMON_VALUES",
    "LETTERS",
    "Channel",
    "Letter",
    "LetterKind",
    "LetterState",
    "LetterTemplate",
    "LetterTooLong",
    "TemplateChanges",
    "TemplateDraft",
    "TemplateFault",
    "TemplateMissing",
    "TemplateRefused",
    "UnknownLetter",
    "faults",
    "letters_of",
    "send",
    "set_templates",
]
