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
from mvne_platform.runtime import Context


def draft_tariff(ctx: Context, code: str, files: Mapping[str, str], valid_from: datetime) -> Tariff:
    """A list of the brand as if these files had been its only version, valid since `valid_from`, over its parents.

    Stores nothing. Raises UnknownPriceList, PriceListFilesFaulty.
    """
    lists = list_heads(ctx, code)
    if code not in lists:
        raise UnknownPriceList(
            f"The brand has no price list '{code}'; name one to try prices on.", field=("price_list",)
        )
    own = lists[code]
    head = PriceListHead(code, own.currency, valid_from, None, own.parent, Purpose(own.purpose))
    publication = check_price_list_files(ctx, head, files)
    if publication.draft is None or not publication.publishable:
        raise PriceListFilesFaulty(code, publication.findings)
    inherited = [
        stored_draft(ctx, version.id) for name, other in lists.items() if name != code for version in other.versions
    ]
    return compile_drafts([publication.draft, *inherited], ctx.brand.time_zone, holidays(ctx), code)
