"""Drawn scenarios pushed onto the edges that chance seldom meets: bounds of validity, clock changes, small balances."""

from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from mvne_platform.catalogue import UNITS, OfflineDebit, PaymentMode
from mvne_platform.kernel import Unit
from mvne_platform.rating import Item, Purse, PurseBucket
from tests.platform.rating.generated_tariffs import ANCHORS
from tests.platform.rating.generators import Scenario


def on_edges(drawn: Scenario, random: Random) -> Scenario:
    """The same subscriptions and price lists; events begin at bounds, and balances are too small.

    Half of the subscribers pay before, and are debited in full whatever they have.
    """
    purses = {group: _scant(purse, random) for group, purse in drawn.purses.items()}
    items = tuple(_on_an_edge(item, purses[item.subscriber.charging_group], random) for item in drawn.items)
    return replace(drawn, items=items, purses=purses)


def _on_an_edge(item: Item, purse: Purse, random: Random) -> Item:
    start = random.choice(_bounds(item, purse)) + timedelta(seconds=random.choice((-1, 0, 0, 1)))
    event = replace(item.event, start=start.replace(microsecond=0))
    if UNITS[event.service] is Unit.SECOND and random.random() < 0.1:
        event = replace(event, answered=False, duration_s=random.choice((None, 0, -1, 30)))
    subscriber = item.subscriber
    if random.random() < 0.5:
        mode = random.choice((PaymentMode.PREPAID, PaymentMode.HYBRID))
        subscriber = replace(subscriber, payment_mode=mode, offline_debit=OfflineDebit.FULL)
    return item._replace(event=event, subscriber=subscriber)


def _bounds(item: Item, purse: Purse) -> list[datetime]:
    """Where versions, buckets and discounts begin and end, and where the clock changes."""
    bounds = [*ANCHORS, *(version.valid_from for version in item.tariff.versions)]
    for one in (*purse.buckets, *item.subscriber.discounts):
        bounds += [one.valid_from, *([one.valid_to] if one.valid_to else [])]
    return bounds


def _scant(purse: Purse, random: Random) -> Purse:
    return Purse([_little(bucket, random) for bucket in purse.buckets], purse.counters)


def _little(bucket: PurseBucket, random: Random) -> PurseBucket:
    """A bucket with little in it, and often good for everything."""
    little = copy(bucket)
    little.amount = random.choice((bucket.amount, 1, 59, 60, 500_000))
    if random.random() < 0.6:
        little.services, little.zones = frozenset(), frozenset()
    return little
