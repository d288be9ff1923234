"""What happened to subscriptions."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class SubscriptionActivated(Fact):
    """The line is in service."""

    subscription_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class SubscriptionLapsed(Fact):
    """The line is out of service until its renewal is paid."""

    subscription_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class SubscriptionRestored(Fact):
    """A lapsed line is in service again."""

    subscription_id: UUID
    customer_id: UUID
