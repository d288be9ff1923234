"""Points, and what they buy."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.money import Quantity
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.types.catalogue import Service, in_language
from mvne_platform import loyalty


@strawberry.enum(description="Why points moved.")
class PointsReason(Enum):
    """As in loyalty."""

    ACCRUAL = strawberry.enum_value("accrual", description="A rule of the programme gave them.")
    REDEMPTION = strawberry.enum_value("redemption", description="A reward was bought.")


@strawberry.type(description="A movement of points.")
class PointsEntry:
    """Never changed, never deleted."""

    points: int = strawberry.field(description="What was added, or (negative) spent.")
    total_after: int = strawberry.field(description="What the member had after it.")
    reason: PointsReason = strawberry.field(description="Why.")
    code: str = strawberry.field(description="The rule that gave them, or the reward they bought.")
    occurred_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="A customer's membership in the brand's loyalty programme.")
class LoyaltyAccount(Node):
    """The points are the sum of the entries."""

    points: int = strawberry.field(description="What there is to spend.")
    enrolled_at: datetime = strawberry.field(description="Since when.")
    key: strawberry.Private[UUID]

    @resolved("The movements, newest first.")
    def entries(self, info: Info, first: First = None, after: After = None) -> Connection[PointsEntry]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = loyalty.entries(info.context.ctx, self.key, first=page.fetch, before=page.after_id)
        return connect(rows, page, _entry, key=lambda line: line.entry_id)

    @classmethod
    def of(cls, row: loyalty.Member) -> Self:
        """The membership."""
        return cls(id=global_id("LoyaltyAccount", row.id), points=row.points, enrolled_at=row.enrolled_at, key=row.id)


@strawberry.type(description="Something points buy: an allowance for some days.")
class Reward:
    """In the reader's language."""

    code: str = strawberry.field(description="The reward, for programs.")
    name: str = strawberry.field(description="The reward, for people.")
    points: int = strawberry.field(description="What it costs.")
    quantity: Quantity = strawberry.field(description="What it grants.")
    services: list[Service] = strawberry.field(description="What that pays for; empty stands for everything.")
    valid_days: int = strawberry.field(description="For how many days.")

    @classmethod
    def of(cls, row: loyalty.Reward, context: RequestContext) -> Self:
        """The reward."""
        return cls(
            code=row.code,
            name=in_language(row.name, (context.language, context.ctx.brand.language)),
            points=row.points,
            quantity=Quantity.of(row.quantity, row.unit),
            services=[Service(each) for each in row.services],
            valid_days=row.valid_days,
        )


def _entry(line: loyalty.PointsLine) -> PointsEntry:
    return PointsEntry(
        points=line.delta,
        total_after=line.total,
        reason=PointsReason(line.reason),
        code=line.code,
        occurred_at=line.occurred_at,
    )
