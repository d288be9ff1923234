"""The installed base: what customers have, by which identifiers usage names it, and since when."""

from mvne_platform.subscriptions.commands import activate, add_identifier, cancel, create, lapse, restore
from mvne_platform.subscriptions.errors import IdentifierHeld, UnknownSubscription, WrongState
from mvne_platform.subscriptions.events import SubscriptionActivated, SubscriptionLapsed, SubscriptionRestored
from mvne_platform.subscriptions.lines import lines_of_account, timeline
from mvne_platform.subscriptions.models import (
    IdentifierKind,
    Product,
    Subscription,
    SubscriptionIdentifier,
    SubscriptionState,
)
from mvne_platform.subscriptions.queries import (
    current_plan,
    find_by_identifier,
    identifiers,
    identifiers_of,
    load_paying,
    load_subscription,
    of_customer,
    products,
    products_of,
    subscription,
)
from mvne_platform.subscriptions.timeline import GroupPeriod, Line, LineDiscount, PlanPeriod, Timeline

__all__ = [
    "GroupPeriod",
    "IdentifierHeld",
    "IdentifierKind",
    "Line",
    "LineDiscount",
    "PlanPeriod",
    "Product",
    "Subscription",
    "SubscriptionActivated",
    "SubscriptionIdentifier",
    "SubscriptionLapsed",
    "SubscriptionRestored",
    "SubscriptionState",
    "Timeline",
    "UnknownSubscription",
    "WrongState",
    "activate",
    "add_identifier",
    "cancel",
    "create",
    "current_plan",
    "find_by_identifier",
    "identifiers",
    "identifiers_of",
    "lapse",
    "lines_of_account",
    "load_paying",
    "load_subscription",
    "of_customer",
    "products",
    "products_of",
    "restore",
    "subscription",
    "timeline",
]
