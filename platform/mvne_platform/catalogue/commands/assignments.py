"""Which price list prices whom from when: assignments to plans, customer groups and customers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import Purpose
from mvne_platform.catalogue.errors import AssignmentOverlaps, InvalidAssignment, UnknownAssignment, UnknownPriceList
from mvne_platform.catalogue.notice import announce_change
from mvne_platform.catalogue.price_list_models import PriceList, PriceListAssignment
from mvne_platform.catalogue.queries import current_offering
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class PricedBy:
    """Whom a price list is for: exactly one of a plan's offering code, a customer group's code, a customer."""

    plan: str | None = None
    customer_group: str | None = None
    customer_id: UUID | None = None

    def __str__(self) -> str:
        """How messages name it."""
        if self.plan is not None:
            return f"plan '{self.plan}'"
        return f"customer group '{self.customer_group}'" if self.customer_group else f"customer {self.customer_id}"


def assign_price_list(
    ctx: Context, code: str, to: PricedBy, valid_from: datetime | None = None, valid_to: datetime | None = None
) -> PriceListAssignment:
    """Have `code` price the usage of a plan, group or customer from `valid_from` (now) to `valid_to` (for good).

    An assignment that holds at `valid_from` and began before it ends there. What was rated stays as it is, also from
    an instant in the past on; re-rating tells the difference. The caller makes sure that group and customer exist.
    Raises UnknownPriceList, UnknownOffering, InvalidAssignment, AssignmentOverlaps.
    """
    ctx.require(permissions.MANAGE)
    begins = valid_from or ctx.now
    _check(to, begins, valid_to)
    if to.plan is not None:
        current_offering(ctx, to.plan)
    price_list = retail_list(ctx, code)
    ctx.lock(f"price_list_assignment/{to}")
    for held in ctx.db.scalars(_held(to, begins, valid_to).with_for_update()):
        if held.valid_from >= begins:
            raise AssignmentOverlaps(
                f"The {to} has another price list from {held.valid_from.isoformat()} on; end this one there, or "
                "take that one away first.",
                field=("valid_to",),
            )
        held.valid_to = begins
    ctx.db.flush()
    row = PriceListAssignment(
        price_list_id=price_list.id,
        plan=to.plan,
        customer_group=to.customer_group,
        customer_id=to.customer_id,
        valid_from=begins,
        valid_to=valid_to,
    )
    ctx.db.add(row)
    ctx.db.flush()
    announce_change(ctx)
    return row


def end_price_list_assignment(ctx: Context, assignment_id: UUID, valid_to: datetime | None = None) -> None:
    """End an assignment at `valid_to` (now); one that begins then or later never holds. Raises UnknownAssignment."""
    ctx.require(permissions.MANAGE)
    row = ctx.db.get(PriceListAssignment, assignment_id, with_for_update=True)
    if row is None:
        raise UnknownAssignment("There is no such assignment of a price list.", field=("assignment_id",))
    ends = valid_to or ctx.now
    row.valid_to = max(row.valid_from, ends)
    ctx.db.flush()
    announce_change(ctx)


def retail_list(ctx: Context, code: str) -> PriceList:
    """A list that may price customers; raises UnknownPriceList, InvalidAssignment for a wholesale list."""
    price_list = ctx.db.scalar(select(PriceList).where(PriceList.code == code))
    if price_list is None:
        raise UnknownPriceList(f"The brand has no price list '{code}'; import it first.", field=("price_list",))
    if price_list.purpose != Purpose.RETAIL:
        raise InvalidAssignment(
            f"'{code}' is a wholesale list: it prices what the brand pays. Assign a retail list.", field=("price_list",)
        )
    return price_list


def _check(to: PricedBy, begins: datetime, valid_to: datetime | None) -> None:
    if [to.plan, to.customer_group, to.customer_id].count(None) != 2:
        raise InvalidAssignment("Name either a plan, or a customer group, or a customer.", field=("plan",))
    if valid_to is not None and valid_to <= begins:
        raise InvalidAssignment("The assignment ends before it begins; give a later end.", field=("valid_to",))


def _held(to: PricedBy, begins: datetime, ends: datetime | None) -> Select[PriceListAssignment]:
    one = PriceListAssignment
    conditions: list[ColumnElement[bool]] = [
        one.plan.is_not_distinct_from(to.plan),
        one.customer_group.is_not_distinct_from(to.customer_group),
        one.customer_id.is_not_distinct_from(to.customer_id),
        or_(one.valid_to.is_(None), one.valid_to > begins),
        one.valid_to.is_distinct_from(one.valid_from),  # taken away: it never holds
    ]
    if ends is not None:
        conditions.append(one.valid_from < ends)
    return select(one).where(*conditions).order_by(one.valid_from)
