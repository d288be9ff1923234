"""Whose an event is, and what can pay for it: from the folder's tables to what rating takes."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from mvne_cli.rating_files.folder import TariffFolder, default_price_list
from mvne_cli.rating_files.forms import BucketRecord, SubscriberRecord
from mvne_platform.catalogue import Tariff
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import CounterId, Purse, PurseBucket, Subscriber, UsageDiscount

_ALWAYS = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Subject(NamedTuple):
    """The subscription as it is at an event's start, its name, and the price list that holds for it."""

    name: str
    subscriber: Subscriber
    tariff: Tariff


class NoSubject(NamedTuple):
    """Why nobody can be charged: a reason code and a sentence."""

    reason: str
    detail: str


class Subjects:
    """The subscriptions of a folder; without subscribers.csv each identifier is a postpaid one of its own."""

    def __init__(self, folder: TariffFolder) -> None:
        self._folder = folder
        self._zone = ZoneInfo(folder.settings.time_zone)
        self._default = default_price_list(folder)
        self._discounts = self._discounts_by_name()
        self._records: dict[str, list[SubscriberRecord]] = defaultdict(list)
        for record in folder.subscribers or []:
            self._records[record.subscriber].append(record)
        self._group_of = {record.name: record.group for record in folder.subscribers or []}

    def of(self, event: UsageEvent) -> Subject | NoSubject:
        """Whose the event is, by its identifiers at its start."""
        held = [record for _, value in event.identifiers if (record := self._record(value, event.start)) is not None]
        names = {record.name for record in held}
        if not names:
            return NoSubject(
                "unknown_subscriber", f"No subscriber held this identifier at {event.start:%Y-%m-%d %H:%M}."
            )
        if len(names) > 1:
            return NoSubject("identifiers_disagree", f"The identifiers belong to {len(names)} subscriptions.")
        return self._subject(held[0], event.start)

    def _record(self, identifier: str, at: datetime) -> SubscriberRecord | None:
        if self._folder.subscribers is None:
            return SubscriberRecord(line=0, subscriber=identifier)
        begun = [one for one in self._records[identifier] if (one.valid_from or _ALWAYS) <= at]
        return max(begun, key=lambda one: one.valid_from or _ALWAYS, default=None)

    def _subject(self, record: SubscriberRecord, at: datetime) -> Subject:
        subscriber = Subscriber(
            subscription_id=_subscription_id(record.name),
            payment_mode=record.payment_mode,
            offline_debit=record.offline_debit,
            spend_limit_micros=record.spend_limit,
            period=at.astimezone(self._zone).date().replace(day=1),
            group_id=_group_id(record.group) if record.group else None,
            discounts=self._discounts.get(record.name, ()),
        )
        return Subject(record.name, subscriber, self._folder.tariffs[record.price_list or self._default or ""])

    def _discounts_by_name(self) -> dict[str, tuple[UsageDiscount, ...]]:
        found: dict[str, tuple[UsageDiscount, ...]] = {}
        for record in self._folder.discounts:
            discount = UsageDiscount(
                record.discount,
                record.percent,
                record.services,
                record.zones,
                record.valid_from or _ALWAYS,
                record.valid_to,
            )
            found[record.subscription] = (*found.get(record.subscription, ()), discount)
        return found

    @cached_property
    def bucket_names(self) -> dict[UUID, str]:
        """What a bucket is called, by its id."""
        return {_bucket_id(record): record.bucket for record in self._folder.buckets}

    def purse(self, subscriber: Subscriber) -> Purse:
        """What the subscriber's charging group has before the first event."""
        group = subscriber.charging_group
        mine = [replace(bucket) for bucket in self._buckets.get(group, ())]  # rating takes from them
        return Purse(mine, self._counters.get(group))

    @cached_property
    def _buckets(self) -> dict[UUID, list[PurseBucket]]:
        found: dict[UUID, list[PurseBucket]] = defaultdict(list)
        for record in self._folder.buckets:
            bucket, group = self._bucket(record)
            found[group].append(bucket)
        return found

    @cached_property
    def _counters(self) -> dict[UUID, dict[tuple[UUID, str, date], int]]:
        """By charging group: the sharing group of those in one, else the subscription itself."""
        found: dict[UUID, dict[tuple[UUID, str, date], int]] = defaultdict(dict)
        for record in self._folder.counters:
            group, owner = self._group_of.get(record.subscription), _subscription_id(record.subscription)
            place = CounterId(owner, record.counter, record.period)
            found[_group_id(group) if group else owner][place] = record.content
        return found

    def _bucket(self, record: BucketRecord) -> tuple[PurseBucket, UUID]:
        """The bucket, and the charging group whose purse it lies in."""
        group = record.group or self._group_of.get(record.subscription or "")
        owner = _subscription_id(record.subscription) if record.subscription else None
        bucket = PurseBucket(
            id=_bucket_id(record),
            subscription_id=owner,
            code=record.bucket,
            unit=record.unit,
            currency=(record.currency or self._folder.settings.currency) if record.unit is Unit.MONEY else None,
            amount=record.content,
            services=record.services,
            zones=record.zones,
            priority=record.priority,
            valid_from=record.valid_from or _ALWAYS,
            valid_to=record.valid_to,
        )
        return bucket, _group_id(group) if group else _subscription_id(record.subscription or "")


def _subscription_id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"subscription:{name}")


def _group_id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"group:{name}")


def _bucket_id(record: BucketRecord) -> UUID:
    # Of two buckets that are equal in priority and end, the one on the earlier line is used first.
    return UUID(int=record.line)
