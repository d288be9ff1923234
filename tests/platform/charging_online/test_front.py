"""The front end as clients see it: groups, retries, staleness, locks, refusals in words."""

import asyncio
import threading
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from mvne_charging import front
from mvne_charging.settler import end_sessions, settle_brand
from mvne_platform import balances
from mvne_platform.catalogue import PaymentMode, Service
from mvne_platform.charging import online
from mvne_platform.charging.online import SessionStart, SessionUpdate, Usage, shelf
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import Identifier
from mvne_platform.runtime import Context, brand_work
from tests.gateway.wire import client_token
from tests.platform.charging.shop import ANNA, BENT, FRIEND, open_line, open_shop
from tests.platform.charging_online.desk import check_books, check_nothing_held, events, give_money, money
from tests.platform.charging_online.wire import Wire, over_wire
from tests.plugins.database import Database

NEVER_OPENED = UUID(int=7)


@pytest.fixture
def anna(database: Database) -> UUID:
    """A line with 5.00."""
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        line = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, line, 5_000_000)
        return line


def sms(who: str = ANNA, **more: object) -> dict[str, object]:
    body = {"id": str(uuid7()), "subscriber": {"msisdn": who}, "service": "sms_out", "other_party": FRIEND}
    return body | {"quantity": 1} | more


def call(**more: object) -> dict[str, object]:
    body = {"id": str(uuid7()), "subscriber": {"msisdn": ANNA}, "service": "voice_out", "other_party": FRIEND}
    return body | {"requested": 60} | more


def test_many_at_once_get_exactly_what_there_is(anna: UUID):
    async def story(wire: Wire) -> list[dict[str, object]]:
        answers = await asyncio.gather(*(wire.post("charge", sms()) for _ in range(40)))
        assert {answer.status_code for answer in answers} == {200}
        return [answer.json() for answer in answers]

    said = over_wire(story)

    assert Counter(one["result"] for one in said) == {"granted": 25, "refused": 15}
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 5_000_000)
        check_books(ctx)
    assert settle_brand("testbrand") == 25
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (0, 0)
        assert sorted(str(event.charge_id) for event in events(ctx)) == sorted(
            one["id"] for one in said if one["result"] == "granted"
        )
        check_books(ctx)
        check_nothing_held(ctx)


def test_the_same_id_at_the_same_time_and_later_is_charged_once(anna: UUID):
    async def story(wire: Wire) -> list[bytes]:
        body = sms()
        answers = [*await asyncio.gather(*(wire.post("charge", body) for _ in range(8)))]
        answers.append(await wire.post("charge", body))
        other = await wire.post("charge", body | {"quantity": 2})
        assert (other.status_code, other.json()["code"]) == (409, "REQUEST_ID_TAKEN")
        assert answers[-1].headers["idempotent-replay"] == "true"
        return [answer.content for answer in answers]

    bodies = over_wire(story)

    assert len(set(bodies)) == 1
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 200_000)


def test_a_top_up_elsewhere_is_seen_by_the_next_request(anna: UUID):
    async def story(wire: Wire) -> list[str]:
        first = [(await wire.post("charge", sms(quantity=20))).json()["result"] for _ in range(2)]
        await asyncio.to_thread(top_up)
        return [*first, (await wire.post("charge", sms(quantity=20))).json()["result"]]

    def top_up() -> None:
        with brand_work("testbrand") as ctx:
            give_money(ctx, anna, 3_000_000)

    assert over_wire(story) == ["granted", "refused", "granted"]


