"""The web application: `uvicorn mvne_gateway.app:create_app --factory`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from mvne_gateway import edge_settings, health, usage_downloads, usage_files, usage_push
from mvne_gateway.callers import Callers
from mvne_gateway.edge_settings import EdgeSettings
from mvne_gateway.graphql_route import GraphQLRoute
from mvne_gateway.hosts import Hosts
from mvne_gateway.invoice_documents import InvoiceDocuments
from mvne_gateway.middleware import Failures, RequestLog, SafeHeaders, SiteByHost
from mvne_gateway.oauth_routes import OAuthRoutes
from mvne_gateway.responses import problem
from mvne_gateway.sign_in import SignIn
from mvne_gateway.site import console_pages, error_pages, pages
from mvne_gateway.threads import Threads
from mvne_gateway.usage_downloads import UsageDownloads
from mvne_gateway.usage_files import UsageFiles
from mvne_gateway.usage_push import UsagePush
from mvne_graphql.budget import Budget
from mvne_graphql.console.schema import schema as console_schema
from mvne_graphql.endpoint import Endpoint
from mvne_graphql.storefront.schema import schema as storefront_schema
from mvne_platform.access import Audience

_PROBES = (
    Route("/healthz", health.healthz),
    Route("/readyz", health.readyz),
    Route("/metrics", health.metrics),
)


def create_app(chosen: EdgeSettings | None = None) -> Starlette:
    """The application of one web process. Nothing is read from the database before the first request."""
    edge = chosen or edge_settings.from_environment()
    callers, threads = Callers(), Threads(edge.threads, edge.waiting)
    sign_in = SignIn(callers)
    budget = Budget(per_second=edge.cost_per_second, capacity=edge.cost_capacity)
    storefront = Endpoint(storefront_schema, budget, sign_in_first=False)
    console = Endpoint(console_schema, budget, sign_in_first=True)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        threads.close()
        sign_in.close()

    app = Starlette(
        routes=_PROBES,
        lifespan=lifespan,
        max_body_size=edge.body_bytes,
        exception_handlers={HTTPException: _http_refusal},
        middleware=[
            Middleware(RequestLog),
            Middleware(SafeHeaders),
            Middleware(Failures),
            Middleware(SiteByHost, hosts=Hosts(), any_host=health.PATHS),
        ],
    )
    app.router.default = _BySite(
        brand=_brand_routes(GraphQLRoute(storefront, Audience.STOREFRONT, callers, threads), callers, edge),
        console=_console_routes(GraphQLRoute(console, Audience.CONSOLE, callers, threads), callers, sign_in, edge),
    )
    return app


class _BySite:
    """Hands a request to the routes of its host's site."""

    def __init__(self, *, brand: Sequence[BaseRoute], console: Sequence[BaseRoute]) -> None:
        self._brand, self._console = Router(brand), Router(console)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await (self._console if scope["site"].is_console else self._brand)(scope, receive, send)


def _brand_routes(graphql: GraphQLRoute, callers: Callers, edge: EdgeSettings) -> list[BaseRoute]:
    oauth, pushed = OAuthRoutes(callers), UsagePush(callers)
    return [
        Route("/graphql", graphql.answer, methods=["GET", "POST"]),
        Route("/", pages.home),
        Route("/style.css", pages.style),
        Route("/logo.svg", pages.logo),
        Route("/icon.svg", pages.icon),
        Route("/oauth/token", oauth.token, methods=["POST"]),
        Route("/oauth/revoke", oauth.revoke, methods=["POST"]),
        Route("/.well-known/jwks.json", oauth.keys),
        Route("/.well-known/oauth-authorization-server", oauth.metadata),
        Route("/documents/invoices/{invoice_id}.pdf", InvoiceDocuments(callers).pdf),
        Route(usage_downloads.PATH, UsageDownloads(callers).csv),
        Route(usage_push.PATH, pushed.push, methods=["POST"], max_body_size=edge.usage_file_bytes),
        Route(usage_push.REPORT_PATH, pushed.report),
    ]


def _console_routes(graphql: GraphQLRoute, callers: Callers, sign_in: SignIn, edge: EdgeSettings) -> list[BaseRoute]:
    oauth, files = OAuthRoutes(callers), UsageFiles(callers)
    return [
        Route("/graphql", graphql.answer, methods=["GET", "POST"], max_body_size=edge.console_bytes),
        Route("/", console_pages.home),
        Route("/style.css", pages.style),
        Route("/icon.svg", pages.icon),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Route("/.well-known/jwks.json", oauth.keys),
        Route(usage_files.PATH, files.upload, methods=["POST"], max_body_size=edge.usage_file_bytes),
        Route(usage_files.REPORT_PATH, files.report),
        Route("/documents/invoices/{invoice_id}.pdf", InvoiceDocuments(callers).pdf),
        Route(usage_downloads.PATH, UsageDownloads(callers).csv),
    ]


def _http_refusal(request: Request, error: Exception) -> Response:
    """What the router itself refuses: no such path, another method, too large a body."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    return error_pages.in_their_form(
        request.scope, problem(error.status_code, str(error.detail), f"HTTP_{error.status_code}", headers)
    )
