"""An operator's system pushes usage files with its own client credential, once however often they are sent."""

import gzip
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from mvne_graphql.relay import global_id
from mvne_platform import mediation
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import sources
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import brand_work, settings
from tests.gateway.wire import CONSOLE, SHOP, Wire, client_token, staff_token
from tests.platform.charging.shop import HEADER, call

MOST = 10_000


def content(number: int) -> bytes:
    return f"{HEADER}\n{call(number)}\n".encode()


@pytest.fixture(scope="module")
def pushed(wire: Wire) -> Wire:
    """A source to push to, at each brand."""
    for brand in ("testbrand", "otherbrand"):
        with brand_work(brand) as ctx:
            draft = SourceDraft("host", "The host", "host", SourceKind.PUSH, "mvne-csv", {"max_bytes": MOST})
            sources.create_source(ctx, draft)
            sources.create_source(ctx, SourceDraft("desk", "The desk", "host", SourceKind.UPLOAD, "mvne-csv"))
    return wire


def push(
    wire: Wire, what: Any, token: str | None, source: str = "host", at: str = SHOP, name: str = "a.csv", **headers: str
) -> httpx2.Response:
    sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    params = {"name": name} if name else {}
    answer: httpx2.Response = wire.client.post(f"{at}/usage/{source}", params=params, content=what, headers=sent)
    return answer


def count() -> int:
    with brand_work("testbrand") as ctx:
        return len(mediation.usage_files(ctx, first=1_000))


def test_a_file_is_accepted_once_and_answers_the_same_id_again(pushed: Wire) -> None:
    token = client_token(("usage",))
    first = push(pushed, content(1), token)
    again = push(pushed, gzip.compress(content(1)), token, name="b.csv", **{"Content-Encoding": "gzip"})
    also = push(pushed, gzip.compress(content(1)), token, name="c.csv.gz")
    assert [one.status_code for one in (first, again, also)] == [202, 202, 202]
    told = first.json()
    assert (told["name"], told["state"], told["already"], told["members"]) == ("a.csv", "received", False, [])
    assert [one.json()["id"] for one in (again, also)] == [told["id"]] * 2
    with brand_work("testbrand") as ctx:
        ready = ctx.db.scalars(text("SELECT kind FROM fact WHERE kind = 'UsageFileReady'")).all()
    assert ready == ["UsageFileReady"]
    assert not list((settings().data / "uploads").iterdir())


def test_the_name_may_stand_in_a_header_and_must_stand_somewhere(pushed: Wire) -> None:
    token = client_token(("usage",))
    named = push(pushed, content(2), token, name="", **{"X-File-Name": "header.csv"})
    assert (named.status_code, named.json()["name"]) == (202, "header.csv")
    nameless = push(pushed, content(3), token, name="")
    assert (nameless.status_code, nameless.json()["code"]) == (400, "BAD_REQUEST")


def test_only_a_client_with_the_scope_pushes_and_only_to_push_sources(pushed: Wire) -> None:
    before = count()
    usage = client_token(("usage",))
    assert push(pushed, content(4), None).status_code == 401
    assert push(pushed, content(4), "no token").status_code == 401
    assert push(pushed, content(4), staff_token("back_office")).status_code == 401
    assert push(pushed, content(4), client_token(("care", "shop"))).status_code == 403
    assert push(pushed, content(4), usage, source="desk").status_code == 403
    assert push(pushed, content(4), usage, source="nowhere").status_code == 404
    assert push(pushed, content(4), usage, at="http://otherbrand.localhost").status_code == 401
    assert push(pushed, content(4), usage, at=CONSOLE).status_code == 404
    assert count() == before


def test_a_body_beyond_the_sources_bound_is_refused_as_sent_and_as_expanded(pushed: Wire) -> None:
    before, token = count(), client_token(("usage",))
    large = content(5) + b"x" * MOST
    assert push(pushed, large, token).status_code == 413
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) > 1_000
    assert push(pushed, bomb, token, **{"Content-Encoding": "gzip"}).status_code == 413
    assert (
        push(pushed, gzip.compress(content(6))[:-9], token, **{"Content-Encoding": "gzip"}).json()["code"] == "NOT_GZIP"
    )
    assert push(pushed, content(6), token, **{"Content-Encoding": "gzip"}).json()["code"] == "NOT_GZIP"
    assert count() == before
    assert not list((settings().data / "uploads").iterdir())


def test_a_damaged_archive_is_kept_in_quarantine(pushed: Wire) -> None:
    answer = push(pushed, gzip.compress(content(7))[:-9], client_token(("usage",)), name="x.csv.gz")
    assert (answer.status_code, answer.json()["state"]) == (202, "rejected")
    assert "is damaged" in answer.json()["rejection"]


def test_a_paused_source_takes_nothing(pushed: Wire) -> None:
    token = client_token(("usage",))
    with brand_work("testbrand") as ctx:
        source = sources.source_by_code(ctx, "host")
        sources.pause_source(ctx, source.id)
    refused = push(pushed, content(8), token)
    with brand_work("testbrand") as ctx:
        sources.resume_source(ctx, source.id)
    assert (refused.status_code, refused.json()["code"]) == (409, "SOURCE_PAUSED")
    assert push(pushed, content(8), token).status_code == 202


def test_each_row_is_answered_to_whoever_pushed_it_and_to_staff(pushed: Wire) -> None:
    token = client_token(("usage",))
    rows = [call(number, caller="+4599999999") for number in range(20, 22)]
    body = "\n".join([HEADER, rows[0], rows[1], ""]).encode()
    file_id = push(pushed, body, token, name="report.csv").json()["id"]
    with brand_work("testbrand") as ctx:
        file = next(one for one in mediation.usage_files(ctx) if one.name == "report.csv")
        mediation.record_unrated(
            ctx,
            file.id,
            [mediation.Unrated(3, mediation.ExceptionKind.FAILED, "unknown_subscriber", "No +4599999999.", rows[1])],
        )
        locked = mediation.file_for_update(ctx, file.id)
        done = mediation.Position(2, len(body))
        mediation.advance(ctx, locked, done, {"rated": 1, "failed": 1}, finished=True)
    headers = {"Authorization": f"Bearer {token}"}
    told = pushed.client.get(f"{SHOP}/usage/host/files/{file_id}/report.csv", headers=headers)
    assert (told.status_code, told.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert told.text == "row,answer,reason,detail\n2,accepted,,\n3,rejected,unknown_subscriber,No +4599999xxx.\n"
    absent = pushed.client.get(f"{SHOP}/usage/host/files/{global_id('UsageFile', uuid7())}/report.csv", headers=headers)
    other = {"Authorization": f"Bearer {client_token(('usage',), brand='otherbrand')}"}
    foreign = pushed.client.get(f"http://otherbrand.localhost/usage/host/files/{file_id}/report.csv", headers=other)
    assert (absent.status_code, foreign.status_code) == (404, 404)
    assert absent.json() == foreign.json()
    office = {"Authorization": f"Bearer {staff_token('back_office')}", "X-Brand": "testbrand"}
    seen = pushed.client.get(f"{CONSOLE}/usage-files/{file_id}/report.csv", headers=office)
    assert "3,rejected,unknown_subscriber,No +4599999999." in seen.text
    csr = {"Authorization": f"Bearer {staff_token('marketing')}", "X-Brand": "testbrand"}
    assert pushed.client.get(f"{CONSOLE}/usage-files/{file_id}/report.csv", headers=csr).status_code == 403
    assert not list((settings().data / "uploads").iterdir())
