"""What a replay adds up. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.charging.past import Again
from mvne_platform.charging.replay.errors import BadReplay

LONGEST_NAME = 200
STEPS_PERCENT = (0, 5, 10, 25, 50, 100)
"""Where the steps of the distribution begin, to both sides; 0 stands for any difference at all."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One subscription's usage of the period: events, those that fail under the draft; amounts in micros."""

    subscription_id: UUID
    events: int
    failed: int
    charged_micros: int
    replayed_micros: int
    wholesale_micros: int


def check_replay(name: str, since: datetime, until: datetime, now: datetime) -> None:
    """Raise BadReplay unless there is a name and a period that has passed."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise BadReplay(f"Give the replay a name of up to {LONGEST_NAME} characters.", field=("name",))
    if until <= since:
        raise BadReplay("The period ends before it begins; give a later end.", field=("starts_before",))
    if since >= now:
        raise BadReplay("The period is yet to come; a replay needs usage of the past.", field=("starts_from",))


def added_up(agains: Iterable[Again]) -> list[Replayed]:
    """The events of a period by subscription; what a policy waived is in neither amount."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0] * 5)
    for again in agains:
        wholesale = again.past.wholesale.amount_micros if again.past.wholesale else None
        paid = (
            1,
            again.failure is not None,
            _paid(again.past.result.accrued_micros, again.past.result.debited_micros),
            0 if again.failure is not None else _paid(again.result.accrued_micros, again.result.debited_micros),
            wholesale or 0,
        )
        line = sums[again.past.id.subscription_id]
        line[:] = [total + part for total, part in zip(line, paid, strict=True)]
    return [Replayed(subscription_id, *totals) for subscription_id, totals in sorted(sums.items())]


def _paid(accrued_micros: int, debited_micros: int) -> int:
    return accrued_micros + debited_micros
