"""Applying a manifest: a working sandbox at once, nothing the second time, and nothing at all when refused."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import mvne_tenants
from mvne_platform.access import ApiClient
from mvne_platform.access.commands import is_client_secret
from mvne_platform.catalogue import sellable
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Actor, ActorKind, brand_work, platform_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import PlatformJobRow
from mvne_tenants import ApplicationState, ChangeKind, Files, ItemChange, ManifestFaulty
from mvne_tenants.errors import BrandFixed, InventoryRefused, Superseded
from mvne_tenants.jobs import PLATFORM_JOBS
from mvne_tenants.models import BrandApplication
from mvne_tenants.onboarding.engine import STEPS, carry_out
from mvne_tenants.onboarding.registry import set_hosts
from mvne_tenants.onboarding.surroundings import check
from tests.plugins.database import Database
from tests.tenants.looking import content, count, registered, schema_exists
from tests.tenants.mini import FILES, files_of, spoiled

TOML, SELLS = "brand.toml", "catalogue.toml"
MINI = files_of(FILES)
OPERATOR = Actor(ActorKind.STAFF, "operator", frozenset({"brand.apply", "brand.read"}))


def kinds(changes: tuple[ItemChange, ...]) -> dict[str, str]:
    """What changed, by section and item, without what did not."""
    return {
        f"{change.section}/{change.item}": change.kind.value
        for change in changes
        if change.kind is not ChangeKind.UNCHANGED
    }


def test_a_manifest_becomes_a_working_sandbox(database: Database) -> None:
    applied = mvne_tenants.apply(MINI)
    assert set(kinds(applied.changes).values()) == {"created"}
    with brand_work("mini") as ctx:
        assert ctx.brand.state == "sandbox"
        assert ctx.now == datetime(2026, 9, 30, 22, tzinfo=UTC)
        (plan,) = sellable(ctx)
        assert (plan.offering.code, plan.prices[0].amount_micros) == ("mini-1", 99_000_000)
    made = content(database, "mini")
    assert made["platform.host"] == ["(mini.localhost,mini)"]
    assert len(made["sim"]) == len(made["number"]) == 3
    assert [timer.split(",")[2] for timer in made["platform.timer"]] == ["billing.start_period", "billing.run_month"]


def test_the_same_again_changes_nothing(database: Database) -> None:
    mvne_tenants.apply(MINI)
    before = content(database, "mini")
    audited, audited_platform = count(database, "mini.audit"), count(database, "platform.audit")
    again = mvne_tenants.apply(MINI)
    assert kinds(again.changes) == {}
    assert content(database, "mini") == before
    assert count(database, "mini.audit") == audited
    assert count(database, "platform.audit") == audited_platform


def test_a_dry_run_of_a_new_brand_names_everything_and_makes_nothing(database: Database) -> None:
    planned = mvne_tenants.plan(MINI)
    assert registered(database) == ["otherbrand", "testbrand"]
    assert not schema_exists(database, "mini")
    assert count(database, "platform.brand_application") == 0
    assert kinds(planned.changes) == kinds(mvne_tenants.apply(MINI).changes)


def test_a_dry_run_of_a_change_tells_before_and_after_and_changes_nothing(database: Database) -> None:
    mvne_tenants.apply(MINI)
    before = content(database, "mini")
    audited = count(database, "mini.audit")
    changed = files_of(
        spoiled(
            (SELLS, '"99.00"', '"109.00"'),
            (TOML, "due_days = 14", "due_days = 21"),
            ("letters/welcome.en.sms.j2", "Hi ", "Hello "),
        )
    )
    planned = mvne_tenants.plan(changed)
    expected = {
        "brand/mini": "changed",
        "offerings/mini-1": "changed",
        "letters/welcome.en.sms": "changed",
    }
    assert kinds(planned.changes) == expected
    (offering,) = [change for change in planned.changes if change.item == "mini-1"]
    assert offering.before is not None
    assert offering.after is not None
    assert (offering.before["prices"][0]["amount"], offering.after["prices"][0]["amount"]) == (
        "99.00 DKK",
        "109.00 DKK",
    )
    assert (offering.before["version"], offering.after["version"]) == (1, 2)
    assert content(database, "mini") == before
    assert count(database, "mini.audit") == audited

    assert kinds(mvne_tenants.apply(changed).changes) == expected
    assert mvne_tenants.plan(changed).changes == mvne_tenants.apply(changed).changes


def test_what_a_manifest_no_longer_names_is_retired(database: Database) -> None:
    more = FILES | {SELLS: FILES[SELLS] + FILES[SELLS].replace("mini-1", "mini-2")}
    mvne_tenants.apply(files_of(more | {TOML: more[TOML].replace('["mini.l', '["mini2.localhost", "mini.l')}))
    applied = mvne_tenants.apply(MINI)
    assert kinds(applied.changes) == {"offerings/mini-2": "retired", "hosts/mini2.localhost": "retired"}
    with brand_work("mini") as ctx:
        assert [view.offering.code for view in sellable(ctx)] == ["mini-1"]


def test_a_faulty_manifest_does_nothing(database: Database) -> None:
    faulty = files_of(spoiled((TOML, 'country = "DK"', 'country = "XX"')))
    for attempt in (mvne_tenants.plan, mvne_tenants.apply):
        with pytest.raises(ManifestFaulty, match="UNKNOWN_COUNTRY"):
            attempt(faulty)
    assert registered(database) == ["otherbrand", "testbrand"]
    assert count(database, "platform.brand_application") == 0
    assert not schema_exists(database, "mini")


@pytest.mark.parametrize(
    ("path", "old", "new", "refusal"),
    [
        (TOML, 'country = "DK"', 'country = "NO"', "BRAND_FIXED"),
        ("price_lists/mini/2026-01-01/rates.csv", "0.60,60", "0.70,60", "PRICE_LIST_VERSION_FIXED"),
        (TOML, "percent = 25", "percent = 24", "TAX_RATE_IN_FORCE"),
    ],
)
def test_what_cannot_change_is_refused_before_anything_is_written(
    database: Database, path: str, old: str, new: str, refusal: str
) -> None:
    mvne_tenants.apply(MINI)
    before = content(database, "mini")
    # The same manifest also holds a change that could be made: it is not made.
    changed = files_of(
        spoiled((path, old, new), (SELLS, '"99.00"', '"109.00"'), (TOML, "due_days = 14", "due_days = 7"))
    )
    for attempt in (mvne_tenants.plan, mvne_tenants.apply):
        with pytest.raises(DomainError) as refused:
            attempt(changed)
        assert refused.value.code == refusal
    assert content(database, "mini") == before


def test_stock_that_contradicts_what_is_there_is_refused(database: Database) -> None:
    mvne_tenants.apply(MINI)
    before = content(database, "mini")
    with pytest.raises(InventoryRefused, match="in stock with another IMSI"):
        mvne_tenants.apply(files_of(spoiled(("inventory/sims.csv", "238509900000001", "238509900000002"))))
    assert content(database, "mini") == before


class Killed(BaseException):
    """The process is gone at this point."""


def generation(slug: str, number: int) -> Files:
    """The small manifest under another name, as its operator changed it for the n-th time."""
    brand = FILES[TOML].replace('"mini"', f'"{slug}"').replace("mini.local", f"{slug}.local")
    clients = "".join(f'\n[[api_client]]\nname = "shop {n}"\nscopes = ["care"]\n' for n in range(number))
    sold = FILES[SELLS].replace('"99.00"', f'"{99 + number}.00"')
    return files_of(FILES | {TOML: brand.replace("due_days = 14", f"due_days = {14 + number}") + clients, SELLS: sold})


GENERATIONS = 5


def like_mini(database: Database, slug: str) -> dict[str, list[str]]:
    """A brand's content as if it were called mini."""
    rows = content(database, slug).items()
    return {table: [row.replace(slug, "mini") for row in found] for table, found in rows}


