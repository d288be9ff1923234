"""Which price list prices whose usage when: the customer's own, else a group's, else the plan's."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from mvne_platform.catalogue.price_list_models import PriceList, PriceListAssignment
from mvne_platform.runtime import Context


class Membership(Protocol):
    """A customer's place in a group during [valid_from, valid_to)."""

    @property
    def code(self) -> str:
        """The group."""

    @property
    def valid_from(self) -> datetime:
        """The instant it begins."""

    @property
    def valid_to(self) -> datetime | None:
        """The instant it ends; None while it lasts."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A price list during [valid_from, valid_to)."""

    price_list: str
    valid_from: datetime
    valid_to: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the instant lies in the span."""
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class PriceListChoice:
    """Dated assignments of price lists to customers and to groups; those of plans are in the plans' own periods."""

    customers: Mapping[UUID, Sequence[Assigned]]
    groups: Mapping[str, Sequence[Assigned]]

    def code_for(
        self, customer_id: UUID, groups: Iterable[Membership], plan_price_list: str | None, at: datetime
    ) -> str | None:
        """The code of the list that prices a customer's usage at an instant; None when nobody names one.

        `groups` are the customer's memberships, past ones included, the one that counts first in front.
        """
        own = _holding(self.customers.get(customer_id, ()), at)
        if own is not None:
            return own
        for group in groups:
            if group.valid_from <= at and (group.valid_to is None or at < group.valid_to):
                shared = _holding(self.groups.get(group.code, ()), at)
                if shared is not None:
                    return shared
        return plan_price_list

    def changes(self, customer_id: UUID, groups: Iterable[Membership]) -> list[datetime]:
        """The instants at which `code_for` may answer otherwise than just before, in order."""
        spans: list[Membership | Assigned] = [*self.customers.get(customer_id, ())]
        for group in groups:
            spans += [group, *self.groups.get(group.code, ())]
        instants = {span.valid_from for span in spans}
        return sorted(instants | {span.valid_to for span in spans if span.valid_to is not None})


def _holding(spans: Sequence[Assigned], at: datetime) -> str | None:
    return next((span.price_list for span in spans if span.holds_at(at)), None)


def price_list_choice(ctx: Context, customer_ids: Collection[UUID] | None = None) -> PriceListChoice:
    """The brand's assignments to groups, and to these customers (all of them when none are named). One query."""
    one = PriceListAssignment
    wanted: list[ColumnElement[bool]] = [one.plan.is_(None)]
    if customer_ids is not None:
        wanted.append(or_(one.customer_id.is_(None), one.customer_id == any_(cast(list(customer_ids), ARRAY(Uuid)))))
    customers: dict[UUID, list[Assigned]] = {}
    groups: dict[str, list[Assigned]] = {}
    for _, group, customer, span in _assigned(ctx, *wanted):
        if customer is not None:
            customers.setdefault(customer, []).append(span)
        elif group is not None:
            groups.setdefault(group, []).append(span)
    return PriceListChoice(customers, groups)


def plan_price_lists(ctx: Context) -> dict[str, list[Assigned]]:
    """The lists assigned to plans, whatever the plans themselves name: by offering code, by time."""
    plans: dict[str, list[Assigned]] = {}
    for plan, _, _, span in _assigned(ctx, PriceListAssignment.plan.is_not(None)):
        plans.setdefault(str(plan), []).append(span)
    return plans


def _assigned(ctx: Context, *wanted: ColumnElement[bool]) -> list[tuple[str | None, str | None, UUID | None, Assigned]]:
    one = PriceListAssignment
    found = (
        select(one.plan, one.customer_group, one.customer_id, PriceList.code, one.valid_from, one.valid_to)
        .join(PriceList, PriceList.id == one.price_list_id)
        .where(*wanted)
        .order_by(one.valid_from)
    )
    return [
        (plan, group, customer, Assigned(code, valid_from, valid_to))
        for plan, group, customer, code, valid_from, valid_to in ctx.db.execute(found)
    ]
