"""The three steps of handing a letter to its carrier."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.letters import queries
from mvne_platform.letters.adapters import CARRIERS, Delivery, Message
from mvne_platform.letters.models import Channel, Letter, LetterState
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is carried, and by whom."""

    carrier: tuple[Channel, str]
    message: Message


def prepare(ctx: Context, letter_id: str) -> Prepared | None:
    """Read the letter; None once it is sent or has failed."""
    letter = queries.letter_for_update(ctx, UUID(letter_id))
    if letter.state is not LetterState.QUEUED:
        return None
    message = Message(
        letter_id=letter.id,
        sender=ctx.brand.profile["senders"][letter.channel],
        sender_name=ctx.brand.name,
        recipient=letter.recipient,
        subject=letter.subject,
        body=letter.body,
    )
    return Prepared((letter.channel, ctx.brand.profile["adapters"][letter.channel]), message)


def perform(prepared: Prepared) -> Delivery:
    """Hand it over; raises OutsideUnavailable."""
    return CARRIERS[prepared.carrier](prepared.message)


def record(ctx: Context, prepared: Prepared, delivery: Delivery) -> None:
    """Enter what became of it."""
    letter = queries.letter_for_update(ctx, prepared.message.letter_id)
    if letter.state is LetterState.QUEUED:
        _close(ctx, letter, delivery.error)


def give_up(ctx: Context, prepared: Prepared, error: Exception) -> None:
    """Leave the letter failed: its carrier did not answer for too long."""
    record(ctx, prepared, Delivery(str(error)))


def _close(ctx: Context, letter: Letter, error: str | None) -> None:
    letter.state = LetterState.SENT if error is None else LetterState.FAILED
    letter.error = error
    letter.sent_at = ctx.now if error is None else None
