"""`/graphql` of both schemas: HTTP to operation, a thread, and back."""

import asyncio
from functools import partial

from prometheus_client import Histogram
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.http.ides import get_graphql_ide_html

from mvne_gateway.callers import BrandNotGranted, Caller, Callers, NotSignedIn
from mvne_gateway.hosts import Site
from mvne_gateway.threads import Overloaded, Threads
from mvne_graphql.context import RequestContext
from mvne_graphql.endpoint import Endpoint, away
from mvne_graphql.errors import MASKED, Code, Refused, database_is_away
from mvne_graphql.transport import Answer, Posed, answered, media_type, read_get, read_post, refused
from mvne_platform.access import Audience
from mvne_platform.runtime import settings
from mvne_platform.runtime.telemetry import METRICS, logger

log = logger(__name__)
SECONDS = Histogram(
    "mvne_graphql_seconds", "Time to answer an operation, waiting included.", ["schema"], registry=METRICS
)
# GraphiQL's page loads its scripts from where Strawberry's template says; only here, and only in development.
_GRAPHIQL_POLICY = (
    "default-src 'self' https://unpkg.com 'unsafe-inline' 'unsafe-eval' data:; frame-ancestors 'none'; base-uri 'none'"
)


class GraphQLRoute:
    """One endpoint behind HTTP."""

    def __init__(self, endpoint: Endpoint, audience: Audience, callers: Callers, threads: Threads) -> None:
        self._endpoint = endpoint
        self._audience = audience
        self._callers = callers
        self._threads = threads

    async def answer(self, request: Request) -> Response:
        """Answer GET and POST."""
        if _wants_graphiql(request):
            page = get_graphql_ide_html(graphql_ide="graphiql")
            return HTMLResponse(page, headers={"Content-Security-Policy": _GRAPHIQL_POLICY})
        with SECONDS.labels(self._audience.value).time():
            given = await self._answer(request)
        return Response(given.body, given.status, given.headers)

    async def _answer(self, request: Request) -> Answer:
        try:
            kind = media_type(request.headers.get("accept"))
        except Refused as refusal:
            return refused("application/json", refusal)
        try:
            posed = await _read(request)
            content = await self._threads.run(partial(self._in_thread, request, posed))
            return answered(kind, content)
        except Refused as refusal:
            return refused(kind, refusal)
        except Overloaded:
            message = "Too many operations are waiting. Try again in a moment."
            return refused(kind, Refused(503, Code.UNAVAILABLE, message, headers={"Retry-After": "1"}))

    def _in_thread(self, request: Request, posed: Posed, loop: asyncio.AbstractEventLoop) -> dict[str, object]:
        site: Site = request.scope["site"]
        try:
            caller = self._caller(request, site)
            context = self._context(request, caller, loop)
            return self._endpoint.answer(posed, _payer(request, site, caller), context)
        except NotSignedIn as error:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise Refused(401, Code.UNAUTHENTICATED, error.message, headers=challenge) from error
        except BrandNotGranted as error:
            raise Refused(403, Code.FORBIDDEN, error.message) from error
        except Refused:
            raise
        except Exception as error:
            if database_is_away(error):
                raise away() from error
            log.exception("an operation failed outside its resolvers")
            raise Refused(
                500, Code.INTERNAL_SERVER_ERROR, MASKED, correlation_id=request.scope["request_id"]
            ) from error

    def _caller(self, request: Request, site: Site) -> Caller:
        authorization = request.headers.get("authorization")
        if site.brand is not None:
            return self._callers.at_storefront(authorization, site.host, site.brand.slug)
        return self._callers.at_console(authorization, site.host, request.headers.get("x-brand"))

    def _context(self, request: Request, caller: Caller, loop: asyncio.AbstractEventLoop) -> RequestContext:
        return RequestContext(
            endpoint=self._audience,
            brand=caller.brand,
            actor=caller.actor,
            request_id=request.scope["request_id"],
            loop=loop,
            member=caller.member,
            known=request.scope["site"].brand,
            languages=accepted_languages(request.headers.get("accept-language", "")),
            idempotency_key=request.headers.get("idempotency-key"),
        )


async def _read(request: Request) -> Posed:
    if request.method == "GET":
        return read_get(request.query_params)
    return read_post(request.headers.get("content-type"), await request.body())


def _payer(request: Request, site: Site, caller: Caller) -> str:
    """Whose budget pays: the client or member of staff, at this site; without a token the address it comes from."""
    who = caller.actor.id or (request.client.host if request.client else "")
    return f"{site.host}/{caller.brand or ''}/{who}"


def _wants_graphiql(request: Request) -> bool:
    return (
        request.method == "GET"
        and settings().development
        and "query" not in request.query_params
        and "text/html" in request.headers.get("accept", "")
    )


def accepted_languages(header: str) -> tuple[str, ...]:
    """Language tags of an Accept-Language header in lower case, the most wanted first (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            wanted.append((-quality, tag.strip().lower()))
    return tuple(tag for _, tag in sorted(wanted, key=lambda one: one[0]))
