"""Brands: what they are, how far they are, where their clocks stand."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

import mvne_tenants
from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Page, connect, slice_of
from mvne_graphql.scalars import CountryCode, CurrencyCode, LanguageCode
from mvne_graphql.types.brands import BrandState
from mvne_graphql.types.onboarding import BrandApplication
from mvne_platform.runtime.tenancy import UnknownBrand
from mvne_tenants.permissions import READ


@strawberry.type(description="A point of the checklist before a brand goes live.")
class ReadinessPoint:
    """Met, or what is missing."""

    code: str = strawberry.field(description="The point, for programs.")
    is_met: bool = strawberry.field(description="Whether it is met.")
    missing: str | None = strawberry.field(description="What is missing, and where to add it.")

    @classmethod
    def of(cls, point: mvne_tenants.Point) -> Self:
        """The point."""
        return cls(code=point.code, is_met=point.met, missing=None if point.met else point.missing)


@strawberry.type(description="A brand's clock. A sandbox's stands still until it is moved.")
class BrandClock:
    """Real time for a live brand."""

    now: datetime = strawberry.field(description="What it shows.")
    is_frozen: bool = strawberry.field(description="Whether it stands still: the brand is a sandbox.")
    moving_to: datetime | None = strawberry.field(
        description="Where it is on its way to; it stops at every timer and waits for what that sets off."
    )


@strawberry.type(description="A brand.")
class Brand:
    """From the registry."""

    slug: str = strawberry.field(description="The brand's name for programs; what to send as X-Brand.")
    name: str = strawberry.field(description="The brand's name for people.")
    state: BrandState = strawberry.field(description="Where it stands.")
    country: CountryCode = strawberry.field(description="Where it sells.")
    currency: CurrencyCode = strawberry.field(description="The currency of its prices.")
    time_zone: str = strawberry.field(description="Where its days and months begin (IANA name).")
    languages: list[LanguageCode] = strawberry.field(description="The languages of its texts.")
    hosts: list[str] = strawberry.field(description="The host names it answers on.")
    clock: BrandClock = strawberry.field(description="Its clock.")
    created_at: datetime = strawberry.field(description="Since when it is registered.")

    @resolved("What it still needs before it can go live, point by point.", cost=20)
    def readiness(self, info: Info) -> list[ReadinessPoint]:
        """The checklist."""
        points = mvne_tenants.readiness(self.slug, actor=info.context.actor_at(self.slug))
        return [ReadinessPoint.of(point) for point in points]

    @resolved("The manifests that were handed in for it, newest first.")
    def applications(self, info: Info, first: First = None, after: After = None) -> Connection[BrandApplication]:
        """Read by keyset."""
        context, page = info.context, Page.of(first, after)
        rows = mvne_tenants.applications_of(
            context.platform,
            self.slug,
            actor=context.actor_at(self.slug),
            first=page.fetch,
            before=page.after_id,
        )
        return connect(rows, page, BrandApplication.of)

    @classmethod
    def of(cls, view: mvne_tenants.BrandView) -> Self:
        """The brand."""
        brand = view.brand
        return cls(
            slug=brand.slug,
            name=brand.name,
            state=BrandState(brand.state),
            country=CountryCode(brand.country),
            currency=CurrencyCode(brand.currency),
            time_zone=brand.time_zone,
            languages=[LanguageCode(each) for each in brand.languages],
            hosts=list(view.hosts),
            clock=BrandClock(now=brand.now(), is_frozen=brand.clock_at is not None, moving_to=view.clock_target),
            created_at=view.created_at,
        )


@strawberry.type
class BrandQueries:
    """Root fields; they need no X-Brand."""

    @resolved("The brands granted, by name.", cost=5)
    def brands(self, info: Info, first: First = None, after: After = None) -> Connection[Brand]:
        """Those at which the member may read about the brand: hundreds at most, read whole."""
        context, page = info.context, Page.of(first, after)
        views = mvne_tenants.brand_views(context.platform, actor_at=context.actor_at)
        shown = slice_of(views, page, _place)
        return connect(shown, page, Brand.of, key=_place, count=lambda: len(views))

    @resolved("One of the brands granted; null if it is none of them.")
    def brand(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="The brand's name for programs.")]
    ) -> Brand | None:
        """By slug."""
        return granted_brand(info.context, slug)


def granted_brand(context: RequestContext, slug: str) -> Brand | None:
    """The brand, if it is granted; whether another exists is not said."""
    actor = context.actor_at(slug)
    if not actor.may(READ):
        return None
    try:
        return Brand.of(mvne_tenants.brand_view(context.platform, slug, actor=actor))
    except UnknownBrand:
        return None


def _place(view: mvne_tenants.BrandView) -> str:
    return view.brand.slug
