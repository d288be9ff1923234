"""Finding customers and subscriptions, at one brand or at all that are granted."""

from typing import Annotated

import strawberry
from sqlalchemy.exc import DBAPIError

import mvne_tenants
from mvne_graphql.console.search import FoundBy, Hit, find_customers, holders_of
from mvne_graphql.context import Info, RequestContext
from mvne_graphql.errors import database_is_away
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Page, connect, global_id, slice_of
from mvne_graphql.types.customers import Customer, Subscription
from mvne_platform import party
from mvne_platform.party import permissions
from mvne_platform.runtime import BrandState, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.telemetry import logger

FOUND_PER_BRAND = 10
log = logger(__name__)
SEARCH = strawberry.argument(
    description="How a name, an e-mail address or a phone number begins; or the whole number of a customer, a line "
    "(also its IMSI or ICCID), an order or an invoice. Two characters at least."
)


@strawberry.type(description="A customer found at one of the brands granted.")
class CustomerHit:
    """Enough to choose; ask for the customer itself with `X-Brand`."""

    brand: str = strawberry.field(description="Where; send it as X-Brand.")
    customer_id: strawberry.ID = strawberry.field(description="The customer's id at that brand.")
    number: str = strawberry.field(description="The customer's number.")
    name: str = strawberry.field(description="Given and family name.")
    organization: str | None = strawberry.field(description="The organisation's name.")
    email: str = strawberry.field(description="The e-mail address.")
    found_by: FoundBy = strawberry.field(description="By what it was found.")

    @classmethod
    def of(cls, slug: str, hit: Hit) -> "CustomerHit":
        """A hit at a brand."""
        row = hit.customer
        return cls(
            brand=slug,
            customer_id=global_id("Customer", row.id),
            number=row.number,
            name=f"{row.given_name} {row.family_name}",
            organization=row.organization,
            email=row.email,
            found_by=hit.found_by,
        )


@strawberry.type(description="What a search at every brand found.")
class CustomerSearch:
    """One brand that cannot be searched does not spoil the others."""

    hits: list[CustomerHit] = strawberry.field(description="The customers found, by brand.")
    not_searched: list[str] = strawberry.field(
        description="Brands that could not be searched just now, such as one that is being made."
    )


@strawberry.type
class CustomerQueries:
    """Root fields."""

    @resolved("Customers of the brand: all of them, newest first; or those a search finds, at most 100.", cost=3)
    def customers(
        self,
        info: Info,
        search: Annotated[str | None, SEARCH] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Customer]:
        """All are read by keyset; what a search finds is read whole."""
        ctx, page = info.context.ctx, Page.of(first, after)
        if search is None:
            return connect(party.customers(ctx, first=page.fetch, before=page.after_id), page, Customer.of)
        rows = [hit.customer for hit in find_customers(ctx, search)]
        return connect(slice_of(rows, page), page, Customer.of, count=lambda: len(rows))

    @resolved("Customers of every brand granted, the first ten of each. Needs no X-Brand.", cost=50)
    def customers_everywhere(self, info: Info, search: Annotated[str, SEARCH]) -> CustomerSearch:
        """One short transaction per brand, each with the grants held there."""
        context = info.context
        slugs = _searchable(context)
        if not slugs:
            raise PermissionMissing(f"This needs the permission '{permissions.READ}' at one brand at least.")
        found = {slug: _hits(context, slug, search) for slug in slugs}
        return CustomerSearch(
            hits=[hit for hits in found.values() if hits is not None for hit in hits],
            not_searched=[slug for slug, hits in found.items() if hits is None],
        )

    @resolved("Subscriptions that hold or held a number, IMSI, ICCID or account, the latest first; at most 100.")
    def subscriptions(
        self,
        info: Info,
        identifier: Annotated[str, strawberry.argument(description="The whole number, IMSI, ICCID or account.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Subscription]:
        """By the installed base's own index."""
        page = Page.of(first, after)
        rows = holders_of(info.context.ctx, identifier)
        return connect(slice_of(rows, page), page, Subscription.of, count=lambda: len(rows))


def _searchable(context: RequestContext) -> list[str]:
    views = mvne_tenants.brand_views(context.platform, actor_at=context.actor_at)
    brands = [view.brand for view in views if view.brand.state is not BrandState.CLOSED]
    return [brand.slug for brand in brands if context.actor_at(brand.slug).may(permissions.READ)]


def _hits(context: RequestContext, slug: str, search: str) -> list[CustomerHit] | None:
    """What a brand's search finds; None when its schema is not in order, because it is just being made, say."""
    try:
        with brand_work(slug, context.actor_at(slug), context.request_id) as ctx:
            return [CustomerHit.of(slug, hit) for hit in find_customers(ctx, search, FOUND_PER_BRAND)]
    except DBAPIError as error:
        if database_is_away(error):
            raise
        log.warning("a brand could not be searched", brand=slug, exc_info=error)
        return None
