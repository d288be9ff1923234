"""What holds for a rated event: the newest result of rating it again, else the first."""

from typing import Any

from sqlalchemy import Select, and_, case, select, true

from mvne_platform.charging.models import RatedEvent
from mvne_platform.charging.rerating.models import ReratedEvent

_OF_THE_EVENT = (
    "subscription_id",
    "key",
    "start",
    "service",
    "other_party",
    "visited_network",
    "operator",
    "number_class",
    "quantity",
    "currency",
    "group_id",
    "attributes",
    "file_id",
    "file_row",
    "charge_id",
)
_OF_THE_RESULT = (
    "charged",
    "status",
    "reason",
    "itemised",
    "price_list_version_id",
    "rate_id",
    "zone",
    "band",
    "amount_micros",
    "accrued_micros",
    "debited_micros",
    "wholesale_micros",
    "wholesale_rate_id",
    "bucket_ids",
    "bucket_units",
    "trace",
)


def effective() -> Select[Any]:
    """Rated events with what holds for each; columns are named as in `rated_event`.

    Narrow it by `RatedEvent.subscription_id` and `RatedEvent.key` first, and by what may have changed with `column`.
    """
    columns = [getattr(RatedEvent, name).label(name) for name in _OF_THE_EVENT]
    columns += [column(name).label(name) for name in _OF_THE_RESULT]
    return select(*columns).select_from(RatedEvent).outerjoin(_NEWEST, true())


def column(name: str) -> Any:
    """A column of the result that holds."""
    return case((_NEWEST.c.id.is_(None), getattr(RatedEvent, name)), else_=_NEWEST.c[name])


_NEWEST = (
    select(ReratedEvent.id, *(getattr(ReratedEvent, name) for name in _OF_THE_RESULT))
    .where(and_(ReratedEvent.subscription_id == RatedEvent.subscription_id, ReratedEvent.key == RatedEvent.key))
    .order_by(ReratedEvent.id.desc())
    .limit(1)
    .lateral("newest")
)