def test_an_application_killed_at_any_point_is_completed_by_the_next(database: Database) -> None:
    uninterrupted = []
    for number in range(GENERATIONS):
        mvne_tenants.apply(generation("mini", number))
        uninterrupted.append(_without_digest(content(database, "mini")))
    hits: Counter[str] = Counter()
    for place, point in enumerate(STEPS):
        for number in range(GENERATIONS):
            files = generation(f"minx{place}", number)

            def die(step: str, point: str = point) -> None:
                if step == point:
                    hits[step] += 1
                    raise Killed

            with pytest.raises(Killed):
                mvne_tenants.apply(files, on_step=die)
            mvne_tenants.apply(files)
            resumed = _without_digest(like_mini(database, f"minx{place}"))
            assert resumed == uninterrupted[number], (point, number)
        _check_sign_in(f"minx{place}")
    print("killed at", dict(hits))  # noqa: T201  # the run tells what it hit
    assert hits == dict.fromkeys(STEPS, GENERATIONS)


def _without_digest(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {table: [re.sub("[0-9a-f]{64}", "digest", row) for row in rows] for table, rows in found.items()}


SIZES = {
    "tax_rate": 1,
    "holiday": 0,
    "price_list": 1,
    "price_list_version": 1,
    "zone": 1,
    "zone_prefix": 1,
    "zone_network": 0,
    "time_band": 0,
    "rate": 2,
    "offering": 1,
    "offering_price": 1,
    "offering_allowance": 1,
    "letter_template": 4,
    "programme": 0,
    "accrual_rule": 0,
    "reward": 0,
    "sim": 3,
    "number": 3,
    "api_client": 1,
    "fact": 2,
    "platform.brand": 1,
    "platform.host": 1,
    "platform.timer": 2,
}


def _check_sign_in(slug: str = "mini") -> None:
    """Somebody has the secret of every client there is."""
    with platform_work() as db:
        ids = [row.id for row in db.query(BrandApplication).where(BrandApplication.slug == slug)]
        kept = [one for i in ids for one in mvne_tenants.collect_credentials(db, i, actor=OPERATOR)]
    secrets = {one.client_id: one.secret for one in kept}
    with brand_work(slug) as ctx:
        clients = ctx.db.query(ApiClient).all()
        assert len(clients) > 0
        assert all(is_client_secret(client, secrets[client.client_id]) for client in clients)


def test_a_worker_killed_at_any_point_takes_the_application_up_again(database: Database) -> None:
    with platform_work() as db:
        application_id = mvne_tenants.request_apply(db, MINI, actor=OPERATOR).id
    for point in STEPS:

        def die(step: str, point: str = point) -> None:
            if step == point:
                raise Killed

        # A point that was passed for good (a client that exists keeps its secret) is not passed again.
        if point == "secret_kept":
            carry_out(application_id, die)
        else:
            with pytest.raises(Killed):
                carry_out(application_id, die)
    with platform_work() as db:
        row = mvne_tenants.application(db, application_id, actor=OPERATOR)
        assert (row.state, row.step) == (ApplicationState.APPLIED, "finished")
        assert {change["kind"] for change in row.changes or []} == {"created"}
    assert {table: len(rows) for table, rows in content(database, "mini").items()} == SIZES
    _check_sign_in()


def test_two_applications_at_once_follow_each_other(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(mvne_tenants.apply, MINI) for _ in range(2)]]
    made = [bool(kinds(applied.changes)) for applied in results]
    assert sorted(made) == [False, True]
    assert {table: len(rows) for table, rows in content(database, "mini").items()} == SIZES


