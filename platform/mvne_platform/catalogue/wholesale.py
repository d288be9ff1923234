"""What the brand pays its host operator: contracts, each by a wholesale price list, one at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from mvne_platform.catalogue.price_list_models import HostContract, PriceList
from mvne_platform.catalogue.tariff import Tariff, TariffVersion
from mvne_platform.catalogue.tariffs import tariff
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class _Term:
    """A contract's span, and the versions of its price list."""

    contract: UUID
    valid_from: datetime
    valid_to: datetime | None
    price_list: Tariff


def wholesale_tariff(ctx: Context) -> Tariff | None:
    """What the host operator charges, over all contracts: the price list of each during its span; None without any.

    Versions begin with their contract at the earliest. Between contracts nothing has a price. The currency is that of
    the contracts, which they share, and may differ from the brand's.
    """
    found = ctx.db.execute(
        select(HostContract.id, HostContract.valid_from, HostContract.valid_to, PriceList.code)
        .join(PriceList, PriceList.id == HostContract.price_list_id)
        .order_by(HostContract.valid_from)
    ).all()
    terms = [_Term(row.id, row.valid_from, row.valid_to, tariff(ctx, row.code)) for row in found]
    if not terms:
        return None
    codes = dict.fromkeys(term.price_list.code for term in terms)
    return replace(terms[-1].price_list, code="+".join(codes), versions=tuple(_versions(terms)))


def _versions(terms: Sequence[_Term]) -> Iterator[TariffVersion]:
    for term, following in zip(terms, [*terms[1:], None], strict=True):
        held = list(_during(term))
        yield from held
        if term.valid_to is not None and (following is None or term.valid_to < following.valid_from):
            yield _nothing(term, held[-1], term.valid_to)


def _during(term: _Term) -> Iterator[TariffVersion]:
    """The versions that hold in the contract's span; the first of them begins with it."""
    versions = term.price_list.versions
    inside = [one for one in versions if term.valid_to is None or one.valid_from < term.valid_to]
    for version, following in zip(inside, [*inside[1:], None], strict=True):
        if version.valid_from >= term.valid_from:
            yield version
        elif following is None or following.valid_from > term.valid_from:
            yield replace(version, id=uuid5(version.id, str(term.contract)), valid_from=term.valid_from)


def _nothing(term: _Term, last: TariffVersion, instant: datetime) -> TariffVersion:
    """A version without zones: no contract holds any more, so nothing has a wholesale price."""
    return TariffVersion(
        id=uuid5(term.contract, instant.isoformat()),
        price_list=last.price_list,
        number=last.number,
        valid_from=instant,
        zones=(),
        prefixes={},
        prefix_lengths=(),
        short_codes={},
        networks={},
        operators={},
        bands=(),
        rates={},
    )
