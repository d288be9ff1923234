"""What the HTTP simulators share: bearer token, bounded JSON bodies, one shape of error, pages of a list."""

import json
import re
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mvne_simulators.identifiers import ClientId

MAX_BODY_BYTES = 64 * 1024
DEFAULT_PAGE, MAX_PAGE = 50, 500
_SIZE = re.compile(r"[1-9][0-9]{0,3}")


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Body = TypeVar("_Body", bound=Body)
_CLIENT_ID = TypeAdapter(ClientId)


class Refusal(Exception):
    """An answer that is an error: `code` is stable, `retryable` says whether the same request may succeed later."""

    def __init__(self, status: int, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retryable = status, code, message, retryable

    @property
    def error(self) -> dict[str, object]:
        """The error as it stands in the answer."""
        return {"code": self.code, "message": self.message, "retryable": self.retryable}

    def response(self) -> JSONResponse:
        """The whole answer."""
        headers = {"Retry-After": "1"} if self.retryable else None
        return JSONResponse({"error": self.error}, self.status, headers)


class NoAnswer(Response):
    """Hangs up instead of answering: the client cannot know whether the work was done."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Abort the connection, which `serving.Protocol` put within reach."""
        hang_up = scope.get("state", {}).get("hang_up")
        if hang_up is None:
            raise ConnectionAbortedError("no answer: there is no connection to close in process")
        hang_up()
        while (await receive())["type"] != "http.disconnect":
            continue


class BearerToken:
    """Refuses every request without the token, apart from the open paths."""

    def __init__(self, app: ASGIApp, token: str, open_paths: frozenset[str]) -> None:
        self._app, self._expected, self._open_paths = app, f"Bearer {token}".encode(), open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        if scope["type"] != "http" or scope["path"] in self._open_paths or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        refusal = Refusal(401, "unauthorized", "Send the header Authorization: Bearer <token>.").response()
        refusal.headers["WWW-Authenticate"] = "Bearer"
        await refusal(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        given = Headers(scope=scope).get("authorization", "").encode()
        return secrets.compare_digest(given, self._expected)


class Lifespan(Protocol):
    """What runs as long as the application does."""

    def __call__(self, app: Starlette, /) -> AbstractAsyncContextManager[None]:
        """Enter at start, leave at the stop."""


def application(
    routes: Sequence[BaseRoute], *, token: str, lifespan: Lifespan, open_paths: frozenset[str] = frozenset()
) -> Starlette:
    """An ASGI application with the manners common to all simulators."""
    return Starlette(
        routes=[Route("/healthz", _health), *routes],
        lifespan=lifespan,
        max_body_size=MAX_BODY_BYTES,
        middleware=[Middleware(BearerToken, token=token, open_paths=open_paths | {"/healthz"})],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _refused_by_router,
            sqlite3.OperationalError: _storage_failed,
            ClientDisconnect: _nobody_listens,
        },
    )


async def read(request: Request, model: type[_Body]) -> _Body:
    """The request's JSON body as `model`.

    Raises Refusal 422 `invalid`, whose message names the first wrong field.
    """
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise Refusal(422, "invalid", f"{field}: {first['msg']}") from invalid


def path_id(request: Request, name: str) -> str:
    """An identifier the client chose and put into the path.

    Raises Refusal 422 `invalid`.
    """
    try:
        return _CLIENT_ID.validate_python(request.path_params[name])
    except ValidationError as invalid:
        raise Refusal(422, "invalid", f"{name}: 1 to 100 letters, digits or any of . _ : = -") from invalid


@dataclass(frozen=True)
class Page:
    """Which part of a list the client wants: `first` items after the cursor `after`."""

    first: int
    after: str | None


def page(request: Request) -> Page:
    """Read `first` (1 to 500, 50 when absent) and `after` from the query.

    Raises Refusal 422 `invalid`.
    """
    first = request.query_params.get("first", str(DEFAULT_PAGE))
    if not _SIZE.fullmatch(first) or int(first) > MAX_PAGE:
        raise Refusal(422, "invalid", f"first: a number from 1 to {MAX_PAGE}")
    return Page(int(first), request.query_params.get("after"))


def require_same(kept: str, sent: Body) -> None:
    """Refuse an identifier that comes back with another body: Refusal 409 `id_reused`."""
    if json.loads(kept) != sent.model_dump(mode="json", by_alias=True):
        raise Refusal(409, "id_reused", "This id was used with another body. Take a new id for a new request.")


def stored(sent: Body) -> str:
    """The body as `require_same` compares it later."""
    return sent.model_dump_json(by_alias=True)


def rfc3339(timestamp: float) -> str:
    """Seconds since the epoch as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _refused(_request: Request, refusal: Exception) -> Response:
    return cast("Refusal", refusal).response()


async def _refused_by_router(_request: Request, failure: Exception) -> Response:
    refusal = cast("HTTPException", failure)
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(refusal.status_code, "invalid")
    answer = Refusal(refusal.status_code, code, str(refusal.detail)).response()
    answer.headers.update(refusal.headers or {})
    return answer


async def _storage_failed(_request: Request, failure: Exception) -> Response:
    return Refusal(503, "storage_failed", f"The state file cannot be written: {failure}", retryable=True).response()


async def _nobody_listens(_request: Request, _disconnect: Exception) -> Response:
    return Response(status_code=499)
