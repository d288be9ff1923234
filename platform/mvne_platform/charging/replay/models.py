"""Replays of a past period under a draft price list, and what each subscription would have paid."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, primary_key


class ReplayState(StrEnum):
    """Whether all shares of a replay are in."""

    RUNNING = "running"
    DONE = "done"


class ReplayRun(BrandBase):
    """The usage of [since, until) (UTC) rated as if `price_list` had been `draft`; None replays the list in force.

    `draft` is the price list's files by name, as they were given. Nothing outside these two tables is changed.
    """

    __tablename__ = "replay_run"

    id: Mapped[UUID] = primary_key()
    name: Mapped[str]
    price_list: Mapped[str]
    draft: Mapped[dict[str, Any] | None]
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[ReplayState] = mapped_column(default=ReplayState.RUNNING)
    shares: Mapped[int] = mapped_column(default=0)
    shares_done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("until > since", name="period"),
        CheckConstraint("shares_done <= shares", name="shares"),
    )


class ReplayResult(BrandBase):
    """One subscription in a replay: events rated, and those that failed under the draft; amounts in micros.

    `charged_micros` is what its usage cost, `replayed_micros` what it would have cost, without what a policy waived;
    `wholesale_micros` is what the host operator charged for the same events.
    """

    __tablename__ = "replay_result"
    __audited__ = False

    run_id: Mapped[UUID] = mapped_column(ForeignKey(ReplayRun.id), primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    events: Mapped[int]
    failed: Mapped[int]
    charged_micros: Mapped[int]
    replayed_micros: Mapped[int]
    wholesale_micros: Mapped[int]

    __table_args__ = (Index(None, "subscription_id"),)
