"""The front page of a brand's host, its style sheet, logo and icon."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mvne_gateway.graphql_route import accepted_languages
from mvne_gateway.hosts import Site
from mvne_gateway.site import rendering
from mvne_gateway.site.rendering import Asset
from mvne_gateway.site.shop_window import ShopWindow, shop_window
from mvne_gateway.site.wording import Voice, chosen, own_name, tag, voice
from mvne_platform import access, catalogue
from mvne_platform.kernel import local_date
from mvne_platform.runtime import Brand, BrandState, brand_work, settings

_NO_LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
# A drawing opened by itself, not as an image, must not run or fetch anything either.
_DRAWING_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
# Works as printed, in any shell that knows single quotes.
OFFERINGS_QUERY = "{ offerings(first: 10) { nodes { code name prices { amount { amount currencyCode } } } } }"


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who is visited, and in which language; a brand may offer a language we have no words in."""

    site: Site
    brand: Brand
    wanted: str
    voice: Voice


async def home(request: Request) -> Response:
    """The shop window in the visitor's language: `?lang=`, else the browser's, else the brand's first."""
    visit = _visit(request)
    window, now = await run_in_threadpool(_window, visit, request.scope["request_id"])
    text = rendering.html("home.html", window=window, sandbox=_sandbox(visit, now), **common(visit.site, visit.voice))
    return rendering.page(request, text, **{"Content-Language": visit.voice.tag, "Vary": "Accept-Language"})


async def style(request: Request) -> Response:
    """The style sheet in the site's colours."""
    return rendering.sheet(request.scope["site"]).answer(request)


async def logo(request: Request) -> Response:
    """The brand's logo (SVG)."""
    return _logo(_brand(request.scope["site"])).answer(request, **_DRAWING_POLICY)


async def icon(request: Request) -> Response:
    """The icon of the browser's tab: an initial in the brand's colours (SVG)."""
    return _icon(request.scope["site"]).answer(request, **_DRAWING_POLICY)


def common(site: Site, spoken: Voice) -> dict[str, Any]:
    """What every page of a site may name."""
    brand = site.brand
    light, dark = rendering.schemes(site)
    return {
        "brand": brand,
        "voice": spoken,
        "say": spoken.say,
        "languages": [(one, tag(one), own_name(one)) for one in (brand.languages if brand else ())],
        "legal": brand.profile.get("legal", {}) if brand else {},
        "taxed": bool(brand and brand.profile.get("prices_include_tax", True)),
        "has_logo": bool(brand and brand.profile.get("look", {}).get("logo")),
        "logo_version": _logo(brand).version if brand else "",
        "icon_version": _icon(site).version,
        "style_version": rendering.sheet(site).version,
        "theme_colours": (light.ground, dark.ground),
        "address": access.issuer_url(site.host),
        "offerings_query": OFFERINGS_QUERY,
        "development": settings().development,
    }


def language_of(request: Request, brand: Brand) -> str:
    """The brand's language that the visitor reads best."""
    accepted = accepted_languages(request.headers.get("accept-language", ""))
    return chosen((request.query_params.get("lang", ""), *accepted), brand.languages)


def _visit(request: Request) -> _Visit:
    site: Site = request.scope["site"]
    brand = _brand(site)
    wanted = language_of(request, brand)
    return _Visit(site, brand, wanted, voice(wanted))


def _brand(site: Site) -> Brand:
    if site.brand is None:
        raise LookupError("the console has no brand")
    return site.brand


def _window(visit: _Visit, request_id: str) -> tuple[ShopWindow, datetime]:
    with brand_work(visit.brand.slug, access.ANYONE, request_id) as ctx:
        window = shop_window(
            catalogue.sellable(ctx),
            catalogue.zone_names(ctx),
            visit.voice,
            wanted=visit.wanted,
            first_language=visit.brand.language,
            currency=visit.brand.currency,
        )
        return window, ctx.now


def _sandbox(visit: _Visit, now: datetime) -> tuple[str, str] | None:
    """A sandbox's date, for programs and for people; None for a brand that is no sandbox."""
    if visit.brand.state is not BrandState.SANDBOX:
        return None
    day = local_date(now, visit.brand.time_zone)
    return day.isoformat(), format_date(day, "long", locale=visit.voice.locale)


def _logo(brand: Brand) -> Asset:
    return Asset(brand.profile.get("look", {}).get("logo") or _NO_LOGO, "image/svg+xml")


def _icon(site: Site) -> Asset:
    light, _ = rendering.schemes(site)
    initial = site.brand.name.strip()[:1].upper() if site.brand else "M"
    return Asset(rendering.html("icon.svg", scheme=light, initial=initial), "image/svg+xml")