def test_a_session_over_the_wire(anna: UUID):
    async def story(wire: Wire) -> list[dict[str, object]]:
        begin = call()
        path = f"sessions/{begin['id']}"
        said = [await wire.post("sessions", begin)]
        said.append(await wire.post(f"{path}/update", {"sequence": 1, "used": 60, "requested": 60}))
        said.append(await wire.post(f"{path}/update", {"sequence": 1, "used": 60, "requested": 60}))
        said.append(await wire.get(path))
        said.append(await wire.post(f"{path}/release", {"sequence": 2, "used": 30}))
        said.append(await wire.post(f"{path}/update", {"sequence": 3, "used": 0}))
        assert [one.status_code for one in said] == [200, 200, 200, 200, 200, 404]
        return [one.json() for one in said]

    start, update, again, view, release, late = over_wire(story)

    assert start["grant"] == {"units": 60, "valid_for_s": 600, "threshold": 12, "final": None}
    assert update == again
    assert (view["open"], view["used"], view["granted"]) == (True, 60, 120)
    assert (release["used"], release["amount"], release["ended"]) == (90, "0.55", True)
    assert late["code"] == "UNKNOWN_SESSION"
    settle_brand("testbrand")
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (4_450_000, 0)
        check_books(ctx)
        check_nothing_held(ctx)


def test_a_purse_that_somebody_holds_delays_its_own_requests_only(anna: UUID):
    with brand_work("testbrand") as ctx:
        bent = open_line(ctx, BENT, PaymentMode.PREPAID)
        give_money(ctx, bent, 5_000_000)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with brand_work("testbrand") as ctx:
            balances.lock_purses(ctx, [anna])
            locked.set()
            release.wait(30)

    async def story(wire: Wire) -> list[str]:
        assert (await wire.post("charge", sms(BENT))).status_code == 200
        assert (await wire.post("charge", sms())).status_code == 200
        holder = asyncio.get_running_loop().run_in_executor(None, hold)
        await asyncio.to_thread(locked.wait)
        waiting = asyncio.ensure_future(wire.post("charge", sms()))
        others = [(await wire.post("charge", sms(BENT))).json()["result"] for _ in range(20)]
        assert not waiting.done()
        release.set()
        await holder
        return [*others, (await waiting).json()["result"]]

    assert over_wire(story) == ["granted"] * 21
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna)[1] == 400_000
        assert money(ctx, bent)[1] == 21 * 200_000


def test_dead_sessions_are_ended_by_the_brands_clock(anna: UUID):
    over_wire(lambda wire: wire.post("sessions", call()))
    assert end_sessions("testbrand") == 0

    with brand_work("testbrand") as ctx:
        ctx.db.execute(text("UPDATE charging_session SET expires_at = expires_at - interval '1 hour'"))

    assert end_sessions("testbrand") == 1
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 0)
        check_nothing_held(ctx)


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "field"),
    [
        ("charge", {}, 400, "BAD_MESSAGE", "id"),
        ("charge", sms(subscriber="+45"), 400, "BAD_MESSAGE", "subscriber"),
        ("charge", sms(subscriber={"msisdn": "+4599999999"}), 404, "UNKNOWN_SUBSCRIBER", "subscriber"),
        ("charge", sms(service="fax"), 400, "BAD_MESSAGE", "service"),
        ("charge", sms(quantity=-1), 400, "BAD_MESSAGE", "quantity"),
        ("charge", sms(quantity=1.5), 400, "BAD_MESSAGE", "quantity"),
        ("charge", sms(at="yesterday"), 400, "BAD_MESSAGE", "at"),
        ("charge", sms(at="2020-01-01T00:00:00Z"), 400, "BAD_START", "at"),
        ("charge", sms(attributes={"a": 1}), 400, "BAD_MESSAGE", "attributes"),
        ("charge", sms(attributes={"a": "\0"}), 400, "BAD_MESSAGE", "attributes"),
        ("charge", sms(other_party=f"{FRIEND}\0"), 400, "BAD_MESSAGE", "other_party"),
        ("charge", sms(subscriber={"msisdn": f"{ANNA}\0"}), 400, "BAD_MESSAGE", "subscriber"),
        ("charge", sms(correlation="\n"), 400, "BAD_MESSAGE", "correlation"),
        ("sessions", call(requested=0), 400, "BAD_QUANTITY", "requested"),
        ("charge", [1], 400, "BAD_MESSAGE", None),
        ("charge", {"x": "y" * 20_000}, 400, "TOO_LARGE", None),
        ("nothing", {}, 404, "NOT_FOUND", None),
        (f"sessions/{NEVER_OPENED}/update", {"sequence": 0, "used": 1}, 400, "BAD_MESSAGE", "sequence"),
        (f"sessions/{NEVER_OPENED}/update", {"sequence": 1, "used": 1}, 404, "UNKNOWN_SESSION", "session"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    anna: UUID, path: str, body: object, status: int, code: str, field: str | None
):
    answer = over_wire(lambda wire: wire.post(path, body))

    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, said["status"], said["code"], said["field"]) == (status, status, code, field)
    assert said["title"]
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 0)


