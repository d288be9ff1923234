"""Refusals about letters."""

from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class TemplateRefused(InvalidInput):
    """A template is wrong, or one that is needed is missing."""

    code = "TEMPLATE_REFUSED"


class TemplateMissing(DomainError):
    """A letter is due and the brand has no text for it."""

    code = "TEMPLATE_MISSING"
    category = Category.CONFLICT


class LetterTooLong(DomainError):
    """A template became longer than its channel carries once the values were in."""

    code = "LETTER_TOO_LONG"
    category = Category.INVALID


class UnknownLetter(NotFound):
    """No letter of this brand has the id."""

    code = "UNKNOWN_LETTER"
