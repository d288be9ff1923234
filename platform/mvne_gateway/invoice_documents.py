"""`GET /documents/invoices/<id>.pdf`: an invoice as it was issued, for whoever may read invoices."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from mvne_gateway.callers import Caller, Callers, NotSignedIn
from mvne_gateway.hosts import Site
from mvne_gateway.responses import not_signed_in, problem
from mvne_graphql.relay import key_of
from mvne_platform import billing
from mvne_platform.runtime import ActorKind, brand_work


class InvoiceDocuments:
    """The download, at a brand's host by client token, at the console by staff token and `X-Brand`."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def pdf(self, request: Request) -> Response:
        """The PDF; 404 for an invoice that is not this brand's."""
        try:
            number, path = await run_in_threadpool(self._find, request)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        if not path.exists():
            return problem(503, "The document is not on this machine's disk.", "UNAVAILABLE", {"Retry-After": "60"})
        headers = {"Cache-Control": "private, no-store"}
        return FileResponse(path, media_type="application/pdf", filename=f"{number}.pdf", headers=headers)

    def _find(self, request: Request) -> tuple[str, Path]:
        caller = self._caller(request)
        if caller.actor.kind is ActorKind.PUBLIC or caller.brand is None:
            raise NotSignedIn("Send a token as `Authorization: Bearer …`, and at the console the header X-Brand.")
        invoice_id = key_of(request.path_params["invoice_id"], "Invoice")
        with brand_work(caller.brand, caller.actor, request.scope["request_id"]) as ctx:
            return billing.invoice(ctx, invoice_id).number, billing.document(ctx, invoice_id)

    def _caller(self, request: Request) -> Caller:
        site: Site = request.scope["site"]
        authorization = request.headers.get("authorization")
        if site.brand is not None:
            return self._callers.at_storefront(authorization, site.host, site.brand.slug)
        return self._callers.at_console(authorization, site.host, request.headers.get("x-brand"))
