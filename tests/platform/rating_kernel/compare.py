"""The kernel beside the reference: what differs, in words, so that a failure says where to look."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from uuid import UUID

from mvne_platform.catalogue import Tariff
from mvne_platform.rating import CounterId, Item, Purse, Rated, ScalarRater, Subscriber
from mvne_platform.rating.kernel import KernelRater
from tests.platform.rating.generators import Scenario, fresh

REFERENCE = ScalarRater()


class Expected:
    """What the reference says of a scenario: answers, the purses it leaves, and the host operator's amounts."""

    def __init__(self, items: Sequence[Item], purses: Mapping[UUID, Purse], host: Tariff) -> None:
        self.items, self._before, self._host = items, purses, host
        after = {group: fresh(purse) for group, purse in purses.items()}
        # The kernel leaves words to the reference.
        self.rated = [replace(rated, detail="") for rated in REFERENCE.rate_many(items, after)]
        self._after = _state(after)
        self._wholesale = [REFERENCE.wholesale(item.event, host) for item in items]

    @classmethod
    def of(cls, scenario: Scenario) -> "Expected":
        return cls(scenario.items, scenario.purses, scenario.host)

    def differences(self, kernel: KernelRater) -> list[str]:
        """Empty when the kernel says the same in every field and leaves the same."""
        purses = {group: fresh(purse) for group, purse in self._before.items()}
        rated = kernel.rate_many(self.items, purses)
        wholesale = kernel.wholesale_many(self.items, self._before, self._host)
        found = [
            f"event {number}: {name} is {got}, not {wanted}"
            for number, pair in enumerate(zip(rated, self.rated, strict=True))
            for name, got, wanted in _fields(*pair)
        ]
        found += [
            f"event {number}: wholesale is {got}, not {wanted}"
            for number, (got, wanted) in enumerate(zip(wholesale, self._wholesale, strict=True))
            if got != wanted
        ]
        if _state(purses) != self._after:
            found.append(f"the purses hold {_state(purses)}, not {self._after}")
        return found


def _fields(got: Rated, wanted: Rated) -> list[tuple[str, object, object]]:
    pairs = [(field.name, getattr(got, field.name), getattr(wanted, field.name)) for field in fields(Rated)]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _state(purses: Mapping[UUID, Purse]) -> list[object]:
    return [
        ([(bucket.id, bucket.amount) for bucket in purse.buckets], sorted(purse.counters.items()))
        for _, purse in sorted(purses.items())
    ]


def joined(parts: Sequence[Scenario]) -> Scenario:
    """Scenarios as one batch; subscriptions, groups and buckets of each are given ids of their own."""
    items: list[Item] = []
    purses: dict[UUID, Purse] = {}
    for number, part in enumerate(parts):
        items += [item._replace(subscriber=_moved(item.subscriber, number)) for item in part.items]
        for group, purse in part.purses.items():
            purses[_other(group, number)] = _moved_purse(purse, number)
    return Scenario(tuple(items), purses, parts[0].host)


def _other(known: UUID, number: int) -> UUID:
    return UUID(int=known.int + (number << 64))


def _moved(subscriber: Subscriber, number: int) -> Subscriber:
    group = subscriber.group_id and _other(subscriber.group_id, number)
    return replace(subscriber, subscription_id=_other(subscriber.subscription_id, number), group_id=group)


def _moved_purse(purse: Purse, number: int) -> Purse:
    buckets = [
        replace(
            bucket,
            id=_other(bucket.id, number),
            subscription_id=bucket.subscription_id and _other(bucket.subscription_id, number),
        )
        for bucket in purse.buckets
    ]
    counters = {CounterId(_other(one, number), code, period): n for (one, code, period), n in purse.counters.items()}
    return Purse(buckets, counters)
