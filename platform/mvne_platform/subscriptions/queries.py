"""Reads and locks of subscriptions."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.runtime import Context
from mvne_platform.subscriptions import permissions
from mvne_platform.subscriptions.errors import UnknownSubscription, WrongState
from mvne_platform.subscriptions.models import (
    IdentifierKind,
    Product,
    Subscription,
    SubscriptionIdentifier,
    SubscriptionState,
)

MOST_FOUND = 100


def subscription(ctx: Context, subscription_id: UUID) -> Subscription:
    """Read one subscription for an actor; raises UnknownSubscription."""
    ctx.require(permissions.READ)
    return load_subscription(ctx, subscription_id)


def load_subscription(ctx: Context, subscription_id: UUID, *, for_update: bool = False) -> Subscription:
    """Read one subscription for another domain, which asks for its own permission; raises UnknownSubscription."""
    found = ctx.db.get(Subscription, subscription_id, with_for_update={"key_share": True} if for_update else None)
    if found is None:
        raise UnknownSubscription("The brand has no such subscription.", field=("subscription_id",))
    return found


def load_paying(ctx: Context, subscription_id: UUID) -> Subscription:
    """Read one subscription that money is about to be taken for; raises UnknownSubscription, WrongState if it is over.

    Money that is on its way when a line ends still reaches its balance.
    """
    found = load_subscription(ctx, subscription_id)
    if found.state is SubscriptionState.TERMINATED:
        raise WrongState(f"The subscription {found.number} is over; top up another one.", field=("subscription_id",))
    return found


def of_customer(ctx: Context, customer_id: UUID) -> list[Subscription]:
    """The customer's subscriptions, oldest first."""
    ctx.require(permissions.READ)
    wanted = select(Subscription).where(Subscription.customer_id == customer_id)
    return list(ctx.db.scalars(wanted.order_by(Subscription.id)))


def find_by_identifier(ctx: Context, value: str) -> list[Subscription]:
    """Subscriptions that hold or held a number, IMSI, ICCID or account, the latest first; at most 100."""
    ctx.require(permissions.READ)
    held = select(SubscriptionIdentifier.subscription_id, func.max(SubscriptionIdentifier.valid_from).label("since"))
    # The index begins with the kind, of which there are four.
    held = held.where(SubscriptionIdentifier.kind.in_(list(IdentifierKind)), SubscriptionIdentifier.value == value)
    holders = held.group_by(SubscriptionIdentifier.subscription_id).subquery()
    found = select(Subscription).join(holders, holders.c.subscription_id == Subscription.id)
    return list(ctx.db.scalars(found.order_by(holders.c.since.desc(), Subscription.id.desc()).limit(MOST_FOUND)))


def products(ctx: Context, subscription_id: UUID) -> list[Product]:
    """Plan and add-ons a subscription has or had (pending: will have), the plan first, then in the order they began."""
    return products_of(ctx, [subscription_id]).get(subscription_id, [])


def products_of(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, list[Product]]:
    """The same for many subscriptions at once."""
    wanted = select(Product).where(Product.subscription_id.in_(subscription_ids))
    found: dict[UUID, list[Product]] = {}
    for product in ctx.db.scalars(wanted.order_by(Product.is_plan.desc(), Product.valid_from, Product.id)):
        found.setdefault(product.subscription_id, []).append(product)
    return found


def current_plan(ctx: Context, subscription_id: UUID) -> Product:
    """The plan a subscription has; a pending one's is the ordered plan, a terminated one's the last.

    Raises UnknownSubscription.
    """
    plans = select(Product).where(Product.subscription_id == subscription_id, Product.is_plan)
    last = ctx.db.scalar(plans.order_by(Product.valid_from.desc(), Product.id.desc()).limit(1))
    if last is None:
        raise UnknownSubscription("The brand has no such subscription.", field=("subscription_id",))
    return last


def identifiers(ctx: Context, subscription_id: UUID) -> list[SubscriptionIdentifier]:
    """What a subscription is or was known by (pending: will be), by kind and time."""
    return identifiers_of(ctx, [subscription_id]).get(subscription_id, [])


def identifiers_of(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, list[SubscriptionIdentifier]]:
    """The same for many subscriptions at once."""
    one = SubscriptionIdentifier
    wanted = select(one).where(one.subscription_id.in_(subscription_ids))
    found: dict[UUID, list[SubscriptionIdentifier]] = {}
    for identifier in ctx.db.scalars(wanted.order_by(one.kind, one.valid_from, one.id)):
        found.setdefault(identifier.subscription_id, []).append(identifier)
    return found