@pytest.mark.parametrize(
    ("token", "host", "status", "code"),
    [
        ("nonsense", "testbrand.localhost", 401, "UNAUTHENTICATED"),
        ("charging", "otherbrand.localhost", 401, "UNAUTHENTICATED"),
        ("shop", "testbrand.localhost", 403, "SCOPE_MISSING"),
        ("charging", "nobody.localhost", 404, "UNKNOWN_BRAND"),
    ],
)
def test_only_clients_with_the_scope_at_their_own_brand(anna: UUID, token: str, host: str, status: int, code: str):
    held = client_token((token,)) if token != "nonsense" else token

    answer = over_wire(lambda wire: wire.post("charge", sms(), host=host), held)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 0)


def test_a_report_that_is_repeated_while_the_first_is_under_way_gets_its_answer(anna: UUID):
    begin = SessionStart(uuid7(), Usage(Identifier("msisdn", ANNA), Service.VOICE_OUT, FRIEND), 60)
    update = SessionUpdate(begin.id, 1, 60, 60)
    with brand_work("testbrand") as ctx:
        online.start_session(ctx, begin)
    replies: list[online.Reply] = []

    def again() -> None:
        with brand_work("testbrand") as ctx:
            replies.append(online.report(ctx, update))

    other = threading.Thread(target=again)
    with brand_work("testbrand") as ctx:
        first = online.report(ctx, update)
        other.start()
        wait_for_a_waiting_one(ctx)
    other.join(30)

    assert [(reply.body, reply.repeated) for reply in replies] == [(first.body, True)]
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 700_000)


def wait_for_a_waiting_one(ctx: Context) -> None:
    """Return when somebody waits for what this transaction holds."""
    for _ in range(1000):
        if ctx.db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        time.sleep(0.01)
    raise TimeoutError


def test_those_who_wait_for_a_purse_keep_nobody_from_being_read(anna: UUID):
    with brand_work("testbrand") as ctx:
        bent = open_line(ctx, BENT, PaymentMode.PREPAID)
        give_money(ctx, bent, 5_000_000)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with brand_work("testbrand") as ctx:
            balances.lock_purses(ctx, [anna])
            locked.set()
            release.wait(60)

    async def story(wire: Wire) -> Counter[str]:
        assert (await wire.post("charge", sms())).status_code == 200
        holder = asyncio.get_running_loop().run_in_executor(None, hold)
        await asyncio.to_thread(locked.wait)
        waiting = [asyncio.ensure_future(wire.post("charge", sms())) for _ in range(12)]
        await asyncio.sleep(0.5)  # until they have given up asking again, and wait
        try:
            other = await asyncio.wait_for(wire.post("charge", sms(BENT)), 20)
        finally:
            release.set()
        await holder
        return Counter(one.json()["result"] for one in [other, *await asyncio.gather(*waiting)])

    assert over_wire(story) == {"granted": 13}
    with brand_work("testbrand") as ctx:
        assert (money(ctx, anna)[1], money(ctx, bent)[1]) == (13 * 200_000, 200_000)


