from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from mvne_platform import party
from mvne_platform.party import Customer, CustomerCreated, NewAddress, NewCustomer
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing

NOBODY_ID = UUID("01970000-0000-7000-8000-000000000000")


def enter(ctx: Context, given_name: str, family_name: str, email: str, phone: str | None = None) -> Customer:
    new = NewCustomer(given_name=given_name, family_name=family_name, email=email, phone=phone)
    return party.create_customer(ctx, new)


def numbers(found: list[Customer]) -> list[str]:
    return [f"{customer.given_name} {customer.family_name}" for customer in found]


def test_a_customer_is_entered_with_address_and_fact(ctx: Context) -> None:
    address = NewAddress(lines=("Vestergade 1", "2. tv"), postal_code="8000", city="Aarhus C", country="DK")
    new = NewCustomer(
        given_name="Anna",
        family_name="Sørensen",
        email="anna@example.com",
        birth_date=date(1990, 2, 28),
        language="en",
        addresses=(address,),
    )
    anna = party.create_customer(ctx, new)
    assert ctx.facts == [CustomerCreated(anna.id)]
    ctx.db.expire_all()
    read = party.customer(ctx, anna.id)
    assert (read.number, read.language, read.birth_date) == (anna.number, "en", date(1990, 2, 28))
    assert read.created_at == ctx.now
    [kept] = party.addresses_of(ctx, anna.id)
    assert (kept.role, kept.lines, kept.postal_code, kept.city) == (
        "billing",
        ["Vestergade 1", "2. tv"],
        "8000",
        "Aarhus C",
    )


def test_a_refused_customer_leaves_nothing(ctx: Context) -> None:
    with pytest.raises(party.InvalidCustomer):
        enter(ctx, "Anna", "Sørensen", "anna")
    assert ctx.db.scalar(select(func.count()).select_from(Customer)) == 0
    assert ctx.facts == []


def test_an_account_bills_from_the_first_of_the_brands_month(ctx: Context) -> None:
    anna = enter(ctx, "Anna", "Sørensen", "anna@example.com")
    # 2026-09-30 22:00 UTC is October in Copenhagen already.
    account = party.open_account(ctx, anna.id)
    assert (account.billed_until, account.currency, account.customer_id) == (date(2026, 10, 1), "DKK", anna.id)
    assert [one.id for one in party.accounts_of(ctx, anna.id)] == [account.id]
    assert party.account(ctx, account.id).number == account.number


def test_who_is_absent_and_whose_permission_is_missing(ctx: Context) -> None:
    for absent in (party.customer, party.load_customer):
        with pytest.raises(party.UnknownCustomer):
            absent(ctx, NOBODY_ID)
    with pytest.raises(party.UnknownAccount):
        party.account(ctx, NOBODY_ID)
    with pytest.raises(party.UnknownCustomer):
        party.open_account(ctx, NOBODY_ID)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    for refused in (party.customer, party.account):
        with pytest.raises(PermissionMissing, match=r"customer\.read"):
            refused(ctx, NOBODY_ID)
    with pytest.raises(PermissionMissing, match=r"customer\.read"):
        party.search(ctx, "anna")


def test_search_finds_by_the_beginning_of_what_one_knows(ctx: Context) -> None:
    anna = enter(ctx, "Anna", "Sørensen", "Anna.S@example.com", "+4520123456")
    enter(ctx, "Annika", "Ågård", "annika@example.com")
    enter(ctx, "Bo", "Anker", "bo@example.com", "+4520999999")
    assert numbers(party.search(ctx, "an")) == ["Bo Anker", "Anna Sørensen", "Annika Ågård"]
    assert numbers(party.search(ctx, "SØREN")) == ["Anna Sørensen"]
    assert numbers(party.search(ctx, "ågård")) == ["Annika Ågård"]
    assert numbers(party.search(ctx, "anna.s@EXAMPLE")) == ["Anna Sørensen"]
    assert numbers(party.search(ctx, "anna søren")) == ["Anna Sørensen"]
    assert numbers(party.search(ctx, "Sørensen An")) == ["Anna Sørensen"]
    assert numbers(party.search(ctx, "+45 20 12")) == ["Anna Sørensen"]
    assert numbers(party.search(ctx, anna.number.lower())) == ["Anna Sørensen"]
    assert party.search(ctx, "ørensen") == []


def test_search_takes_wildcards_as_letters_and_is_bounded(ctx: Context) -> None:
    for letter in "abc":
        enter(ctx, "Zoe", f"Zz{letter}", f"zoe.{letter}@example.com")
    enter(ctx, "Zo_", "Under", "z%25@example.com")
    assert party.search(ctx, "%%") == []
    assert numbers(party.search(ctx, "zo_")) == ["Zo_ Under"]
    assert numbers(party.search(ctx, "z%2")) == ["Zo_ Under"]
    assert numbers(party.search(ctx, "zz", limit=2)) == ["Zoe Zza", "Zoe Zzb"]
    assert len(party.search(ctx, "zz", limit=-5)) == 1


def test_search_reads_indexes_only(ctx: Context) -> None:
    ctx.db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(
        ctx.db.scalars(
            text(
                "EXPLAIN SELECT id FROM customer WHERE number = 'AN' OR lower(email) LIKE 'an%' ESCAPE '\\' "
                "OR lower(family_name) LIKE 'an%' ESCAPE '\\' OR lower(given_name) LIKE 'an%' ESCAPE '\\' "
                "OR phone LIKE 'an%' ESCAPE '\\'"
            )
        )
    )
    for index in ("email", "family_name", "given_name", "phone"):
        assert f"ix_customer_{index}" in plan


def test_another_brands_customer_is_absent(ctx: Context, other_ctx: Context) -> None:
    anna = enter(ctx, "Anna", "Sørensen", "anna@example.com")
    with pytest.raises(party.UnknownCustomer):
        party.customer(other_ctx, anna.id)
    assert party.search(other_ctx, "anna") == []
