"""The HTTP side of the message sink: the SMS gateway, what was sent, and the page that shows it."""

import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import jinja2
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mvne_simulators import web
from mvne_simulators.messages import inbox, mail, sms
from mvne_simulators.state import State, count, counted

PAGE_LENGTH = 100
_CURSOR = re.compile(r"[0-9]{1,18}")
_DOWN = web.Refusal(503, "unavailable", "The gateway is out of order; send the message again.", retryable=True)
_PAGE = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
    (Path(__file__).parent / "page.html").read_text("utf-8")
)
# The page shows what strangers wrote: nothing on it may run or load.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(
    state_file: Path, token: str, smtp: socket.socket | None = None, clock: Callable[[], float] = time.time
) -> Starlette:
    """Both channels on one state file; without a bound `smtp` socket no mail is taken."""
    messages = _Messages(State(state_file, inbox.SCHEMA), smtp, clock)
    routes = [
        Route("/", messages.get_page),
        Route("/v1/sms/{id}", messages.put_sms, methods=["PUT"]),
        Route("/v1/sms/{id}", messages.get_sms, methods=["GET"]),
        Route("/v1/messages", messages.list_messages),
        Route("/v1/stats", messages.get_stats),
    ]
    return web.application(routes, token=token, lifespan=messages.lifespan, open_paths=frozenset({"/"}))


class _Messages:
    def __init__(self, state: State, smtp: socket.socket | None, clock: Callable[[], float]) -> None:
        self._state, self._smtp, self._clock = state, smtp, clock

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            running.callback(self._state.close)
            if self._smtp is not None:
                await running.enter_async_context(mail.serve(mail.Sink(self._state, self._clock), self._smtp))
            yield

    async def put_sms(self, request: Request) -> Response:
        message_id = web.path_id(request, "id")
        wanted = await web.read(request, sms.Sms)
        with self._state.transaction() as db:
            count(db, "sms.received")
            down = sms.is_down(db, message_id, wanted.to)
        if down:
            raise _DOWN
        with self._state.transaction() as db:
            receipt = sms.send(db, message_id, wanted, self._clock())
        return web.NoAnswer() if receipt.lost else JSONResponse(receipt.view)

    async def get_sms(self, request: Request) -> Response:
        message_id = web.path_id(request, "id")
        with self._state.transaction() as db:
            found = inbox.sms(db, message_id)
        if found is None:
            raise web.Refusal(404, "unknown_message", f"The gateway has taken no message {message_id}.")
        return JSONResponse(found)

    async def list_messages(self, request: Request) -> Response:
        page = web.page(request)
        with self._state.transaction() as db:
            found = inbox.newest(db, _filter(request.query_params), page.first)
        following = str(found[-1]["position"]) if len(found) == page.first else None
        return JSONResponse({"messages": found, "next": following})

    async def get_stats(self, _request: Request) -> Response:
        with self._state.transaction() as db:
            stats = inbox.stats(db)
            stats["sms"]["received"] = counted(db, "sms.received").get("", 0)
        return JSONResponse(stats)

    async def get_page(self, request: Request) -> Response:
        wanted = _filter(request.query_params)
        with self._state.transaction() as db:
            found = inbox.newest(db, wanted, PAGE_LENGTH)
            stats = inbox.stats(db)
        older = found[-1]["position"] if len(found) == PAGE_LENGTH else None
        return HTMLResponse(
            _PAGE.render(messages=found, stats=stats, wanted=wanted, older=older), headers=_PAGE_HEADERS
        )


def _filter(query: QueryParams) -> inbox.Filter:
    """Which messages the query asks for.

    Raises Refusal 422 `invalid`.
    """
    channel, after = query.get("channel") or None, query.get("after") or None
    if channel not in (None, "mail", "sms"):
        raise web.Refusal(422, "invalid", "channel: mail or sms")
    if after is not None and not _CURSOR.fullmatch(after):
        raise web.Refusal(422, "invalid", "after: the cursor `next` of the page before")
    # A plus sign that was not escaped in the address arrives as a blank.
    to = (query.get("to") or "").strip()
    to = f"+{to}" if to.isdigit() else to
    return inbox.Filter(to=to or None, channel=channel, before=None if after is None else int(after))
