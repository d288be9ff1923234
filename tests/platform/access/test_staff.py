"""Staff sign in with a password; what they may do is read from their grants, brand by brand."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mvne_platform import access
from mvne_platform.access import passwords, rules
from mvne_platform.access.errors import StaffExists, UnknownRole, WeakPassword
from mvne_platform.access.models import Staff, StaffGrant
from mvne_platform.kernel import Forbidden
from mvne_platform.runtime import Context

PASSWORD = "a long enough phrase"


def _maja(db: Session) -> Staff:
    return access.create_staff(db, email="Maja@Example.com", name="Maja", password=PASSWORD)


def test_sign_in_finds_the_person_by_any_spelling_of_the_address(platform_db: Session) -> None:
    maja = _maja(platform_db)
    found = access.credentials(platform_db, " MAJA@example.com ")
    assert access.check_sign_in(found, PASSWORD) == maja.id
    assert maja.email == "maja@example.com"


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "!", PASSWORD.upper()])
def test_a_wrong_password_is_refused(platform_db: Session, password: str) -> None:
    _maja(platform_db)
    with pytest.raises(access.SignInRefused, match="do not belong together"):
        access.check_sign_in(access.credentials(platform_db, "maja@example.com"), password)


def test_an_unknown_address_is_refused_in_the_same_words_after_the_same_work(
    platform_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    real = passwords._HASHER

    class Watched:
        def verify(self, stored: str, password: str) -> bool:
            hashes.append(stored)
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Watched())
    with pytest.raises(access.SignInRefused, match="do not belong together"):
        access.check_sign_in(access.credentials(platform_db, "nobody@example.com"), PASSWORD)
    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_inactive_person_can_neither_sign_in_nor_act(platform_db: Session) -> None:
    maja = _maja(platform_db)
    access.grant(platform_db, maja.id, brand="testbrand", role="csr")
    maja.active = False
    platform_db.flush()
    assert access.credentials(platform_db, maja.email) is None
    assert access.staff_member(platform_db, maja.id) is None


def test_two_people_cannot_share_an_address(platform_db: Session) -> None:
    _maja(platform_db)
    with pytest.raises(StaffExists, match="already signs in here"):
        _maja(platform_db)
    assert platform_db.scalar(select(func.count()).select_from(Staff)) == 1


def test_a_short_password_is_refused(platform_db: Session) -> None:
    with pytest.raises(WeakPassword, match="12 to 1024"):
        access.create_staff(platform_db, email="a@b.example", name="A", password="short")
    assert platform_db.scalar(select(func.count()).select_from(Staff)) == 0


def test_permissions_follow_the_grants_of_that_brand_only(platform_db: Session) -> None:
    maja = _maja(platform_db)
    access.grant(platform_db, maja.id, brand="testbrand", role="csr")
    access.grant(platform_db, maja.id, brand="otherbrand", role="finance")
    member = access.staff_member(platform_db, maja.id)
    assert member is not None
    assert member.actor("testbrand").may("order.place")
    assert not member.actor("testbrand").may("bill.run")
    assert member.actor("otherbrand").may("bill.run")
    assert not member.actor("otherbrand").may("order.place")
    assert member.actor("thirdbrand").permissions == frozenset()
    assert member.actor(None).permissions == frozenset()


def test_a_grant_for_every_brand_holds_for_the_platform_too(platform_db: Session) -> None:
    maja = _maja(platform_db)
    access.grant(platform_db, maja.id, brand=access.EVERY_BRAND, role="platform_operator")
    member = access.staff_member(platform_db, maja.id)
    assert member is not None
    assert member.actor(None).may("brand.apply")
    assert member.actor("any").may("brand.apply")


def test_granting_twice_is_granting_once_and_withdrawing_ends_it(platform_db: Session) -> None:
    maja = _maja(platform_db)
    for _ in range(2):
        access.grant(platform_db, maja.id, brand="testbrand", role="csr")
    assert platform_db.scalar(select(func.count()).select_from(StaffGrant)) == 1
    access.withdraw(platform_db, maja.id, brand="testbrand", role="csr")
    member = access.staff_member(platform_db, maja.id)
    assert member is not None
    assert member.grants == ()


def test_a_role_nobody_defined_is_refused(platform_db: Session) -> None:
    with pytest.raises(UnknownRole, match="There is no role 'king'; there are: back_office, brand_admin"):
        access.grant(platform_db, uuid4(), brand="testbrand", role="king")


def test_a_role_or_scope_that_was_abolished_allows_nothing() -> None:
    assert rules.permissions_at([("testbrand", "abolished")], "testbrand") == frozenset()
    assert access.permissions_of_scopes(["abolished"]) == frozenset()


def test_a_client_may_do_what_its_scopes_say(ctx: Context) -> None:
    client_id, secret = access.create_client(ctx, "Web shop", ["shop", "care"])
    assert client_id.startswith("testbrand-")
    assert len(secret) == 43
    stored = ctx.db.scalars(select(access.ApiClient).where(access.ApiClient.client_id == client_id)).one()
    assert stored.scopes == ["care", "shop"]
    assert secret not in stored.secret_hash


def test_only_who_manages_staff_makes_clients(ctx: Context) -> None:
    ctx.actor = access.ANYONE
    with pytest.raises(Forbidden, match=r"staff\.manage"):
        access.create_client(ctx, "Mine", ["shop"])
    assert ctx.db.scalar(select(func.count()).select_from(access.ApiClient)) == 0


def test_a_scope_nobody_defined_is_refused(ctx: Context) -> None:
    with pytest.raises(Exception, match="There is no scope 'everything'"):
        access.create_client(ctx, "Mine", ["shop", "everything"])
