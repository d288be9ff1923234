"""What was written to customers."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of
from mvne_platform import letters


@strawberry.enum(description="How a letter travels.")
class LetterChannel(Enum):
    """As in letters."""

    EMAIL = strawberry.enum_value("email", description="By e-mail.")
    SMS = strawberry.enum_value("sms", description="As a text message.")


@strawberry.enum(description="Where a letter stands.")
class LetterState(Enum):
    """As in letters."""

    QUEUED = strawberry.enum_value("queued", description="Waits to be sent.")
    SENT = strawberry.enum_value("sent", description="Handed to the carrier.")
    FAILED = strawberry.enum_value("failed", description="The carrier refused it.")


@strawberry.type(description="A letter to a customer as it was sent.")
class Letter:
    """By e-mail or SMS."""

    code: str = strawberry.field(description="The template it was made from.")
    channel: LetterChannel = strawberry.field(description="How it travels.")
    recipient: str = strawberry.field(description="To which address or number.")
    subject: str | None = strawberry.field(description="An e-mail's subject.")
    body: str = strawberry.field(description="What it says.")
    state: LetterState = strawberry.field(description="Where it stands.")
    error: str | None = strawberry.field(description="Why it failed.")
    created_at: datetime = strawberry.field(description="When it was written.")
    sent_at: datetime | None = strawberry.field(description="When it was sent.")

    @classmethod
    def of(cls, row: letters.Letter) -> Self:
        """The letter."""
        return cls(
            code=row.code,
            channel=LetterChannel(row.channel),
            recipient=row.recipient,
            subject=row.subject,
            body=row.body,
            state=LetterState(row.state),
            error=row.error,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )


@strawberry.type
class LetterQueries:
    """Root fields."""

    @resolved("What was written to a customer, newest first.")
    def letters(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="The customer.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Letter]:
        """Read by keyset."""
        page, key = Page.of(first, after), key_of(customer_id, "Customer")
        return connect(letters.letters_of(info.context.ctx, key, page.fetch, before=page.after_id), page, Letter.of)
