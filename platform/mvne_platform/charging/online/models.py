"""Online charges: the answers given, what is not settled yet, and sessions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.catalogue import Service
from mvne_platform.runtime.models import BrandBase, Rights


class SessionState(StrEnum):
    """OPEN holds a reservation; ENDED has been charged what was used."""

    OPEN = "open"
    ENDED = "ended"


class Charge(BrandBase):
    """One request for online charging and the answer it got; a repetition gets the same one.

    `id` is the client's request id (of an update or release: of the session and its sequence number). `mark` tells
    the request's content from another one under the same id. `answer` is JSON, byte for byte as it was given.
    `correlation` is the charging id by which a record in a file is recognised as charged here (3GPP TS 32.298).
    """

    __tablename__ = "online_charge"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[UUID]
    mark: Mapped[int]
    correlation: Mapped[str | None]
    answer: Mapped[str]
    charged_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_online_charge_correlation", "correlation", postgresql_where=text("correlation IS NOT NULL")),
    )


class UnsettledCharge(BrandBase):
    """A finished charge on its way to the books: what settlement moves, and the rated event it writes.

    `booking` names purses, buckets with what they give, and counters. `event` is the row of `rated_event` as a binary
    COPY takes it, in the column order of `layout`. Rows stay for a second or so; there is no index to keep.
    """

    __tablename__ = "unsettled_charge"
    __rights__ = Rights.FULL
    __audited__ = False

    charge_id: Mapped[UUID] = mapped_column()
    layout: Mapped[int]
    booking: Mapped[str]
    event: Mapped[bytes] = mapped_column(LargeBinary)

    # A queue that is read whole and emptied: the mapper wants a key, the table needs no index.
    __mapper_args__ = {"primary_key": [charge_id]}  # noqa: RUF012  # SQLAlchemy's own declaration of it


class ChargingSession(BrandBase):
    """Usage that goes on: what was reported, what is granted beyond it, and what is held for both.

    One rated event in the end, whatever the number of updates. `used` and `granted` are in the service's unit and
    count from the start: `granted - used` units are with the network. `bucket_units` are held of `bucket_ids`;
    `accrued_micros` and `counted` are held in counters where `counters_held`. After `expires_at` (brand's clock)
    nobody reports any more: the sweep ends the session and charges what was reported.
    """

    __tablename__ = "charging_session"
    __audited__ = False
    # Here, as the last table of online charging by its name.
    __ddl__ = (
        "ddl.CHARGE_ONLINE",
        "ddl.CHARGE_PLAIN",
        "ddl.ANALYZE_ONLINE",
        "ddl.to_app_role('GRANT EXECUTE ON FUNCTION analyze_online() TO {app}')",
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    group_id: Mapped[UUID | None]
    client: Mapped[str]
    state: Mapped[SessionState]
    identifier_kind: Mapped[str]
    identifier: Mapped[str]
    service: Mapped[Service]
    other_party: Mapped[str | None]
    visited_network: Mapped[str | None]
    operator: Mapped[str | None]
    number_class: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sequence: Mapped[int]
    used: Mapped[int]
    granted: Mapped[int]
    bucket_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    bucket_units: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    accrued_micros: Mapped[int]
    counter: Mapped[str | None]
    counted: Mapped[int]
    counters_held: Mapped[bool]
    period: Mapped[date]
    correlation: Mapped[str | None]
    # The last grant was less than was asked for: money ended.
    short: Mapped[bool]
    version_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("0 <= used AND used <= granted AND sequence >= 0", name="units"),
        Index("ix_charging_session_open", "subscription_id", postgresql_where=text("state = 'open'")),
        Index("ix_charging_session_expiry", "expires_at", postgresql_where=text("state = 'open'")),
    )
