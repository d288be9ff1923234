"""Customer groups: which customers are in them, and since when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from mvne_platform.kernel import Change
from mvne_platform.party import permissions, queries
from mvne_platform.party.errors import InvalidCustomerGroup, MembershipOverlaps, UnknownCustomerGroup
from mvne_platform.party.models import CustomerGroup, CustomerGroupMember
from mvne_platform.party.rules import GROUP_CODE
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class GroupMembership:
    """A customer's place in a group during [valid_from, valid_to)."""

    code: str
    valid_from: datetime
    valid_to: datetime | None


def customer_groups(ctx: Context) -> list[CustomerGroup]:
    """The brand's customer groups, the one that counts first in front."""
    ctx.require(permissions.READ_GROUPS)
    return list(ctx.db.scalars(select(CustomerGroup).order_by(CustomerGroup.rank, CustomerGroup.code)))


def memberships_of(ctx: Context, customer_ids: Collection[UUID]) -> dict[UUID, list[GroupMembership]]:
    """The memberships of customers, past and coming ones too, by the groups' rank: one query for any number."""
    wanted = (
        select(
            CustomerGroupMember.customer_id,
            CustomerGroup.code,
            CustomerGroupMember.valid_from,
            CustomerGroupMember.valid_to,
        )
        .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
        .where(
            CustomerGroupMember.customer_id == any_(cast(list(customer_ids), ARRAY(Uuid))),
            or_(CustomerGroupMember.valid_to.is_(None), CustomerGroupMember.valid_to > CustomerGroupMember.valid_from),
        )
        .order_by(CustomerGroup.rank, CustomerGroup.code, CustomerGroupMember.valid_from)
    )
    found: dict[UUID, list[GroupMembership]] = {}
    for customer_id, code, valid_from, valid_to in ctx.db.execute(wanted):
        found.setdefault(customer_id, []).append(GroupMembership(code, valid_from, valid_to))
    return found


def define_customer_group(ctx: Context, code: str, name: str, rank: int = 100) -> Change:
    """Make a customer group, or rename and re-rank it; of a customer's groups the lowest rank counts first.

    Raises InvalidCustomerGroup.
    """
    ctx.require(permissions.MANAGE_GROUPS)
    if not GROUP_CODE.fullmatch(code):
        raise InvalidCustomerGroup(f"'{code}' may hold a-z, 0-9 and . _ - only.", field=("code",))
    if not name.strip():
        raise InvalidCustomerGroup(f"The customer group '{code}' has no name; give it one.", field=("name",))
    ctx.lock(f"customer_group/{code}")
    group = ctx.db.scalar(select(CustomerGroup).where(CustomerGroup.code == code))
    if group is None:
        ctx.db.add(CustomerGroup(code=code, name=name, rank=rank))
        ctx.db.flush()
        return Change.CREATED
    if (group.name, group.rank) == (name, rank):
        return Change.UNCHANGED
    group.name, group.rank = name, rank
    return Change.CHANGED


def join_customer_group(
    ctx: Context, customer_id: UUID, code: str, valid_from: datetime | None = None, valid_to: datetime | None = None
) -> Change:
    """Put a customer into a group from `valid_from` (now) to `valid_to` (for good).

    What was rated before stays as it is, an earlier instant included; re-rating tells the difference.
    Raises UnknownCustomer, UnknownCustomerGroup, MembershipOverlaps.
    """
    ctx.require(permissions.MANAGE)
    customer = queries.load_customer(ctx, customer_id)
    group = load_customer_group(ctx, code)
    ctx.lock(f"customer_group/{code}/{customer.id}")
    begins = valid_from or ctx.now
    if valid_to is not None and valid_to <= begins:
        raise MembershipOverlaps("The membership ends before it begins; give a later end.", field=("valid_to",))
    held = select(CustomerGroupMember).where(
        CustomerGroupMember.group_id == group.id,
        CustomerGroupMember.customer_id == customer.id,
        or_(CustomerGroupMember.valid_to.is_(None), CustomerGroupMember.valid_to > begins),
    )
    if valid_to is not None:
        held = held.where(CustomerGroupMember.valid_from < valid_to)
    if ctx.db.scalar(held.limit(1)) is not None:
        raise MembershipOverlaps(
            f"The customer {customer.number} is in the group '{code}' during that span already; end that first.",
            field=("valid_from",),
        )
    row = CustomerGroupMember(group_id=group.id, customer_id=customer.id, valid_from=begins, valid_to=valid_to)
    ctx.db.add(row)
    ctx.db.flush()
    return Change.CREATED


def leave_customer_group(ctx: Context, customer_id: UUID, code: str, valid_to: datetime | None = None) -> Change:
    """End a customer's membership at `valid_to` (now); UNCHANGED when there is none then.

    Raises UnknownCustomer, UnknownCustomerGroup.
    """
    ctx.require(permissions.MANAGE)
    customer = queries.load_customer(ctx, customer_id)
    group = load_customer_group(ctx, code)
    ctx.lock(f"customer_group/{code}/{customer.id}")
    ends = valid_to or ctx.now
    held = select(CustomerGroupMember).where(
        CustomerGroupMember.group_id == group.id,
        CustomerGroupMember.customer_id == customer.id,
        CustomerGroupMember.valid_from <= ends,
        or_(CustomerGroupMember.valid_to.is_(None), CustomerGroupMember.valid_to > ends),
    )
    member = ctx.db.scalar(held.with_for_update())
    if member is None:
        return Change.UNCHANGED
    member.valid_to = ends
    ctx.db.flush()
    return Change.CHANGED


def load_customer_group(ctx: Context, code: str) -> CustomerGroup:
    """Read one customer group for an edge that asks for its own permission; raises UnknownCustomerGroup."""
    group = ctx.db.scalar(select(CustomerGroup).where(CustomerGroup.code == code))
    if group is None:
        raise UnknownCustomerGroup(
            f"The brand has no customer group '{code}'; define it, or name another.", field=("group",)
        )
    return group