def test_an_older_manifest_does_not_overtake_a_newer_one(database: Database) -> None:
    with platform_work() as db:
        older = mvne_tenants.request_apply(db, MINI, actor=OPERATOR).id
    newer = files_of(spoiled((SELLS, '"99.00"', '"109.00"')))
    mvne_tenants.apply(newer)
    before = content(database, "mini")
    with pytest.raises(Superseded):
        carry_out(older, lambda step: None)
    assert content(database, "mini") == before
    with platform_work() as db:
        assert mvne_tenants.application(db, older, actor=OPERATOR).state is ApplicationState.FAILED


def test_the_console_hands_in_and_a_worker_applies(database: Database) -> None:
    with platform_work() as db:
        application = mvne_tenants.request_apply(db, MINI, actor=OPERATOR)
        assert application.state is ApplicationState.REQUESTED
    with platform_work() as db:
        (job,) = db.query(PlatformJobRow).all()
        name, arguments = job.name, job.arguments
    PLATFORM_JOBS[name](**arguments)
    with platform_work() as db:
        row = mvne_tenants.application(db, application.id, actor=OPERATOR)
        assert (row.state, row.slug, row.requested_by) == (ApplicationState.APPLIED, "mini", "staff:operator")
        (credential,) = mvne_tenants.collect_credentials(db, row.id, actor=OPERATOR)
        assert credential.name == "webshop"
        assert credential.secret not in repr(credential)
    with platform_work() as db:
        assert mvne_tenants.collect_credentials(db, row.id, actor=OPERATOR) == []
    PLATFORM_JOBS[name](**arguments)  # delivered twice
    assert {table: len(rows) for table, rows in content(database, "mini").items()} == SIZES


