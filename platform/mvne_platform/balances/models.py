"""Purses, the buckets of money and allowances in them, the ledger every bucket is the sum of, and sharing groups."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.kernel import Unit
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class Reason(StrEnum):
    """Why a balance moved; `reason_id` names the one occasion: a payment, voucher, redemption, usage chunk or bucket.

    What comes again with each period of a product (renewal, grant) names it with `balances.occasion_id`. What moves
    from bucket to bucket (rollover, sharing) names the other one.
    """

    TOP_UP = "top_up"
    VOUCHER = "voucher"
    GRANT = "grant"
    USAGE = "usage"
    RENEWAL = "renewal"
    EXPIRY = "expiry"
    REDEMPTION = "redemption"
    ADJUSTMENT = "adjustment"
    ROLLOVER = "rollover"
    SHARING = "sharing"
    RERATING = "rerating"


class Purse(BrandBase):
    """What one subscription, or one sharing group, may pay with: the lock of its buckets and counters.

    Triggers make the row with the subscription or group, and raise `version` with every movement of a bucket, so that
    who has read a purse can tell whether it still is as it was. `rated_until` is the key of the latest usage event
    that was rated from it offline, or up to where an allowance has expired: usage of before it comes late.
    """

    __tablename__ = "purse"
    __audited__ = False
    __ddl__ = ("ddl.PURSE_TRIGGERS",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    rated_until: Mapped[UUID | None]

    # Rows are updated again and again: with room beside them no index has to follow.
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)


class SharingGroup(BrandBase):
    """Subscriptions of one billing account that use each other's shared allowances; the owner is one of them.

    Its id sorts after every subscription's: see `balances.lock_purses`.
    """

    __tablename__ = "sharing_group"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"), index=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id >= 'ffffffff-ffff-8000-8000-000000000000'::uuid", name="id"),)


class SharingMember(BrandBase):
    """A subscription in a sharing group during a span; in one group at a time."""

    __tablename__ = "sharing_member"

    id: Mapped[UUID] = primary_key()
    group_id: Mapped[UUID] = mapped_column(ForeignKey(SharingGroup.id), index=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        ExcludeConstraint(
            ("subscription_id", "="),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="ex_sharing_member_one_group",
        ),
        CheckConstraint("valid_to >= valid_from", name="span"),
    )


class Bucket(BrandBase):
    """Money (micros of `currency`) or an allowance (seconds, bytes, messages) of one subscription or sharing group.

    `services` and `zones` say what it pays for; an empty list stands for all. Lower `priority` is taken first.
    `amount` is the sum of the bucket's ledger, moved by delta and never overwritten. `reserved` of it is held by open
    online sessions and by online charges that are not settled yet: who takes looks at what is available, the rest.
    What an allowance still holds at its end goes on for `rollovers_left` more periods, at most `rollover_limit`
    (null: all of it). A `shared` one belongs to the group of its subscription while that is in one. `alone`: no other
    bucket of the purse has its code and its end, so that its usage alone says how much of the allowance is used.
    """

    __tablename__ = "bucket"
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey(SharingGroup.id))
    purse_id: Mapped[UUID] = mapped_column(
        ForeignKey(Purse.id), Computed("coalesce(subscription_id, group_id)", persisted=True)
    )
    code: Mapped[str]
    unit: Mapped[Unit]
    currency: Mapped[str | None]
    amount: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0, server_default="0")
    granted: Mapped[int]
    services: Mapped[list[str]]
    zones: Mapped[list[str]]
    priority: Mapped[int]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    product_id: Mapped[UUID | None]
    rollover_limit: Mapped[int | None]
    rollovers_left: Mapped[int] = mapped_column(default=0, server_default="0")
    shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    alone: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (
        CheckConstraint("(unit = 'money') = (currency IS NOT NULL)", name="currency"),
        CheckConstraint("num_nonnulls(subscription_id, group_id) = 1", name="owner"),
        CheckConstraint("unit <> 'money' OR group_id IS NULL", name="money_owner"),
        CheckConstraint("reserved >= 0", name="reserved"),
        # Money may be overdrawn by usage that has happened; an allowance never gives what it has not, or has promised.
        CheckConstraint("unit = 'money' OR amount >= reserved", name="available"),
        CheckConstraint("rollovers_left >= 0 AND rollover_limit > 0", name="rollover"),
        Index(None, "purse_id", "valid_to"),
        Index(None, "product_id"),
        Index(
            "uq_bucket_main_money",
            "subscription_id",
            unique=True,
            postgresql_where=text("unit = 'money' AND code = 'main'"),
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )


class LedgerEntry(BrandBase):
    """One movement of a bucket; never changed, never deleted. Usage is one entry per bucket and loaded chunk.

    `note` is why a member of staff moved it, and `actor` who that was.
    """

    __tablename__ = "ledger_entry"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    bucket_id: Mapped[UUID] = mapped_column(ForeignKey(Bucket.id))
    delta: Mapped[int]
    reason: Mapped[Reason]
    reason_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    note: Mapped[str | None]
    actor: Mapped[str | None]

    __table_args__ = (
        Index(None, "bucket_id", "id"),
        UniqueConstraint("bucket_id", "reason", "reason_id"),
        CheckConstraint("delta <> 0", name="delta"),
    )


class Counter(BrandBase):
    """What a subscription accrues (`spend`, micros) or counts for tiers in a billing period, moved with its usage.

    `reserved` is what open online sessions and online charges that are not settled yet will add to `value`: a limit
    looks at both.
    """

    __tablename__ = "counter"
    __audited__ = False

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0, server_default="0")


class UsageNotice(BrandBase):
    """A threshold that usage has reached: noted, and told, once in a period.

    Of an allowance: the buckets of one purse and code that end together; `period` is their end (UTC), or the bucket's
    id when it has none. Of what a subscription may spend: `code` is `spend`, `period` the billing period's start (UTC).
    """

    __tablename__ = "usage_notice"
    __rights__ = Rights.APPEND
    __audited__ = False

    purse_id: Mapped[UUID] = mapped_column(ForeignKey(Purse.id), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    noted_at: Mapped[datetime]
