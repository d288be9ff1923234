"""The front page of the console's host, until the web console comes. It knows no brand."""

from starlette.requests import Request
from starlette.responses import Response

from mvne_gateway.hosts import Site
from mvne_gateway.site import rendering
from mvne_gateway.site.pages import common
from mvne_gateway.site.wording import FALLBACK, voice

# What each of the probes tells; they answer on every host.
PROBES = {
    "/healthz": "The process is alive.",
    "/readyz": "It can serve: the database answers and its schema is the newest. If not, the reasons.",
    "/metrics": "What it counts, for Prometheus.",
}
ME_QUERY = "{ me { name brands { slug roles } } }"


async def home(request: Request) -> Response:
    """How staff sign in and ask, and where the probes are."""
    site: Site = request.scope["site"]
    text = rendering.html("console.html", probes=PROBES, me_query=ME_QUERY, **common(site, voice(FALLBACK)))
    return rendering.page(request, text, **{"Content-Language": FALLBACK})
