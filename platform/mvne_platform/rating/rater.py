"""What every executor of rating offers: the scalar reference here, the batch kernel, the online front end."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from mvne_platform.catalogue import Tariff
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.purse import Purse
from mvne_platform.rating.rated import Rated, Wholesale
from mvne_platform.rating.subscriber import Subscriber


class Item(NamedTuple):
    """One event to rate, with the subscription it belongs to and the price list of its plan."""

    event: UsageEvent
    subscriber: Subscriber
    tariff: Tariff


class Rater(Protocol):
    """Rates events. The same arguments give the same answer, whoever executes it."""

    def rate(self, event: UsageEvent, subscriber: Subscriber, tariff: Tariff, purse: Purse) -> Rated:
        """Rate one event; the purse is read, not changed (`Purse.apply` does that)."""
        ...

    def rate_many(self, items: Sequence[Item], purses: Mapping[UUID, Purse]) -> list[Rated]:
        """Rate events in the order given, each seeing what those before it took; the purses are changed.

        `purses` is by charging group; KeyError when one is missing. Answers stand in the order of `items`.
        """
        ...

    def wholesale(self, event: UsageEvent, tariff: Tariff) -> Wholesale:
        """What the host operator charges for an event by the price list of its contract."""
        ...
