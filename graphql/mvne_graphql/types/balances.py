"""Buckets and their ledgers."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.types.catalogue import Service
from mvne_platform import balances
from mvne_platform.kernel import Unit


@strawberry.enum(description="Why a bucket's content moved.")
class LedgerReason(Enum):
    """As in balances."""

    TOP_UP = strawberry.enum_value("top_up", description="A payment was captured.")
    VOUCHER = strawberry.enum_value("voucher", description="A voucher was redeemed.")
    GRANT = strawberry.enum_value("grant", description="A period of a plan or an add-on began.")
    USAGE = strawberry.enum_value("usage", description="Usage was taken from it.")
    RENEWAL = strawberry.enum_value("renewal", description="A prepaid plan was renewed.")
    EXPIRY = strawberry.enum_value("expiry", description="What was left at the end of its validity.")
    REDEMPTION = strawberry.enum_value("redemption", description="Points were exchanged for it.")
    ADJUSTMENT = strawberry.enum_value("adjustment", description="A member of staff corrected it.")


@strawberry.type(description="A movement of a bucket; never changed, never deleted.")
class LedgerEntry:
    """Signed, with what the bucket held after it."""

    money: Money | None = strawberry.field(description="What was added, or (negative) taken; of a bucket of money.")
    quantity: Quantity | None = strawberry.field(description="The same of an allowance.")
    money_after: Money | None = strawberry.field(description="What a bucket of money held after it.")
    quantity_after: Quantity | None = strawberry.field(description="What an allowance held after it.")
    reason: LedgerReason = strawberry.field(description="Why.")
    occurred_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="Money or an allowance that a subscription holds. It is the sum of its ledger.")
class Bucket(Node):
    """Usage takes from buckets in the order in which `Subscription.buckets` lists them."""

    code: str = strawberry.field(description="The bucket's name; `main` is the balance that top-ups fill.")
    money: Money | None = strawberry.field(description="What a bucket of money holds; may be negative.")
    quantity: Quantity | None = strawberry.field(description="What is left of an allowance.")
    granted: Quantity | None = strawberry.field(description="What an allowance held at first.")
    services: list[Service] = strawberry.field(description="What it pays for; empty stands for everything.")
    zones: list[str] = strawberry.field(description="Where it pays, by zone of the price list; empty: everywhere.")
    valid_from: datetime = strawberry.field(description="Since when it may be used.")
    valid_to: datetime | None = strawberry.field(description="Until when; null is without end.")
    state: strawberry.Private[balances.BucketState]

    @resolved("The bucket's movements, newest first.")
    def ledger(self, info: Info, first: First = None, after: After = None) -> Connection[LedgerEntry]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = balances.ledger(info.context.ctx, self.state.id, first=page.fetch, before=page.after_id)
        return connect(rows, page, lambda line: _entry(self.state, line), key=lambda line: line.entry_id)

    @classmethod
    def of(cls, state: balances.BucketState) -> Self:
        """The bucket as it stands."""
        return cls(
            id=global_id("Bucket", state.id),
            code=state.code,
            money=_money(state, state.amount),
            quantity=_quantity(state, state.amount),
            granted=_quantity(state, state.granted),
            services=[Service(each) for each in state.services],
            zones=list(state.zones),
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            state=state,
        )


def _entry(state: balances.BucketState, line: balances.LedgerLine) -> LedgerEntry:
    return LedgerEntry(
        money=_money(state, line.delta),
        quantity=_quantity(state, line.delta),
        money_after=_money(state, line.total),
        quantity_after=_quantity(state, line.total),
        reason=LedgerReason(line.reason),
        occurred_at=line.occurred_at,
    )


def _money(state: balances.BucketState, micros: int) -> Money | None:
    return Money.of(micros, state.currency) if state.currency else None


def _quantity(state: balances.BucketState, amount: int) -> Quantity | None:
    return None if state.unit is Unit.MONEY else Quantity.of(amount, state.unit)


@strawberry.type
class HoldsBuckets:
    """The part of a subscription that is about its balances."""

    key: strawberry.Private[UUID]

    @resolved("What the subscription holds, in the order in which usage takes from it.", size=5)
    def buckets(
        self,
        info: Info,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="As it was at this instant; now if absent.")
        ] = None,
    ) -> list[Bucket]:
        """The valid ones."""
        return [Bucket.of(state) for state in balances.buckets(info.context.ctx, self.key, as_of)]
