"""What held for lines when: plan, price list, sharing group and discounts, flattened into spans that do not overlap.

Lines with ordinary terms are flattened as columns; the special ones, which have more than plans, one by one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

import numpy as np
import polars as pl
from sqlalchemy import select

from mvne_platform import balances, catalogue, subscriptions
from mvne_platform.balances import Sharing
from mvne_platform.catalogue import Offering, OfflineDebit, PaymentMode, PriceListChoice
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import Ints, UuidArray, fetch, uuid_ranks
from mvne_platform.charging.columns.lines import KINDS, Lines, Spans, seconds_up, spans
from mvne_platform.rating import kernel
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Line, LineDiscount, PlanPeriod

_MODES = list(PaymentMode)
_POLICIES = list(OfflineDebit)


class Terms(NamedTuple):
    """What holds during a span: a plan's terms, the code of the price list that was chosen, the sharing group."""

    price_list: str | None
    payment_mode: PaymentMode
    offline_debit: OfflineDebit
    group: UUID | None = None
    discounts: tuple[LineDiscount, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """Spans of lines, by place; `terms` is the place in `kinds` of what holds. `groups` are by line, all it was in."""

    spans: Spans
    terms: Ints
    kinds: tuple[Terms, ...]
    groups: Mapping[int, frozenset[UUID]]


def holdings_of(ctx: Context, lines: Lines, frame: pl.DataFrame, place: Ints) -> Holdings:
    """Read and flatten what held for the lines; `place` names the line of each row of the frame."""
    dictionary: dict[Terms, int] = {}
    numbers, offerings, begins, ends = fetch(ctx, statements.PLANS, {"lines": UuidArray(lines.ids)})
    if numbers is None:
        numbers, offerings = np.empty(0, np.int64), np.empty((0, 16), np.uint8)
        begins = ends = numbers
    terms, reassigned = _plan_terms(ctx, offerings, dictionary)
    special = lines.special.copy()
    special[numbers[reassigned]] = True
    plain = ~special[numbers]
    one_by_one = list(_special(ctx, lines, np.flatnonzero(special), frame, place, dictionary))
    groups = {line: groups for line, _, groups in one_by_one if groups}
    rows = np.array([(line, *row) for line, found, _ in one_by_one for row in found], np.int64).reshape(-1, 4)
    held, order = spans(
        np.concatenate([numbers[plain], rows[:, 0]]),
        np.concatenate([seconds_up(begins[plain]), rows[:, 1]]),
        np.concatenate([seconds_up(ends[plain]), rows[:, 2]]),
    )
    return Holdings(held, np.concatenate([terms[plain], rows[:, 3]])[order], tuple(dictionary), groups)


def _plan_terms(ctx: Context, offerings: np.ndarray, dictionary: dict[Terms, int]) -> tuple[Ints, np.ndarray]:
    """The terms of each plan by its offering, and which plans have been assigned another list since."""
    ids, ranks = uuid_ranks(offerings)
    assigned = catalogue.plan_price_lists(ctx)
    known = {
        row.id: row
        for row in ctx.db.execute(
            select(
                Offering.id, Offering.code, Offering.price_list, Offering.payment_mode, Offering.offline_debit
            ).where(Offering.id.in_([UUID(bytes=one.tobytes()) for one in ids]))
        )
    }
    rows = [known[UUID(bytes=one.tobytes())] for one in ids]
    terms = [Terms(row.price_list, PaymentMode(row.payment_mode), OfflineDebit(row.offline_debit)) for row in rows]
    numbers = np.array([dictionary.setdefault(one, len(dictionary)) for one in terms], np.int64)
    moved = np.array([row.code in assigned for row in rows], np.bool_)
    return numbers[ranks], moved[ranks]


def _special(
    ctx: Context,
    lines: Lines,
    places: Ints,
    frame: pl.DataFrame,
    place: Ints,
    dictionary: dict[Terms, int],
) -> Iterator[tuple[int, list[tuple[int, int, int]], frozenset[UUID]]]:
    """For each special line its spans as (begin, end, terms), in seconds, and all sharing groups it was in."""
    if not len(places):
        return
    wanted = {UUID(bytes=lines.ids[one].tobytes()): int(one) for one in places}
    known = subscriptions.timeline(ctx, _identifiers(frame, np.isin(place, places))).lines
    found = {number: known[one] for one, number in wanted.items()}
    sharing = balances.sharing_of(ctx, wanted)
    choice = catalogue.price_list_choice(ctx, {line.customer_id for line in found.values()})
    for number, line in found.items():
        shared = sharing.get(line.subscription_id, ())
        rows = [
            (kernel.seconds_up(begin), kernel.seconds_up(end), dictionary.setdefault(terms, len(dictionary)))
            for begin, end, terms in flatten(line, choice, shared)
        ]
        yield number, rows, frozenset(one.group_id for one in shared)


def flatten(
    line: Line, choice: PriceListChoice, shared: Collection[Sharing]
) -> Iterator[tuple[datetime, datetime | None, Terms]]:
    """The spans of a line during which nothing about it changes."""
    instants = {*choice.changes(line.customer_id, line.groups)}
    spans: list[PlanPeriod | Sharing] = [*line.plans, *shared]
    for span in spans:
        instants |= {span.valid_from} | ({span.valid_to} if span.valid_to else set())
    ordered = sorted(instants)
    for begin, end in zip_longest(ordered, ordered[1:]):
        plan = line.plan_at(begin)
        if plan is None:
            continue
        code = choice.code_for(line.customer_id, line.groups, plan.price_list, begin)
        group = next((one.group_id for one in shared if one.holds_at(begin)), None)
        policy = OfflineDebit(plan.offline_debit)
        yield begin, end, Terms(code, PaymentMode(plan.payment_mode), policy, group, line.discounts)


def _identifiers(frame: pl.DataFrame, rows: np.ndarray) -> set[tuple[str, str]]:
    chosen = frame.filter(pl.Series(rows)).select(*KINDS)
    return {(kind, value) for column, kind in KINDS.items() for value in chosen[column].drop_nulls().unique().to_list()}