def test_a_repetition_gets_its_answer_however_late_it_comes(database: Database, anna: UUID):
    with brand_work("testbrand") as ctx:
        now = ctx.now
    body = sms(at=f"{now:%Y-%m-%dT%H:%M:%SZ}")

    def travel() -> None:
        with psycopg.connect(database.superuser_dsn) as connection:
            connection.execute(
                "UPDATE platform.brand SET clock_at = %s WHERE slug = 'testbrand'", [now + timedelta(days=2)]
            )

    async def story(wire: Wire) -> tuple[bytes, bytes]:
        first = await wire.post("charge", body)
        await asyncio.to_thread(travel)
        for _ in range(100):  # the clock is looked at each second
            late = await wire.post("charge", body | {"id": str(uuid7())})
            if late.status_code == 400:
                break
            await asyncio.sleep(0.05)
        assert late.json()["code"] == "BAD_START"
        return first.content, (await wire.post("charge", body)).content

    first, again = over_wire(story)

    assert again == first


def test_answers_are_counted_by_status(anna: UUID):
    async def story(wire: Wire) -> list[float]:
        before = await counted(wire)
        await wire.post("charge", sms())
        await wire.post("charge", {})
        after = await counted(wire)
        return [after.get(status, 0) - before.get(status, 0) for status in ("200", "400")]

    async def counted(wire: Wire) -> dict[str, float]:
        said = (await wire.client.get("/metrics")).text
        rows = [one for one in said.splitlines() if one.startswith("mvne_charging_answers_total")]
        return {row.split('"')[1]: float(row.split()[-1]) for row in rows}

    # Of 200 the first look at the figures is one.
    assert over_wire(story) == [2, 1]


def test_a_round_that_fails_does_not_end_the_looking(anna: UUID, monkeypatch: pytest.MonkeyPatch):
    rounds: list[str] = []
    thrice = asyncio.Event()

    async def refresh(self: front.Front) -> None:
        rounds.append(self.brand.slug)
        if len(rounds) == 3:
            thrice.set()
        raise RuntimeError("something nobody thought of")

    monkeypatch.setattr(front, "FOLLOW_SECONDS", 0.01)
    monkeypatch.setattr(front.Front, "refresh", refresh)

    async def story(wire: Wire) -> None:
        await wire.post("charge", sms())
        await asyncio.wait_for(thrice.wait(), 20)

    over_wire(story)

    assert set(rounds) == {"testbrand"}


def test_a_shelf_may_be_added_to_while_it_is_compared(ctx: Context, monkeypatch: pytest.MonkeyPatch):
    open_shop(ctx)
    before = shelf.read_shelf(ctx)
    before.tariffs["standard"] = shelf.tariff_of(ctx, "standard")
    read = shelf.tariff_of

    def meanwhile(ctx: Context, code: str) -> object:
        before.tariffs[f"beside {code}"] = None
        return read(ctx, code)

    monkeypatch.setattr(shelf, "tariff_of", meanwhile)

    after = shelf.read_shelf(ctx, before)

    assert not after.changed
    assert after.tariffs["standard"] is before.tariffs["standard"]


def test_a_session_that_moves_while_it_is_read_is_charged_as_it_is(anna: UUID, monkeypatch: pytest.MonkeyPatch):
    begin = call()
    session_id = UUID(str(begin["id"]))
    reported: list[online.Reply] = []
    read = balances.purses

    def meanwhile(*arguments: object, **terms: object) -> object:
        """Between the session and its purse: another front end takes a report."""
        if not reported:
            with brand_work("testbrand") as ctx:
                client = ctx.db.scalar(text("SELECT client FROM charging_session"))
                reported.append(online.report(ctx, SessionUpdate(session_id, 1, 10, 60, client)))
        return read(*arguments, **terms)

    async def start(wire: Wire) -> None:
        await wire.post("sessions", begin)

    async def end(wire: Wire) -> dict[str, object]:
        monkeypatch.setattr(balances, "purses", meanwhile)
        return (await wire.post(f"sessions/{session_id}/release", {"sequence": 2, "used": 5})).json()

    token = client_token(("charging",))
    over_wire(start, token)
    said = over_wire(end, token)

    assert (said["used"], said["amount"]) == (15, "0.175")
    settle_brand("testbrand")
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (4_825_000, 0)
        check_books(ctx)
        check_nothing_held(ctx)
