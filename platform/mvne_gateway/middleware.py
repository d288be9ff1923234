"""What every request passes: an id, a log line, safe headers, a site, and no raw failure. Pure ASGI."""

import re
import time

import structlog
from prometheus_client import Counter, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mvne_gateway.hosts import Hosts, Site, host_name
from mvne_gateway.responses import database_away, problem, refusal
from mvne_gateway.site import error_pages
from mvne_graphql.errors import MASKED, database_is_away
from mvne_platform.kernel import DomainError, uuid7
from mvne_platform.runtime.telemetry import METRICS, logger

log = logger("mvne.access")
REQUESTS = Counter("mvne_http_requests", "Requests answered.", ["site", "route", "method", "status"], registry=METRICS)
SECONDS = Histogram("mvne_http_seconds", "Time to answer a request.", ["site", "route"], registry=METRICS)
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"}
_GIVEN_ID = re.compile(r"[\w-]{8,64}")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class RequestLog:
    """Gives each request an id, and writes one line and two metrics when it is answered. Never the query string."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and watch the answer go by."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        scope["request_id"] = request_id = given if _GIVEN_ID.fullmatch(given) else uuid7().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 500
        started = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            _record(scope, headers, status, time.perf_counter() - started)


def _record(scope: Scope, headers: Headers, status: int, seconds: float) -> None:
    site: Site | None = scope.get("site")
    kind = "none" if site is None else "console" if site.is_console else "brand"
    # Starlette leaves the matched route's pattern; what matched nothing shares one label.
    route = getattr(scope.get("route"), "path", "unmatched")
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    REQUESTS.labels(kind, route, method, str(status)).inc()
    SECONDS.labels(kind, route).observe(seconds)
    log.info(
        "request",
        method=method,
        path=scope["path"],
        status=status,
        milliseconds=round(seconds * 1000, 1),
        brand=site.brand.slug if site and site.brand else headers.get("x-brand", "")[:40] or None,
        site=kind,
        client=scope["client"][0] if scope.get("client") else None,
    )


class SafeHeaders:
    """Headers that make browsers careful; a page may set a policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add what the answer lacks."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, answer)


class SiteByHost:
    """Finds the site of the request's host; a host nobody answers on is told so. Probes work on any host."""

    def __init__(self, app: ASGIApp, hosts: Hosts, any_host: frozenset[str]) -> None:
        self.app, self.hosts, self.any_host = app, hosts, any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set `scope["site"]` and pass on."""
        if scope["type"] != "http" or scope["path"] in self.any_host:
            await self.app(scope, receive, send)
            return
        host = host_name(Headers(scope=scope).get("host", ""))
        known, site = self.hosts.remembered(host)
        if not known:
            site = await run_in_threadpool(self.hosts.find, host)
        if site is None:
            await error_pages.in_their_form(scope, _nobody(host))(scope, receive, send)
            return
        scope["site"] = site
        structlog.contextvars.bind_contextvars(site=site.host)
        await self.app(scope, receive, send)


def _nobody(host: str) -> JSONResponse:
    return problem(
        404,
        f"Nobody answers on '{host[:100]}'.",
        "UNKNOWN_HOST",
        detail="Each brand has a host of its own, and staff have the console's; `mvne tenant list` names them. "
        "Is the name right, and does the proxy pass on the Host header?",
    )


class Failures:
    """Turns what nobody caught into an answer: refusals in their own words, a lost database as 503, bugs masked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer for what is raised before the answer began."""
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if began:
                raise
            answer = _failure(error, scope.get("request_id", ""))
            await error_pages.in_their_form(scope, answer)(scope, receive, send)


def _failure(error: Exception, request_id: str) -> JSONResponse:
    if isinstance(error, DomainError):
        return refusal(error)
    if database_is_away(error):
        log.warning("the database is away", error=str(error))
        return database_away()
    log.error("a request failed", exc_info=error)
    return problem(500, MASKED, "INTERNAL_SERVER_ERROR", correlationId=request_id)
