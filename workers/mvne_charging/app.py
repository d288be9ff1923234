"""The ASGI application: no framework on the way of a request, answers sent as the bytes that are stored."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import structlog
from prometheus_client import Counter, Histogram, generate_latest

from mvne_charging import messages
from mvne_charging.callers import Caller, Callers, NotSignedIn
from mvne_charging.front import AWAY, Front
from mvne_charging.messages import BadMessage
from mvne_platform.charging.online import Reply, Request
from mvne_platform.kernel import Category, DomainError
from mvne_platform.runtime import Brand
from mvne_platform.runtime.telemetry import METRICS

log = structlog.get_logger()

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_BYTES = 16 * 1024
THREADS = 8
BASE = "/charging/v1/"
_STATUS = {
    Category.INVALID: 400,
    Category.NOT_FOUND: 404,
    Category.FORBIDDEN: 403,
    Category.CONFLICT: 409,
    Category.UNAVAILABLE: 503,
}
_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", b"application/problem+json")
_REPEATED = (b"idempotent-replay", b"true")

ANSWERS = Counter("mvne_charging_answers", "Answers of the charging interface.", ["status"], registry=METRICS)
SECONDS = Histogram(
    "mvne_charging_seconds",
    "From the whole request to its answer.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=METRICS,
)


class Charging:
    """The interface of every brand; which one answers follows from the Host header."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="charging")
        self._callers = Callers(self._pool)
        self._fronts: dict[str, tuple[Front, asyncio.Task[None]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        status, headers, body = await self._answer(scope, receive)
        ANSWERS.labels(status).inc()
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        SECONDS.observe(time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        try:
            if not scope["path"].startswith(BASE):
                return self._besides(scope["path"])
            return await self._charging(scope, receive)
        except NotSignedIn as refusal:
            return _problem(401, refusal, (b"www-authenticate", b'Bearer error="invalid_token"'))
        except DomainError as refusal:
            status = _STATUS[refusal.category]
            return _problem(status, refusal, (b"retry-after", b"1") if status == 503 else None)
        except AWAY:
            return _problem(
                503, _Away("The database cannot be reached; send the same request again."), (b"retry-after", b"1")
            )
        except Exception:
            log.exception("charging_request_failed", path=scope["path"])
            return _problem(500, _Broken("This is a fault of the platform; it has been logged."), None)

    async def _charging(self, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        caller = await self._caller(scope["headers"])
        front = self._front(caller.brand)
        parts = scope["path"][len(BASE) :].split("/")
        if scope["method"] == "GET" and len(parts) == 2 and parts[0] == "sessions":
            view = await front.session(_session_id(parts[1]), caller.client)
            return 200, [_JSON], messages.shown(view)
        if scope["method"] != "POST":
            raise _NoSuchThing(
                "There is nothing here by this method; the guide to online charging lists what there is."
            )
        body = messages.body_of(await _read(receive))
        if parts == ["enquiry"]:
            answer = await front.price(*messages.enquiry(body), caller.client)
            return 200, [_JSON], answer.to_json()
        reply: Reply = await front.ask(_request(parts, body, caller.client))
        return 200, [_JSON, _REPEATED] if reply.repeated else [_JSON], reply.body

    async def _caller(self, headers: list[tuple[bytes, bytes]]) -> Caller:
        host = authorization = b""
        for name, value in headers:
            if name == b"host":
                host = value
            elif name == b"authorization":
                authorization = value
        return self._callers.remembered(host, authorization) or await self._callers.find(host, authorization)

    def _front(self, brand: Brand) -> Front:
        found = self._fronts.get(brand.slug)
        if found is None:
            front = Front(brand, self._pool)
            found = self._fronts[brand.slug] = (front, asyncio.get_running_loop().create_task(front.follow()))
        return found[0]

    def _besides(self, path: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        if path == "/healthz":
            return 200, [_JSON], b'{"status":"ok"}'
        if path == "/metrics":
            return 200, [(b"content-type", b"text/plain; version=0.0.4")], generate_latest(METRICS)
        raise _NoSuchThing(f"The charging interface is below {BASE}.")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def close(self) -> None:
        """Answer what is in hand, then let go."""
        for front, following in self._fronts.values():
            following.cancel()
            await front.close()
        self._fronts.clear()
        self._pool.shutdown(wait=False)


class _NoSuchThing(DomainError):
    code = "NOT_FOUND"
    category = Category.NOT_FOUND


class _Away(DomainError):
    code = "UNAVAILABLE"
    category = Category.UNAVAILABLE


class _Broken(DomainError):
    code = "INTERNAL_SERVER_ERROR"


class _TooLarge(BadMessage):
    code = "TOO_LARGE"


def create_app() -> Charging:
    """What `mvne charging` serves."""
    return Charging()


def _request(parts: list[str], body: messages.Body, client: str) -> Request:
    match parts:
        case ["charge"]:
            return messages.charge(body, client)
        case ["sessions"]:
            return messages.start(body, client)
        case ["sessions", session, "update"]:
            return messages.update(_session_id(session), body, client)
        case ["sessions", session, "release"]:
            return messages.release(_session_id(session), body, client)
        case _:
            raise _NoSuchThing(
                f"There is no {BASE}{'/'.join(parts)[:80]}; the guide to online charging lists what there is."
            )


def _session_id(text: str) -> Any:
    found = messages.uuid_of(text)
    if found is None:
        raise _NoSuchThing("A session's name is the UUID that its start was given.")
    return found


async def _read(receive: Receive) -> bytes:
    """The whole body; raises BadMessage for one that is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            break
    if len(body) > MOST_BYTES:
        raise _TooLarge(f"A request is at most {MOST_BYTES} bytes.")
    return body


def _problem(
    status: int, refusal: DomainError, header: tuple[bytes, bytes] | None
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """RFC 9457; `code` is stable, `title` names cause and way out, `field` where it is."""
    said = {"status": status, "title": refusal.message, "code": refusal.code, "field": ".".join(refusal.field) or None}
    return status, [_PROBLEM, header] if header else [_PROBLEM], orjson.dumps(said)
