"""What happened to orders."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class OrderPlaced(Fact):
    """An order has come in; its SIM and number are reserved."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderReleased(Fact):
    """Nothing holds the order back any more."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderCompleted(Fact):
    """What was ordered is in service."""

    order_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class OrderFailed(Fact):
    """The network refused; SIM and number are free again."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderRejected(Fact):
    """The customer's identity was not accepted; SIM and number are free again."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderCancelled(Fact):
    """A person withdrew the order before the network was asked; SIM and number are free again."""

    order_id: UUID
