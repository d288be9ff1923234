"""Which price list prices whom: the customer's own, else a group's, else the plan's."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from mvne_platform import catalogue, party
from mvne_platform.catalogue import Purpose, UnknownOffering, UnknownPriceList, editing
from mvne_platform.catalogue.editing import AssignmentOverlaps, InvalidAssignment, PricedBy, UnknownAssignment
from mvne_platform.party import NewCustomer
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.catalogue.samples import RETAIL, SMART

DAY = timedelta(days=1)
BUSINESS, STAFF = PricedBy(customer_group="business"), PricedBy(customer_group="staff")


@pytest.fixture
def anna(ctx: Context) -> UUID:
    """A customer in the groups staff and business; lists retail, cheap, cheaper and wholesale; the plan smart-10."""
    catalogue.import_price_list(ctx, RETAIL)
    for code in ("cheap", "cheaper"):
        catalogue.import_price_list(ctx, replace(RETAIL, code=code))
    catalogue.import_price_list(ctx, replace(RETAIL, code="host", purpose=Purpose.WHOLESALE))
    catalogue.define_offering(ctx, SMART)
    party.define_customer_group(ctx, "business", "Erhverv", 20)
    party.define_customer_group(ctx, "staff", "Medarbejdere", 10)
    anna = party.create_customer(ctx, NewCustomer(given_name="Anna", family_name="Holm", email="a@example.com")).id
    party.join_customer_group(ctx, anna, "business")
    party.join_customer_group(ctx, anna, "staff", ctx.now + DAY)
    return anna


def chosen(ctx: Context, customer: UUID, day: float, plan: str | None = "retail") -> str | None:
    """The list `day` days after the test's beginning."""
    groups = party.memberships_of(ctx, [customer]).get(customer, [])
    return catalogue.price_list_choice(ctx).code_for(customer, groups, plan, ctx.now + day * DAY)


def test_the_plans_list_prices_whoever_has_no_other(ctx: Context, anna: UUID) -> None:
    assert chosen(ctx, anna, 0) == "retail"
    assert chosen(ctx, anna, 0, None) is None


def test_the_most_specific_wins(ctx: Context, anna: UUID) -> None:
    editing.assign_price_list(ctx, "cheap", BUSINESS)
    editing.assign_price_list(ctx, "retail", STAFF, ctx.now + 2 * DAY)
    editing.assign_price_list(ctx, "cheaper", PricedBy(customer_id=anna), ctx.now + 3 * DAY, ctx.now + 4 * DAY)
    days = {-1: "other", 0: "cheap", 1: "cheap", 2: "retail", 3: "cheaper", 3.99: "cheaper", 4: "retail"}
    assert {day: chosen(ctx, anna, day, "other") for day in days} == days
    groups = party.memberships_of(ctx, [anna])[anna]
    assert catalogue.price_list_choice(ctx).changes(anna, groups) == [ctx.now + day * DAY for day in (0, 1, 2, 3, 4)]


def test_only_the_customers_asked_for_are_read(ctx: Context, anna: UUID) -> None:
    editing.assign_price_list(ctx, "cheap", PricedBy(customer_id=anna))
    assert catalogue.price_list_choice(ctx, [anna]).customers.keys() == {anna}
    assert catalogue.price_list_choice(ctx, []).customers == {}


def test_a_new_assignment_ends_the_one_before(ctx: Context, anna: UUID) -> None:
    editing.assign_price_list(ctx, "cheap", BUSINESS)
    editing.assign_price_list(ctx, "cheaper", BUSINESS, ctx.now + 5 * DAY)
    assert [chosen(ctx, anna, day) for day in (0, 4.99, 5)] == ["cheap", "cheap", "cheaper"]
    with pytest.raises(AssignmentOverlaps):
        editing.assign_price_list(ctx, "retail", BUSINESS, ctx.now + DAY)
    # A span that ends before the next one begins fits.
    editing.assign_price_list(ctx, "retail", BUSINESS, ctx.now + DAY, ctx.now + 5 * DAY)
    assert [chosen(ctx, anna, day, "x") for day in (0, 1, 5)] == ["cheap", "retail", "cheaper"]


def test_an_assignment_is_ended_or_taken_away(ctx: Context, anna: UUID) -> None:
    now = editing.assign_price_list(ctx, "cheap", BUSINESS)
    later = editing.assign_price_list(ctx, "cheaper", BUSINESS, ctx.now + 5 * DAY)
    editing.end_price_list_assignment(ctx, later.id)
    editing.end_price_list_assignment(ctx, now.id, ctx.now + 9 * DAY)
    assert [chosen(ctx, anna, day) for day in (0, 8.9, 9)] == ["cheap", "cheap", "retail"]
    with pytest.raises(UnknownAssignment):
        editing.end_price_list_assignment(ctx, uuid4())


def test_an_assignment_that_was_taken_away_is_in_nobodys_way(ctx: Context, anna: UUID) -> None:
    later = editing.assign_price_list(ctx, "cheaper", BUSINESS, ctx.now + 5 * DAY)
    editing.end_price_list_assignment(ctx, later.id)
    editing.assign_price_list(ctx, "cheap", BUSINESS, ctx.now + DAY)
    assert [chosen(ctx, anna, day) for day in (0, 1, 6)] == ["retail", "cheap", "cheap"]


def test_plans_get_lists_from_a_day_on(ctx: Context, anna: UUID) -> None:
    editing.assign_price_list(ctx, "cheap", PricedBy(plan="smart-10"), ctx.now + DAY, ctx.now + 2 * DAY)
    (span,) = catalogue.plan_price_lists(ctx)["smart-10"]
    assert (span.price_list, span.valid_from, span.valid_to) == ("cheap", ctx.now + DAY, ctx.now + 2 * DAY)
    # It is no group's and no customer's.
    assert chosen(ctx, anna, 1) == "retail"


def test_what_cannot_be_is_refused(ctx: Context, anna: UUID) -> None:
    end = ctx.now - DAY
    with pytest.raises(UnknownPriceList):
        editing.assign_price_list(ctx, "nobody", BUSINESS)
    with pytest.raises(UnknownOffering):
        editing.assign_price_list(ctx, "cheap", PricedBy(plan="nobody"))
    with pytest.raises(InvalidAssignment, match="'host' is a wholesale list"):
        editing.assign_price_list(ctx, "host", BUSINESS)
    for to, ends in ((BUSINESS, end), (PricedBy(), None), (PricedBy(plan="smart-10", customer_id=anna), None)):
        with pytest.raises(InvalidAssignment):
            editing.assign_price_list(ctx, "cheap", to, None, ends)
    ctx.actor = Actor(ActorKind.STAFF, "anyone")
    with pytest.raises(PermissionMissing):
        editing.assign_price_list(ctx, "cheap", BUSINESS)
    choice = catalogue.price_list_choice(ctx)
    assert (choice.customers, choice.groups, catalogue.plan_price_lists(ctx)) == ({}, {}, {})
