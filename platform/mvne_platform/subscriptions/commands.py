"""Use cases of the installed base. Other domains call most of them, and ask for their own permission."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from mvne_platform.catalogue import Offering
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context
from mvne_platform.runtime.numbering import next_number
from mvne_platform.subscriptions import permissions
from mvne_platform.subscriptions.errors import IdentifierHeld, WrongState
from mvne_platform.subscriptions.events import SubscriptionActivated, SubscriptionLapsed, SubscriptionRestored
from mvne_platform.subscriptions.models import (
    IdentifierKind,
    Product,
    Subscription,
    SubscriptionIdentifier,
    SubscriptionState,
)
from mvne_platform.subscriptions.queries import load_subscription
from mvne_platform.subscriptions.rules import Action, next_state
from mvne_platform.subscriptions.timeline import Identifier

_ONE_HOLDER = "ex_subscription_identifier_one_holder"


def create(
    ctx: Context,
    *,
    customer_id: UUID,
    account_id: UUID,
    plan: Offering,
    add_ons: Iterable[Offering] = (),
    identifiers: Iterable[Identifier] = (),
    subscription_id: UUID | None = None,
) -> Subscription:
    """Enter a pending subscription; `subscription_id` is the id under which its SIM and number are reserved already.

    Its products and identifiers are written as empty spans, which hold at no instant: activation opens them.
    """
    subscription = Subscription(
        id=subscription_id or uuid7(),
        number=next_number(ctx, "subscription"),
        customer_id=customer_id,
        account_id=account_id,
        payment_mode=plan.payment_mode,
        spend_limit_micros=plan.spend_limit_micros,
        created_at=ctx.now,
    )
    ctx.db.add(subscription)
    ctx.db.flush()
    for offering in (plan, *add_ons):
        ctx.db.add(_product(subscription.id, offering, ctx.now, is_plan=offering is plan))
    for kind, value in identifiers:
        ctx.db.add(_identifier(subscription.id, IdentifierKind(kind), value, ctx.now, valid_to=ctx.now))
    ctx.db.flush()
    return subscription


def activate(ctx: Context, subscription_id: UUID) -> Subscription:
    """Put a pending line into service from now on; repeating it changes nothing.

    Raises UnknownSubscription, WrongState, IdentifierHeld.
    """
    subscription = load_subscription(ctx, subscription_id, for_update=True)
    if not _move(subscription, Action.ACTIVATE):
        return subscription
    subscription.activated_at = ctx.now
    from_now = {"valid_from": ctx.now, "valid_to": None}
    with _one_holder(), ctx.db.begin_nested():
        for spanned in (Product, SubscriptionIdentifier):
            ctx.db.execute(update(spanned).where(spanned.subscription_id == subscription.id).values(from_now))
    ctx.emit(SubscriptionActivated(subscription.id, subscription.customer_id))
    return subscription


def cancel(ctx: Context, subscription_id: UUID) -> Subscription:
    """End a pending line that never came into service; repeating it changes nothing.

    Raises UnknownSubscription, WrongState.
    """
    subscription = load_subscription(ctx, subscription_id, for_update=True)
    if _move(subscription, Action.CANCEL):
        subscription.terminated_at = ctx.now
        ctx.db.flush()
    return subscription


def lapse(ctx: Context, subscription_id: UUID) -> Subscription:
    """Take a line out of service because its renewal was not paid; repeating it changes nothing.

    Raises UnknownSubscription, WrongState.
    """
    subscription = load_subscription(ctx, subscription_id, for_update=True)
    if _move(subscription, Action.LAPSE):
        ctx.emit(SubscriptionLapsed(subscription.id, subscription.customer_id))
    return subscription


def restore(ctx: Context, subscription_id: UUID) -> Subscription:
    """Put a lapsed line into service again; repeating it changes nothing.

    Raises UnknownSubscription, WrongState.
    """
    subscription = load_subscription(ctx, subscription_id, for_update=True)
    if _move(subscription, Action.RESTORE):
        ctx.emit(SubscriptionRestored(subscription.id, subscription.customer_id))
    return subscription


def add_identifier(
    ctx: Context, *, subscription_id: UUID, kind: IdentifierKind, value: str, valid_from: datetime | None = None
) -> SubscriptionIdentifier:
    """Let usage records name a line in service by one more identifier, such as its account at a PBX.

    From now on, or from an instant of its service. Raises UnknownSubscription, WrongState, IdentifierHeld.
    """
    ctx.require(permissions.MANAGE)
    subscription = load_subscription(ctx, subscription_id, for_update=True)
    begin = valid_from or ctx.now
    if subscription.state is not SubscriptionState.ACTIVE or not _served_at(subscription, begin):
        raise WrongState(
            f"The subscription {subscription.number} was not in service at {begin:%Y-%m-%d %H:%M %Z}; "
            "an identifier needs a line in service.",
            field=("subscription_id",),
        )
    added = _identifier(subscription.id, kind, value, begin, valid_to=None)
    with _one_holder(), ctx.db.begin_nested():
        ctx.db.add(added)
    return added


def _move(subscription: Subscription, action: Action) -> bool:
    """Change the state; False if it was changed already."""
    target = next_state(subscription.state, action)
    is_new = subscription.state is not target
    subscription.state = target
    return is_new


def _served_at(subscription: Subscription, instant: datetime) -> bool:
    return subscription.activated_at is not None and subscription.activated_at <= instant


@contextmanager
def _one_holder() -> Iterator[None]:
    """Name the refusal of the constraint that lets an identifier have one holder at a time."""
    try:
        yield
    except IntegrityError as clash:
        if _ONE_HOLDER not in str(clash.orig):
            raise
        raise IdentifierHeld(
            "Another subscription of the brand holds this number, IMSI, ICCID or account; end that one first.",
            field=("value",),
        ) from clash


def _product(subscription_id: UUID, offering: Offering, at: datetime, *, is_plan: bool) -> Product:
    return Product(
        subscription_id=subscription_id, offering_id=offering.id, is_plan=is_plan, valid_from=at, valid_to=at
    )


def _identifier(
    subscription_id: UUID, kind: IdentifierKind, value: str, valid_from: datetime, *, valid_to: datetime | None
) -> SubscriptionIdentifier:
    return SubscriptionIdentifier(
        subscription_id=subscription_id, kind=kind, value=value, valid_from=valid_from, valid_to=valid_to
    )
