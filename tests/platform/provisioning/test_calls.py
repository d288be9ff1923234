"""Which HTTP answers are final, for every adapter that speaks JSON."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mvne_platform.runtime import OutsideUnavailable
from mvne_platform.runtime.calls import put
from tests.platform.outside_world import reaching, serving


async def _echo(request: Request) -> Response:
    asked = await request.json()
    return Response(asked["answer"], asked["status"], media_type="application/json")


APP = Starlette(routes=[Route("/x", _echo, methods=["PUT"])])
ERROR = '{"error": {"code": "no_such_plan", "message": "There is no such plan.", "retryable": %s}}'


@pytest.fixture(scope="module")
def echo() -> object:
    with serving(APP) as url:
        yield url


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, '{"state": "done"}', None),
        (202, '{"state": "pending"}', None),
        (409, ERROR % "false", "no_such_plan"),
        (422, ERROR % "false", "no_such_plan"),
        (404, "<h1>Not here</h1>", "http_404"),
        (400, '{"error": "bad"}', "http_400"),
    ],
)
def test_a_final_answer_is_a_reply(
    echo: str, monkeypatch: pytest.MonkeyPatch, status: int, answer: str, code: str | None
) -> None:
    with reaching(monkeypatch, network=echo):
        reply = put("network", "/x", {"status": status, "answer": answer})
    assert reply.status == status
    assert reply.accepted is (code is None)
    if code:
        assert reply.error_code == code
    assert "There is no such plan" not in repr(reply)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, ERROR % "false"),
        (503, ""),
        (429, ERROR % "false"),
        (408, ""),
        (401, ""),
        (403, "{}"),
        (422, ERROR % "true"),
        (302, ""),
        (200, "<h1>Welcome</h1>"),
        (200, "[1]"),
        (200, b"\xff".decode("latin-1")),
    ],
)
def test_everything_else_is_tried_again(echo: str, monkeypatch: pytest.MonkeyPatch, status: int, answer: str) -> None:
    with reaching(monkeypatch, network=echo), pytest.raises(OutsideUnavailable, match=f"network answered {status}"):
        put("network", "/x", {"status": status, "answer": answer})
