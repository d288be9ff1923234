"""The OAuth 2 endpoints of a brand's host, and the public keys of any host."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from mvne_gateway.callers import Callers
from mvne_gateway.hosts import Site
from mvne_platform import access
from mvne_platform.runtime import brand_work, platform_work, settings

_NEVER_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_KEPT_A_WHILE = {"Cache-Control": "public, max-age=300"}


class OAuthRoutes:
    """Token, revocation, keys, metadata."""

    def __init__(self, callers: Callers) -> None:
        self._ring = callers.ring

    async def token(self, request: Request) -> JSONResponse:
        """`POST /oauth/token` (RFC 6749 §4.4)."""
        return await self._form(request, access.token_response)

    async def revoke(self, request: Request) -> JSONResponse:
        """`POST /oauth/revoke` (RFC 7009)."""
        return await self._form(request, access.revocation_response)

    async def keys(self, request: Request) -> JSONResponse:
        """The host's public keys (RFC 7517)."""
        site: Site = request.scope["site"]

        def read() -> dict[str, Any]:
            with platform_work() as db:
                return access.published_keys(db, site.host)

        return JSONResponse(await run_in_threadpool(read), headers=_KEPT_A_WHILE)

    async def metadata(self, request: Request) -> JSONResponse:
        """What this authorization server can do (RFC 8414)."""
        site: Site = request.scope["site"]
        return JSONResponse(access.metadata(site.host), headers=_KEPT_A_WHILE)

    async def _form(self, request: Request, respond: Any) -> JSONResponse:
        if not is_secure(request):
            return _invalid("Send credentials by https only.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return _invalid("Send the parameters as application/x-www-form-urlencoded.")
        try:
            pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError:
            return _invalid("The form cannot be read.")
        fields = dict(pairs)
        if len(fields) < len(pairs):
            return _invalid("A parameter was sent more than once.")  # RFC 6749 §3.2
        site: Site = request.scope["site"]
        form = access.Form({"Authorization": request.headers.get("authorization", "")}, fields)
        status, body, headers = await run_in_threadpool(self._respond, respond, site, form)
        return JSONResponse(body, status, {**dict(headers), **_NEVER_STORED})

    def _respond(self, respond: Any, site: Site, form: access.Form) -> Any:
        if site.brand is None:
            raise LookupError("the console has no OAuth clients")
        with brand_work(site.brand.slug) as ctx, platform_work() as platform:
            return respond(access.Stores(ctx.db, platform, self._ring, site.host), form)


def is_secure(request: Request) -> bool:
    """Whether credentials may be sent: by https (said by the proxy); in development also within this machine."""
    if request.url.scheme == "https":
        return True
    return settings().development and request.url.hostname is not None and _is_this_machine(request.url.hostname)


def _is_this_machine(host: str) -> bool:
    """`localhost` and all below it never leave the machine (RFC 6761 §6.3)."""
    return host == "localhost" or host.endswith(".localhost")


def _invalid(description: str) -> JSONResponse:
    return JSONResponse({"error": "invalid_request", "error_description": description}, 400, _NEVER_STORED)
