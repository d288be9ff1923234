"""Buckets and their ledgers."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, Quantity
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.types.catalogue import Service
from mvne_graphql.types.usage import RatedEvent
from mvne_platform import balances, charging
from mvne_platform.balances import permissions
from mvne_platform.charging import permissions as charging_permissions
from mvne_platform.kernel import Unit

_EVENTS_OF = {
    balances.Reason.USAGE: charging.usage_of_entry,
    balances.Reason.RERATING: charging.usage_of_rerating,
}


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
    ROLLOVER = strawberry.enum_value("rollover", description="What was left of a period went on into the next one.")
    SHARING = strawberry.enum_value(
        "sharing", description="Its line joined a sharing group, and brought what was left."
    )
    RERATING = strawberry.enum_value("rerating", description="Usage was rated again, and came to something else.")


@strawberry.type(description="A movement of a bucket; never changed, never deleted.")
class LedgerEntry:
    """Signed, with what the bucket held after it."""

    money: Money | None = strawberry.field(description="What was added, or (negative) taken; of a bucket of money.")
    quantity: Quantity | None = strawberry.field(description="The same of an allowance.")
    money_after: Money | None = strawberry.field(description="What a bucket of money held after it.")
    quantity_after: Quantity | None = strawberry.field(description="What an allowance held after it.")
    reason: LedgerReason = strawberry.field(description="Why.")
    note: str | None = strawberry.field(description="Why staff moved it; null for those who may not see it.")
    actor: str | None = strawberry.field(description="Which member of staff; null for those who may not see it.")
    occurred_at: datetime = strawberry.field(description="When.")
    bucket_key: strawberry.Private[UUID]
    line: strawberry.Private[balances.LedgerLine]

    @resolved(
        "The usage that the entry is the sum of, of a re-rating that it is the difference of; else empty.",
        cost=5,
        size=10,
    )
    def usage(self, info: Info) -> list[RatedEvent]:
        """Helplines and free numbers never appear."""
        info.context.ctx.require(charging_permissions.READ)
        find = _EVENTS_OF.get(self.line.reason)
        found = find(info.context.ctx, self.bucket_key, self.line.reason_id) if find else []
        return [RatedEvent.of(record) for record in found]


@strawberry.type(description="What all movements of one kind did to a bucket.")
class ReasonTotal:
    """One line of the answer to "why is my balance this?"."""

    reason: LedgerReason = strawberry.field(description="The kind.")
    entries: int = strawberry.field(description="How many movements.")
    money: Money | None = strawberry.field(description="What they added, or (negative) took; of a bucket of money.")
    quantity: Quantity | None = strawberry.field(description="The same of an allowance.")


@strawberry.type(description="Money or an allowance of a subscription or a sharing group. It is the sum of its ledger.")
class Bucket(Node):
    """Usage takes from buckets in the order in which `Subscription.buckets` lists them."""

    code: str = strawberry.field(description="The bucket's name; `main` is the balance that top-ups fill.")
    money: Money | None = strawberry.field(description="What a bucket of money holds; may be negative.")
    reserved_money: Money | None = strawberry.field(description="What open sessions hold of a bucket of money.")
    available_money: Money | None = strawberry.field(description="The rest: what can be spent now.")
    quantity: Quantity | None = strawberry.field(description="What is left of an allowance.")
    reserved: Quantity | None = strawberry.field(description="What open sessions hold of an allowance.")
    available: Quantity | None = strawberry.field(description="The rest: what can be used now.")
    granted: Quantity | None = strawberry.field(description="What an allowance was given in all.")
    services: list[Service] = strawberry.field(description="What it pays for; empty stands for everything.")
    zones: list[str] = strawberry.field(description="Where it pays, by zone of the price list; empty: everywhere.")
    valid_from: datetime = strawberry.field(description="Since when it may be used.")
    valid_to: datetime | None = strawberry.field(description="Until when; null is without end.")
    priority: int = strawberry.field(description="Lower is used first; then what ends sooner; then the older one.")
    is_shared: bool = strawberry.field(description="Whether every member of the sharing group may use it.")
    rollovers_left: int = strawberry.field(description="For how many more periods what is left then goes on.")
    rollover_limit: Quantity | None = strawberry.field(description="At most how much goes on; null: all that is left.")
    state: strawberry.Private[balances.BucketState]

    @resolved("The bucket's movements, newest first.")
    def ledger(self, info: Info, first: First = None, after: After = None) -> Connection[LedgerEntry]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = balances.ledger(info.context.ctx, self.state.id, first=page.fetch, before=page.after_id)
        private = info.context.ctx.actor.may(permissions.READ_NOTES)
        shown = partial(_entry, self.state, private=private)
        return connect(rows, page, shown, key=lambda line: line.entry_id)

    @resolved("Why it holds what it holds: what each kind of movement came to. Their sum is what it holds.", size=5)
    def totals(self, info: Info) -> list[ReasonTotal]:
        """By kind."""
        return [_total(self.state, total) for total in balances.why(info.context.ctx, self.state.id).totals]

    @classmethod
    def of(cls, state: balances.BucketState) -> Self:
        """The bucket as it stands."""
        return cls(
            id=global_id("Bucket", state.id),
            code=state.code,
            money=_money(state, state.amount),
            reserved_money=_money(state, state.reserved),
            available_money=_money(state, state.available),
            quantity=_quantity(state, state.amount),
            reserved=_quantity(state, state.reserved),
            available=_quantity(state, state.available),
            granted=_quantity(state, state.granted),
            services=[Service(each) for each in state.services],
            zones=list(state.zones),
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            priority=state.priority,
            is_shared=state.group_id is not None,
            rollovers_left=state.rollovers_left,
            rollover_limit=None if state.rollover_limit is None else _quantity(state, state.rollover_limit),
            state=state,
        )


def _total(state: balances.BucketState, total: balances.ReasonTotal) -> ReasonTotal:
    return ReasonTotal(
        reason=LedgerReason(total.reason),
        entries=total.entries,
        money=_money(state, total.delta),
        quantity=_quantity(state, total.delta),
    )


def _entry(state: balances.BucketState, line: balances.LedgerLine, *, private: bool) -> LedgerEntry:
    return LedgerEntry(
        money=_money(state, line.delta),
        quantity=_quantity(state, line.delta),
        money_after=_money(state, line.total),
        quantity_after=_quantity(state, line.total),
        reason=LedgerReason(line.reason),
        note=line.note if private else None,
        actor=line.actor if private else None,
        occurred_at=line.occurred_at,
        bucket_key=state.id,
        line=line,
    )


def _money(state: balances.BucketState, micros: int) -> Money | None:
    return Money.of(micros, state.currency) if state.currency else None


def _quantity(state: balances.BucketState, amount: int) -> Quantity | None:
    return None if state.unit is Unit.MONEY else Quantity.of(amount, state.unit)


@strawberry.type
class HoldsBuckets:
    """The part of a subscription that is about its balances."""

    key: strawberry.Private[UUID]

    @resolved(
        "What the subscription may use, its sharing group's buckets too, in the order in which usage takes from it.",
        size=5,
    )
    def buckets(
        self,
        info: Info,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="As it was at this instant; now if absent.")
        ] = None,
    ) -> list[Bucket]:
        """The valid ones."""
        return [Bucket.of(state) for state in balances.buckets(info.context.ctx, self.key, as_of)]
