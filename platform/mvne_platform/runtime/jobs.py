"""Background work: what may be promised in a transaction and is done after it, at least once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
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


# Takes one step in the transaction that is open; answers whether it was the last.
Step = Callable[..., bool]


@dataclass(frozen=True, slots=True)
class SteppedJob:
    """Work of many transactions: `begin(**arguments)` is entered and answers what takes one step in each.

    The job's row goes with the last step. What steps leave behind for the next one besides the database is an advance
    only: a step may be the first of another process. After `seconds` of steps others get their turn.
    """

    name: str
    queue: str
    begin: Callable[..., AbstractContextManager[Step]]
    seconds: float = 5.0


AnyJob = Job | OutsideJob | SteppedJob
