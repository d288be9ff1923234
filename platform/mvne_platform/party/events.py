"""What happened to customers."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class CustomerCreated(Fact):
    """A new customer is known."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class IdentityVerified(Fact):
    """The customer is who they say."""

    verification_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class IdentityDeclined(Fact):
    """The provider, or a person, did not accept the customer's document."""

    verification_id: UUID
    customer_id: UUID
