"""Usage files come in through the console, once however often they are sent."""

import errno
import gzip
import os
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mvne_gateway import usage_files
from mvne_gateway.edge_settings import EdgeSettings
from mvne_platform import mediation
from mvne_platform.runtime import brand_work, settings
from mvne_platform.runtime.models import JobRow
from tests.gateway.wire import CONSOLE, Wire, client_token, opened, staff_token
from tests.platform.charging.shop import HEADER

PATH = f"{CONSOLE}/usage-files"


def _content(record: str) -> bytes:
    row = f"{record},voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,60,,,,true,"
    return f"{HEADER}\n{row}\n".encode()


def _send(
    wire: Wire, content: Any, token: str | None, brand: str | None = "testbrand", **query: str
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"X-Brand": brand} if brand else {}
    asked = {"name": "october.csv", "format": "mvne-csv", **query}
    answer: httpx2.Response = wire.client.post(PATH, params=asked, content=content, headers=headers)
    return answer


def _files(digest: str | None = None) -> int:
    with brand_work("testbrand") as ctx:
        return len([file for file in mediation.usage_files(ctx) if digest in (None, file.digest)])


def test_a_file_is_taken_once_and_its_rows_are_promised_to_be_rated(wire: Wire) -> None:
    token = staff_token("back_office")
    first = _send(wire, _content("a"), token)
    again = _send(wire, _content("a"), token, name="renamed.csv")
    assert (first.status_code, again.status_code) == (201, 200)
    told = first.json()
    assert (told["name"], told["state"], told["already"], told["rejection"]) == ("october.csv", "received", False, None)
    assert again.json() == {**told, "already": True}
    shown = wire.data(
        "query ($id: ID!) { usageFile(id: $id) { name state rowsDone } }",
        {"id": told["id"]},
        at=CONSOLE,
        token=token,
        brand="testbrand",
    )
    assert shown == {"usageFile": {"name": "october.csv", "state": "RECEIVED", "rowsDone": 0}}
    with brand_work("testbrand") as ctx:
        assert {job.name for job in ctx.db.query(JobRow)} == {"charging.load_chunk"}
    assert not list((settings().data / "uploads").iterdir())


def test_a_file_of_another_format_is_kept_with_the_reason(wire: Wire) -> None:
    answer = _send(wire, b"what is this\n", staff_token("back_office"))
    assert (answer.status_code, answer.json()["state"]) == (201, "rejected")
    assert "The first line must read record_id" in answer.json()["rejection"]


@pytest.mark.parametrize(
    ("query", "code"),
    [({"format": "tap3"}, "UNKNOWN_FORMAT"), ({"format": ""}, "BAD_REQUEST"), ({"name": ""}, "BAD_REQUEST")],
)
def test_name_and_format_are_needed(wire: Wire, query: dict[str, str], code: str) -> None:
    before = _files()
    answer = _send(wire, _content("b"), staff_token("back_office"), **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert _files() == before


def test_only_who_may_load_usage_loads_it(wire: Wire) -> None:
    before = _files()
    assert _send(wire, _content("c"), None).status_code == 401
    assert _send(wire, _content("c"), client_token()).status_code == 401
    assert _send(wire, _content("c"), staff_token("csr")).status_code == 403
    assert _send(wire, _content("c"), staff_token("back_office"), brand=None).status_code == 403
    foreign = _send(wire, _content("c"), staff_token("back_office"), brand="otherbrand")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "BRAND_NOT_GRANTED")
    assert _files() == before


def test_a_file_beyond_the_bound_is_refused_and_not_kept(wire: Wire) -> None:
    token = staff_token("back_office")
    with opened(EdgeSettings(usage_file_bytes=2_000)) as small:
        assert _send(small, _content("d") + b"x" * 2_000, token).status_code == 413

        def pieces() -> Any:
            for _ in range(10):
                yield b"y" * 1_000

        assert _send(small, pieces(), token).status_code == 413
        assert _send(small, _content("d"), token).status_code == 201
    assert not list((settings().data / "uploads").iterdir())


def test_a_body_that_expands_beyond_a_files_size_ends_where_that_is_reached(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _files()
    monkeypatch.setattr(usage_files.mediation, "MAX_FILE_BYTES", 1_000_000)
    headers = {"Authorization": f"Bearer {staff_token('back_office')}", "X-Brand": "testbrand"}
    answer = wire.client.post(
        PATH,
        params={"name": "bomb.csv", "format": "mvne-csv"},
        content=gzip.compress(bytes(1_000_001)),
        headers={**headers, "Content-Encoding": "gzip"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "FILE_TOO_LARGE")
    assert _files() == before
    assert not list((settings().data / "uploads").iterdir())


def test_a_full_disk_ends_the_request_and_leaves_nothing(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _files()

    async def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(usage_files, "stream_to", full)
    answer = _send(wire, _content("e"), staff_token("back_office"))
    assert (answer.status_code, answer.json()["code"]) == (507, "DISK_FULL")
    assert _files() == before
    assert not list((settings().data / "uploads").iterdir())


def test_what_a_killed_process_left_is_swept_away(wire: Wire) -> None:
    left: Path = settings().data / "uploads" / "old.part"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    _send(wire, _content("f"), staff_token("back_office"))
    assert not left.exists()
