"""Reads and locks of purses, buckets, ledger, counters and sharing groups."""

from mvne_platform.balances.queries.counters import SPEND, CounterKey, counters
from mvne_platform.balances.queries.ledger import Explanation, LedgerLine, ReasonTotal, ledger, movement_of, why
from mvne_platform.balances.queries.purses import PurseHead, lock_by_id, lock_purses, purses
from mvne_platform.balances.queries.sharing import (
    Sharing,
    group,
    group_of,
    groups,
    load_group,
    load_members,
    members,
    membership,
    sharing_of,
)
from mvne_platform.balances.queries.states import (
    BucketState,
    bucket,
    buckets,
    buckets_of_purses,
    ended_allowances,
    group_buckets,
    main_bucket,
    money,
    shared_allowances,
    states,
)

__all__ = [
    "SPEND",
    "BucketState",
    "CounterKey",
    "Explanation",
    "LedgerLine",
    "PurseHead",
    "ReasonTotal",
    "Sharing",
    "bucket",
    "buckets",
    "buckets_of_purses",
    "counters",
    "ended_allowances",
    "group",
    "group_buckets",
    "group_of",
    "groups",
    "ledger",
    "load_group",
    "load_members",
    "lock_by_id",
    "lock_purses",
    "main_bucket",
    "members",
    "membership",
    "money",
    "movement_of",
    "purses",
    "shared_allowances",
    "sharing_of",
    "states",
    "why",
]
