"""Templates, the style sheet with its fingerprint, and answers that a browser may keep."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mvne_gateway.hosts import Site
from mvne_gateway.site.colours import Scheme, light_and_dark

KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a page; `version` in its address changes with its content."""

    content: str
    media_type: str

    @property
    def version(self) -> str:
        """A fingerprint of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:16]

    def answer(self, request: Request, **headers: str) -> Response:
        """Kept for good under the address with this version, asked for again under any other."""
        current = request.query_params.get("v") == self.version
        keeping = {"Cache-Control": KEPT_FOR_GOOD if current else ASKED_AGAIN}
        return _unless_known(request, Response(self.content, media_type=self.media_type, headers=keeping | headers))


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def html(template: str, **values: Any) -> str:
    """A page's text; everything put into it is escaped."""
    return _templates().get_template(template).render(values)


def page(request: Request, text: str, **headers: str) -> Response:
    """A page that browsers ask for again each time, and get only when it has changed."""
    return _unless_known(request, HTMLResponse(text, headers={"Cache-Control": ASKED_AGAIN} | headers))


def sheet(site: Site | None) -> Asset:
    """The style sheet with the site's colours; the platform's own where there is no brand."""
    look = site.brand.profile.get("look", {}) if site and site.brand else {}
    return _sheet(str(look.get("primary", "")), str(look.get("accent", "")))


def schemes(site: Site) -> tuple[Scheme, Scheme]:
    """The site's colours, light and dark."""
    look = site.brand.profile.get("look", {}) if site.brand else {}
    return light_and_dark(str(look.get("primary", "")), str(look.get("accent", "")))


@lru_cache(maxsize=1024)
def _sheet(primary: str, accent: str) -> Asset:
    light, dark = light_and_dark(primary, accent)
    return Asset(html("site.css", light=light, dark=dark), "text/css")


def self_contained(site: Site | None) -> tuple[Markup, str]:
    """The style sheet to stand inside a page that nothing can be fetched for, and the policy that allows just this."""
    content = sheet(site).content
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # Our own file with checked colours in it: nothing of it comes from a brand or a visitor.
    return Markup(content), f"{policy}; frame-ancestors 'none'"  # noqa: S704


def _unless_known(request: Request, response: Response) -> Response:
    """The response with its fingerprint, or 304 if the browser has it already (RFC 9110 §13.1.2)."""
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    response.headers["ETag"] = tag
    if tag not in known:
        return response
    kept = {name: response.headers[name] for name in ("ETag", "Cache-Control", "Vary") if name in response.headers}
    return Response(status_code=304, headers=kept)
