"""A price list that is not published, made ready to rate with: for trying prices out on usage of the past."""

from collections.abc import Mapping
from datetime import datetime

from mvne_platform.catalogue.commands.price_list_files import check_price_list_files
from mvne_platform.catalogue.compile import compile_drafts
from mvne_platform.catalogue.drafted import stored_draft
from mvne_platform.catalogue.drafts import Purpose
from mvne_platform.catalogue.errors import PriceListFilesFaulty, UnknownPriceList
from mvne_platform.catalogue.price_list_files.reader import PriceListHead
from mvne_platform.catalogue.tariff import Tariff
from mvne_platform.catalogue.tariffs import holidays, list_heads
from mvne_platform.catalogue.versions import ancestors
from mvne_platform.runtime import Context


def draft_tariffs(ctx: Context, code: str, files: Mapping[str, str], valid_from: datetime) -> dict[str, Tariff]:
    """A list of the brand as if these files had been its only version, valid since `valid_from`, over its parents.

    With it come the lists that inherit from it, over the draft. By code; stores nothing.
    Raises UnknownPriceList, PriceListFilesFaulty.
    """
    lists = list_heads(ctx)
    if code not in lists:
        raise UnknownPriceList(
            f"The brand has no price list '{code}'; name one to try prices on.", field=("price_list",)
        )
    own = lists[code]
    head = PriceListHead(code, own.currency, valid_from, None, own.parent, Purpose(own.purpose))
    publication = check_price_list_files(ctx, head, files)
    if publication.draft is None or not publication.publishable:
        raise PriceListFilesFaulty(code, publication.findings)
    parents = {name: one.parent for name, one in lists.items()}
    family = [name for name in lists if code in ancestors(name, parents)]
    others = {above for name in family for above in ancestors(name, parents)} - {code}
    drafts = [stored_draft(ctx, version.id) for name in sorted(others) for version in lists[name].versions]
    days = holidays(ctx)
    return {
        name: compile_drafts([publication.draft, *drafts], ctx.brand.time_zone, days, name)
        for name in family
        if lists[name].versions
    }
