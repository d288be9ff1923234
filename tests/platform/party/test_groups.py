"""Customer groups and who is in them when."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from mvne_platform import party
from mvne_platform.kernel import Change
from mvne_platform.party import (
    GroupMembership,
    InvalidCustomerGroup,
    MembershipOverlaps,
    NewCustomer,
    UnknownCustomer,
    UnknownCustomerGroup,
)
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing

DAY = timedelta(days=1)


@pytest.fixture
def customer(ctx: Context) -> UUID:
    """A customer, and the groups staff (first) and business."""
    party.define_customer_group(ctx, "business", "Erhverv")
    party.define_customer_group(ctx, "staff", "Medarbejdere", 1)
    return party.create_customer(ctx, NewCustomer(given_name="Anna", family_name="Holm", email="a@example.com")).id


def held(ctx: Context, customer: UUID) -> list[GroupMembership]:
    return party.memberships_of(ctx, [customer]).get(customer, [])


def test_a_group_is_defined_once_and_may_be_renamed(ctx: Context) -> None:
    assert party.define_customer_group(ctx, "business", "Erhverv") is Change.CREATED
    assert party.define_customer_group(ctx, "business", "Erhverv") is Change.UNCHANGED
    assert party.define_customer_group(ctx, "business", "Erhvervskunder", 5) is Change.CHANGED
    assert [(group.code, group.name, group.rank) for group in party.customer_groups(ctx)] == [
        ("business", "Erhvervskunder", 5)
    ]
    for code, name in (("Business!", "x"), ("fine", "  ")):
        with pytest.raises(InvalidCustomerGroup):
            party.define_customer_group(ctx, code, name)
    assert len(party.customer_groups(ctx)) == 1


def test_memberships_are_dated_and_the_lowest_rank_counts_first(ctx: Context, customer: UUID) -> None:
    start = ctx.now
    party.join_customer_group(ctx, customer, "business")
    party.join_customer_group(ctx, customer, "staff", start + DAY, start + 2 * DAY)
    ctx.now = start + 5 * DAY
    assert party.leave_customer_group(ctx, customer, "business") is Change.CHANGED
    party.join_customer_group(ctx, customer, "business", start + 9 * DAY)
    assert held(ctx, customer) == [
        GroupMembership("staff", start + DAY, start + 2 * DAY),
        GroupMembership("business", start, start + 5 * DAY),
        GroupMembership("business", start + 9 * DAY, None),
    ]
    # One that begins and ends at once is gone.
    assert party.leave_customer_group(ctx, customer, "business", start + 9 * DAY) is Change.CHANGED
    assert party.leave_customer_group(ctx, customer, "business", start + 9 * DAY) is Change.UNCHANGED
    assert len(held(ctx, customer)) == 2


def test_a_customer_is_in_a_group_once_at_a_time(ctx: Context, customer: UUID) -> None:
    start = ctx.now
    party.join_customer_group(ctx, customer, "business", start + DAY)
    for span in ((start + 3 * DAY, None), (start, None), (start, start + DAY + DAY / 2), (start, start)):
        with pytest.raises(MembershipOverlaps):
            party.join_customer_group(ctx, customer, "business", *span)
    assert held(ctx, customer) == [GroupMembership("business", start + DAY, None)]
    assert party.join_customer_group(ctx, customer, "business", start, start + DAY) is Change.CREATED


def test_what_is_unknown_or_not_permitted_is_refused(ctx: Context, customer: UUID) -> None:
    with pytest.raises(UnknownCustomerGroup, match="no customer group 'vip'"):
        party.join_customer_group(ctx, customer, "vip")
    with pytest.raises(UnknownCustomer):
        party.join_customer_group(ctx, uuid4(), "staff")
    ctx.actor = Actor(ActorKind.STAFF, "anyone")
    for attempt in (
        lambda: party.join_customer_group(ctx, customer, "staff"),
        lambda: party.leave_customer_group(ctx, customer, "staff"),
        lambda: party.define_customer_group(ctx, "x", "X"),
        lambda: party.customer_groups(ctx),
    ):
        with pytest.raises(PermissionMissing):
            attempt()
    assert held(ctx, customer) == []
