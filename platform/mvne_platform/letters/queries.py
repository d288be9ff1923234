"""Reads of letters and templates."""

from uuid import UUID

from sqlalchemy import select

from mvne_platform.letters import permissions
from mvne_platform.letters.errors import UnknownLetter
from mvne_platform.letters.models import Letter, LetterTemplate
from mvne_platform.runtime import Context

PAGE = 25


def letters_of(ctx: Context, customer_id: UUID, first: int = PAGE, *, before: UUID | None = None) -> list[Letter]:
    """The customer's letters, the newest first; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    wanted = select(Letter).where(Letter.customer_id == customer_id).order_by(Letter.id.desc()).limit(first)
    if before is not None:
        wanted = wanted.where(Letter.id < before)
    return list(ctx.db.scalars(wanted))


def letters_for(ctx: Context, code: str, occasion_id: UUID) -> list[Letter]:
    """What was written for an occasion already, by channel."""
    wanted = select(Letter).where(Letter.code == code, Letter.occasion_id == occasion_id)
    return list(ctx.db.scalars(wanted.order_by(Letter.channel)))


def letter_for_update(ctx: Context, letter_id: UUID) -> Letter:
    """Lock one letter; raises UnknownLetter."""
    found = ctx.db.get(Letter, letter_id, with_for_update=True)
    if found is None:
        raise UnknownLetter("The brand has no such letter.", field=("letter_id",))
    return found


def templates(ctx: Context, code: str, language: str) -> list[LetterTemplate]:
    """The texts of a letter in a language, by channel."""
    wanted = select(LetterTemplate).where(LetterTemplate.code == code, LetterTemplate.language == language)
    return list(ctx.db.scalars(wanted.order_by(LetterTemplate.channel)))


def all_templates(ctx: Context) -> list[LetterTemplate]:
    """Every text of the brand."""
    return list(ctx.db.scalars(select(LetterTemplate).order_by(LetterTemplate.id)))
