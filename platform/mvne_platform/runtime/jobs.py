"""Background work: what may be promised in a transaction and is done after it, at least once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

QUEUES = ("events", "provisioning", "rating", "billing", "letters")


@dataclass(frozen=True, slots=True)
class Job:
    """Work inside one transaction: `run(ctx, **arguments)`; the job's row goes in the same commit.

    Name it `<domain>.<verb>`; arguments are JSON values (ids as text).
    """

    name: str
    queue: str
    run: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Again:
    """The outside has not finished: ask again after `seconds` of platform time."""

    seconds: float


class OutsideUnavailable(Exception):
    """The other side cannot answer now; the job is tried again with back-off."""


@dataclass(frozen=True, slots=True)
class OutsideJob:
    """Work that talks to the world, or is heavy, between two short transactions.

    `prepare(ctx, **arguments)` reads what is needed, or answers None when nothing is left to do.
    `perform(prepared)` has no database; it may be repeated, so the other side must know the request by its id.
    `record(ctx, prepared, answer)` writes the answer, or returns Again.
    `give_up(ctx, prepared, error)` is called instead after `max_attempts` of OutsideUnavailable.
    """

    name: str
    queue: str
    prepare: Callable[..., Any]
    perform: Callable[[Any], Any]
    record: Callable[..., Again | None]
    give_up: Callable[..., None]
    max_attempts: int = 12
    lease: timedelta = timedelta(seconds=15)


AnyJob = Job | OutsideJob
