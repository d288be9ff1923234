"""What is sold."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.relay import After, Connection, First, Page, connect, slice_of
from mvne_graphql.types.catalogue import Offering, OfferingKind
from mvne_platform import catalogue
from mvne_platform.catalogue import permissions


def find_offering(context: RequestContext, key: UUID) -> Offering:
    """Any version of an offering."""
    context.ctx.require(permissions.READ)
    return Offering.of(catalogue.offering_view(context.ctx, key), context)


@strawberry.type
class OfferingQueries:
    """Root fields; no token is needed."""

    @resolved("What the brand sells, in the order it is shown. No token is needed.")
    def offerings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        kind: Annotated[OfferingKind | None, strawberry.argument(description="Only these; all if absent.")] = None,
    ) -> Connection[Offering]:
        """A brand sells dozens of offerings, not thousands: they are read whole."""
        context, page = info.context, Page.of(first, after)
        views = catalogue.sellable(context.ctx)
        wanted = [view for view in views if kind is None or OfferingKind(view.offering.kind) is kind]
        shown = slice_of(wanted, page, _place)
        return connect(shown, page, lambda view: Offering.of(view, context), key=_place, count=lambda: len(wanted))

    @resolved("One version of an offering, sold or not any more; null if there is none.")
    def offering(self, info: Info, id: Id) -> Offering | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Offering | None = one(info.context, "Offering", id, find_offering)
        return found


def _place(view: catalogue.OfferingView) -> str:
    return str(view.offering.code)