def test_a_refusal_while_working_is_kept_with_the_application(database: Database) -> None:
    with platform_work() as db:
        application_id = mvne_tenants.request_apply(db, MINI, actor=OPERATOR).id
    taken = FILES | {TOML: FILES[TOML].replace('slug = "mini"', 'slug = "maxi"')}
    del taken["inventory/sims.csv"], taken["inventory/numbers.csv"]
    mvne_tenants.apply(files_of(taken))
    PLATFORM_JOBS["tenants.apply"](application_id=str(application_id))
    with platform_work() as db:
        row = mvne_tenants.application(db, application_id, actor=OPERATOR)
        assert row.state is ApplicationState.FAILED
        assert [(fault["file"], fault["line"], fault["code"]) for fault in row.faults or []] == [
            (TOML, 8, "HOST_TAKEN")
        ]
    assert not schema_exists(database, "mini")


def test_applying_needs_its_permission(database: Database) -> None:
    clerk = Actor(ActorKind.STAFF, "clerk", frozenset({"brand.read"}))
    with pytest.raises(PermissionMissing, match=r"'brand\.apply'"):
        mvne_tenants.apply(MINI, actor=clerk)
    with pytest.raises(PermissionMissing, match=r"'brand\.apply'"):
        mvne_tenants.plan(MINI, actor=clerk)
    with platform_work() as db, pytest.raises(PermissionMissing, match=r"'brand\.apply'"):
        mvne_tenants.request_apply(db, MINI, actor=clerk)
    assert registered(database) == ["otherbrand", "testbrand"]
    assert count(database, "platform.brand_application") == 0


def test_the_audit_names_who_asked(database: Database) -> None:
    applied = mvne_tenants.apply(MINI, actor=OPERATOR)
    with brand_work("mini") as ctx:
        rows = ctx.db.connection().exec_driver_sql("SELECT DISTINCT actor, request_id FROM audit").all()
    assert [tuple(row) for row in rows] == [("system:apply for staff:operator", str(applied.application_id))]


def test_a_brand_stays_in_its_currency(database: Database) -> None:
    mvne_tenants.apply(MINI)
    euros = {path: text.replace("DKK", "EUR") for path, text in FILES.items()}
    with pytest.raises(BrandFixed, match="currency of 'mini' is DKK and stays so"):
        mvne_tenants.apply(files_of(euros))


def test_a_host_that_was_taken_meanwhile_is_refused(database: Database) -> None:
    with platform_work() as db:
        manifest = check(db, generation("mini", 0))
    wanted = replace(manifest.registration, hosts=("mini.localhost", "testbrand.localhost"))
    mvne_tenants.apply(MINI)
    before = content(database, "mini")
    with pytest.raises(BrandFixed, match=r"Another brand answers on testbrand\.localhost"), platform_work() as db:
        set_hosts(db, wanted)
    assert content(database, "mini") == before
