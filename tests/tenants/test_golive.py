"""Going live is a step of its own, refused with everything that is missing."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

import mvne_tenants
from mvne_platform.runtime import Actor, ActorKind, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.tenancy import UnknownBrand
from mvne_platform.runtime.work import find_brand
from mvne_tenants import NotASandbox, NotReady, clock
from mvne_tenants.golive.checklist import Situation, checklist
from tests.plugins.database import Database
from tests.tenants.mini import FILES, files_of

TOML = "brand.toml"
LEGAL = """
terms = "https://mini.example/vilkaar"
privacy = "https://mini.example/privatliv"
imprint = { da = "Mini ApS", en = "Mini ApS" }

[look]"""
READY = FILES | {TOML: FILES[TOML].replace("\n[look]", LEGAL)}

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOUND = Situation(
    now=NOON,
    clock_at=datetime(2026, 10, 1, tzinfo=UTC),
    clock_is_moving=False,
    is_applied=True,
    is_being_applied=False,
    hosts=["mini.localhost"],
    languages=["da", "en"],
    profile={
        "legal": {"imprint": {"da": "x", "en": "x"}, "terms": "https://a.example", "privacy": "https://b.example"},
        "senders": {"email": "hej@mini.example", "sms": "Mini"},
    },
    tax_classes_missing=[],
    free_sims=1,
    free_numbers=1,
    plans_with_prices=1,
    letter_faults=[],
)


def registered(database: Database) -> tuple[object, ...]:
    """State, clock, target and version of the brand."""
    with psycopg.connect(database.superuser_dsn) as connection:
        query = "SELECT state, clock_at, clock_target, version FROM platform.brand WHERE slug = 'mini'"
        row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_a_ready_brand_meets_every_point() -> None:
    points = checklist(SOUND)
    names = ["MANIFEST", "TAX", "SIMS", "NUMBERS", "HOSTS", "LEGAL", "SENDERS", "PLANS", "LETTERS", "CLOCK"]
    assert [point.code for point in points] == names
    assert all(point.met for point in points)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("MANIFEST", {"is_applied": False}),
        ("MANIFEST", {"is_being_applied": True}),
        ("TAX", {"tax_classes_missing": ["reduced"]}),
        ("SIMS", {"free_sims": 0}),
        ("NUMBERS", {"free_numbers": 0}),
        ("HOSTS", {"hosts": []}),
        ("LEGAL", {"profile": {**SOUND.profile, "legal": {"imprint": {"da": "x"}}}}),
        ("SENDERS", {"profile": {**SOUND.profile, "senders": {"email": "a@b.example"}}}),
        ("PLANS", {"plans_with_prices": 0}),
        ("LETTERS", {"letter_faults": ["the letter 'invoice' has no template"]}),
        ("CLOCK", {"clock_is_moving": True}),
        ("CLOCK", {"clock_at": datetime(2026, 11, 2, tzinfo=UTC)}),
    ],
)
def test_each_point_by_itself(code: str, changed: dict[str, Any]) -> None:
    missing = [point for point in checklist(replace(SOUND, **changed)) if not point.met]
    assert [point.code for point in missing] == [code]
    assert missing[0].missing


def test_an_unready_brand_is_refused_with_the_list_and_stays_a_sandbox(database: Database) -> None:
    bare = {path: text for path, text in FILES.items() if not path.startswith("inventory/")}
    mvne_tenants.apply(files_of(bare))
    before = registered(database)
    with pytest.raises(NotReady) as refusal:
        mvne_tenants.go_live("mini")
    assert [str(point) for point in refusal.value.missing] == [
        "SIMS: No SIM is free; add a range to inventory/sims.csv or upload SIMs.",
        "NUMBERS: No number is free; add a range to inventory/numbers.csv.",
        "LEGAL: Legal texts are missing: imprint.da, imprint.en, terms, privacy; add them to [legal].",
    ]
    assert registered(database) == before


def test_going_live_starts_real_time_for_good(database: Database) -> None:
    mvne_tenants.apply(files_of(READY))
    assert find_brand("mini").clock_at is not None
    mvne_tenants.go_live("mini")
    assert registered(database) == ("live", None, None, 2)
    with brand_work("mini") as ctx:
        assert ctx.now > NOON
    with pytest.raises(clock.ClockIsReal):
        clock.request_advance("mini", datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(NotASandbox, match="'mini' is live"):
        mvne_tenants.go_live("mini")
    assert registered(database) == ("live", None, None, 2)


def test_a_live_brand_takes_a_new_manifest_and_stays_live(database: Database) -> None:
    mvne_tenants.apply(files_of(READY))
    mvne_tenants.go_live("mini")
    mvne_tenants.apply(files_of(READY | {TOML: READY[TOML].replace("due_days = 14", "due_days = 21")}))
    assert registered(database) == ("live", None, None, 3)


def test_a_half_applied_brand_does_not_go_live(database: Database) -> None:
    def die(step: str) -> None:
        if step == "offerings":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mvne_tenants.apply(files_of(READY), on_step=die)
    with pytest.raises(NotReady, match="MANIFEST: No application of the manifest is complete"):
        mvne_tenants.go_live("mini")


def test_going_live_needs_its_permission_and_a_brand(database: Database) -> None:
    mvne_tenants.apply(files_of(READY))
    before = registered(database)
    clerk = Actor(ActorKind.STAFF, "clerk", frozenset({"brand.read", "brand.clock"}))
    with pytest.raises(PermissionMissing, match=r"'brand\.apply'"):
        mvne_tenants.go_live("mini", actor=clerk)
    assert registered(database) == before
    with pytest.raises(UnknownBrand):
        mvne_tenants.go_live("nobody")
