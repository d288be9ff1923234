"""Refusals as pages for people: a problem document (RFC 9457) in the look of the site, for who asks for HTML."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from mvne_gateway.hosts import Site
from mvne_gateway.site import rendering
from mvne_gateway.site.pages import common, language_of
from mvne_gateway.site.wording import FALLBACK, Voice, voice

# Statuses that have words of their own; all others share some.
_WORDS = {404: "not_found", 503: "away"}
_FAILED = "failed"


def in_their_form(scope: Scope, problem: JSONResponse) -> Response:
    """The problem as it is, or as a page if a browser navigates here. Needs no database, and no further request."""
    request = Request(scope)
    if not _is_navigation(request):
        return problem
    site: Site | None = scope.get("site")
    said: dict[str, Any] = json.loads(bytes(problem.body))
    styles, policy = rendering.self_contained(site)
    status = problem.status_code
    text = rendering.html("error.html", status=status, problem=said, styles=styles, **_words(request, site, status))
    return HTMLResponse(text, status, {**_kept(problem), "Content-Security-Policy": policy})


def _is_navigation(request: Request) -> bool:
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "").lower()


def _words(request: Request, site: Site | None, status: int) -> dict[str, Any]:
    spoken = voice(language_of(request, site.brand)) if site and site.brand else Voice(FALLBACK)
    key = _WORDS.get(status, _FAILED)
    titles = {"title": spoken.say[key], "how": spoken.say[f"{key}_how"]}
    if site is None:
        return {"brand": None, "voice": spoken, "say": spoken.say, "at_home": False, **titles}
    return {**common(site, spoken), "at_home": True, **titles}


def _kept(problem: JSONResponse) -> dict[str, str]:
    """The problem's headers, but for those about its own form."""
    kept = {name: value for name, value in problem.headers.items() if not name.startswith("content-")}
    return {**kept, "cache-control": "no-store", "vary": "Accept"}
