"""Price lists: what they state, what the check says of them, and whom they price."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Page, connect, slice_of
from mvne_graphql.types.host_contracts import HostContract
from mvne_graphql.types.price_lists import (
    CustomerGroup,
    PriceList,
    PriceListAssignment,
    PriceListFile,
    PriceListFinding,
    PriceListRate,
    PriceListZone,
)
from mvne_platform import catalogue, mediation, party
from mvne_platform.catalogue import PriceListDraft, UnknownPriceList, editing

Code = Annotated[str, strawberry.argument(description="The price list.")]
At = Annotated[
    datetime | None, strawberry.argument(description="The version that holds at this instant; now if absent.")
]
Inherited = Annotated[
    bool, strawberry.argument(description="With all that the list inherits; else only what it states itself.")
]


def _draft(context: RequestContext, code: str, at: datetime | None, *, inherited: bool) -> PriceListDraft | None:
    """The list at an instant; None where there is none."""
    ctx = context.ctx
    try:
        return (editing.whole_draft if inherited else editing.own_draft)(ctx, code, at or ctx.now)
    except UnknownPriceList:
        return None


def find_assignment(context: RequestContext, key: UUID) -> PriceListAssignment:
    """For those who may read the catalogue."""
    return PriceListAssignment.of(editing.price_list_assignment(context.ctx, key))


@strawberry.type
class PriceListQueries:
    """Root fields."""

    @resolved("The brand's price lists, by code.", size=20)
    def price_lists(self, info: Info) -> list[PriceList]:
        """Without zones and rates."""
        return [PriceList.of(view) for view in catalogue.price_lists(info.context.ctx)]

    @resolved("The zones of a price list, by code; null if there is no such list then.", cost=10)
    def price_list_zones(
        self,
        info: Info,
        code: Code,
        at: At = None,
        *,
        inherited: Inherited = True,
        first: First = None,
        after: After = None,
    ) -> Connection[PriceListZone] | None:
        """Read from the whole list."""
        page, draft = Page.of(first, after), _draft(info.context, code, at, inherited=inherited)
        if draft is None:
            return None
        zones = sorted(draft.zones, key=lambda zone: zone.code)
        held = slice_of(zones, page, key=lambda zone: zone.code)
        return connect(held, page, PriceListZone.of, key=lambda zone: zone.code, count=lambda: len(zones))

    @resolved("The rates of a price list, by zone, service and band; null if there is no such list then.", cost=10)
    def price_list_rates(
        self,
        info: Info,
        code: Code,
        at: At = None,
        *,
        inherited: Inherited = True,
        zone: Annotated[str | None, strawberry.argument(description="Only those of this zone.")] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PriceListRate] | None:
        """Read from the whole list."""
        page, draft = Page.of(first, after), _draft(info.context, code, at, inherited=inherited)
        if draft is None:
            return None
        currency = draft.currency
        rates = sorted((rate for rate in draft.rates if zone in (None, rate.zone)), key=_rate_key)
        held = slice_of(rates, page, key=_rate_key)
        return connect(
            held, page, lambda rate: PriceListRate.of(rate, currency), key=_rate_key, count=lambda: len(rates)
        )

    @resolved("The files that make a price list again; null if there is no such list then.", cost=50, size=3)
    def price_list_files(
        self, info: Info, code: Code, at: At = None, *, inherited: Inherited = False
    ) -> list[PriceListFile] | None:
        """What `importPriceList` takes."""
        draft = _draft(info.context, code, at, inherited=inherited)
        if draft is None:
            return None
        return [PriceListFile(name=name, content=text) for name, text in editing.write_price_list_csv(draft).items()]

    @resolved("What the consistency check says of a price list; null if there is no such list then.", cost=50, size=20)
    def price_list_findings(self, info: Info, code: Code, at: At = None) -> list[PriceListFinding] | None:
        """Of the list with all that it inherits."""
        draft = _draft(info.context, code, at, inherited=True)
        if draft is None:
            return None
        operators = mediation.number_data(info.context.ctx).operators
        return [PriceListFinding.of(found) for found in editing.price_list_findings(draft, None, operators)]

    @resolved("Whom price lists are assigned to, beside those that plans name.", size=20)
    def price_list_assignments(self, info: Info) -> list[PriceListAssignment]:
        """Past and coming ones too."""
        return [PriceListAssignment.of(view) for view in editing.price_list_assignments(info.context.ctx)]

    @resolved("By which lists host operators charge the brand, the oldest contract first.", size=5)
    def host_contracts(self, info: Info) -> list[HostContract]:
        """For those who may see what the host operator charges."""
        return [HostContract.of(view) for view in editing.host_contracts(info.context.ctx)]

    @resolved("The brand's customer groups, the one that counts first in front.", size=20)
    def customer_groups(self, info: Info) -> list[CustomerGroup]:
        """By rank."""
        return [CustomerGroup.of(group) for group in party.customer_groups(info.context.ctx)]


def _rate_key(rate: catalogue.RateDraft) -> str:
    return f"{rate.zone}/{rate.service}/{rate.band}"
