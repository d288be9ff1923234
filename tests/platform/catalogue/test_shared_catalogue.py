"""A catalogue published for several brands, and one brand's own names, prices and hidden items on top of it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from mvne_platform import catalogue
from mvne_platform.catalogue import Overlay, PriceDraft, PriceKind, Problem
from mvne_platform.catalogue.content import CatalogueContent, read_catalogue
from mvne_platform.catalogue.errors import SharedCatalogueInvalid, UnknownSharedCatalogue
from mvne_platform.catalogue.models import SharedCatalogueVersion
from mvne_platform.kernel import Change
from mvne_platform.runtime import Context, platform_work
from mvne_platform.runtime.work import brand_work
from tests.platform.catalogue.samples import RETAIL
from tests.plugins.database import Database

BASIC: dict[str, Any] = {
    "code": "basic",
    "kind": "plan",
    "payment_mode": "postpaid",
    "name": {"da": "Basis", "en": "Basic"},
    "price_list": "retail",
    "prices": [{"kind": "recurring", "amount": "99.00", "currency": "DKK"}],
    "allowances": [{"code": "data", "unit": "byte", "quantity": "5GB", "services": ["data"]}],
}
MAX = BASIC | {"code": "max", "name": {"da": "Maks", "en": "Max"}, "position": 2}
CONTENT = {"offerings": [BASIC, MAX]}


@pytest.fixture
def platform(database: Database) -> Iterator[Session]:
    """A platform transaction in a database of its own."""
    with platform_work() as db:
        yield db


def test_a_published_version_never_changes_and_the_same_content_is_the_same_version(platform: Session) -> None:
    assert catalogue.publish_shared(platform, "nordic", CONTENT) == 1
    assert catalogue.publish_shared(platform, "nordic", deepcopy(CONTENT)) == 1
    changed = {"offerings": [BASIC]}
    assert catalogue.publish_shared(platform, "nordic", changed) == 2
    # Going back is a version of its own: brands follow the latest.
    assert catalogue.publish_shared(platform, "nordic", CONTENT) == 3
    assert catalogue.publish_shared(platform, "balkan", CONTENT) == 1
    version, content = catalogue.shared_content(platform, "nordic", 2)
    assert (version, [item.code for item in content.offerings]) == (2, ["basic"])
    assert catalogue.shared_content(platform, "nordic")[0] == 3


@pytest.mark.parametrize(("code", "version"), [("nordic", 2), ("baltic", None)])
def test_what_was_not_published_is_unknown(platform: Session, code: str, version: int | None) -> None:
    catalogue.publish_shared(platform, "nordic", CONTENT)
    with pytest.raises(UnknownSharedCatalogue, match=f"shared catalogue '{code}'"):
        catalogue.shared_content(platform, code, version)


def test_faulty_content_is_refused_whole(platform: Session) -> None:
    faulty = BASIC | {"prices": [{"kind": "weekly", "amount": 99.0, "currency": "DKK"}], "colour": "red"}
    with pytest.raises(SharedCatalogueInvalid) as refused:
        catalogue.publish_shared(platform, "nordic", {"offerings": [faulty, BASIC]})
    assert [str(fault) for fault in refused.value.faults] == [
        "offerings/0/prices/0/kind: Input should be 'one_time' or 'recurring'",
        'offerings/0/prices/0/amount: write the amount in quotes, such as "149.00"',
        "offerings/0/colour: Extra inputs are not permitted",
    ]
    with pytest.raises(SharedCatalogueInvalid, match="offerings/basic: two offerings have this code"):
        catalogue.publish_shared(platform, "nordic", {"offerings": [BASIC, BASIC]})
    assert platform.query(SharedCatalogueVersion).count() == 0


def test_a_brand_reads_what_was_published_and_cannot_write_it(database: Database) -> None:
    with platform_work() as db:
        catalogue.publish_shared(db, "nordic", CONTENT)
    with brand_work("testbrand") as ctx:
        assert catalogue.shared_content(ctx.db, "nordic")[0] == 1
    with pytest.raises(ProgrammingError, match="permission denied"), brand_work("testbrand") as ctx:
        catalogue.publish_shared(ctx.db, "nordic", {"offerings": []})


def test_a_brand_sells_a_shared_catalogue_with_its_own_names_and_prices(database: Database) -> None:
    with platform_work() as db:
        catalogue.publish_shared(db, "nordic", CONTENT)
    own_price = PriceDraft(PriceKind.RECURRING, 89_000_000, "DKK", "standard")
    overlay = Overlay(names={"basic": {"da": "Hverdag"}}, prices={"basic": [own_price]}, hidden=frozenset({"max"}))
    with brand_work("testbrand") as ctx:
        catalogue.import_price_list(ctx, RETAIL)
        for draft in catalogue.drafts_for_brand(ctx.db, "nordic", None, overlay):
            assert catalogue.define_offering(ctx, draft) is Change.CREATED
        (view,) = catalogue.sellable(ctx)
        assert (view.offering.name, view.offering.shared_version) == ({"da": "Hverdag", "en": "Basic"}, 1)
        assert [price.amount_micros for price in view.prices] == [89_000_000]
        assert [item.quantity for item in view.allowances] == [5 * 10**9]
        assert catalogue.current_offering(ctx, "max").hidden is True
    # The next version of the shared catalogue changes `max` only: `basic` stays the version it was.
    with platform_work() as db:
        catalogue.publish_shared(db, "nordic", {"offerings": [BASIC, MAX | {"position": 3}]})
    with brand_work("testbrand") as ctx:
        drafts = catalogue.drafts_for_brand(ctx.db, "nordic", None, overlay)
        assert [catalogue.define_offering(ctx, draft) for draft in drafts] == [Change.UNCHANGED, Change.CHANGED]
        assert catalogue.current_offering(ctx, "basic").shared_version == 1
        assert catalogue.current_offering(ctx, "max").shared_version == 2


def test_an_overlay_of_what_is_not_there_is_refused(ctx: Context) -> None:
    content = read_catalogue(CONTENT)
    assert isinstance(content, CatalogueContent)
    overlay = Overlay(names={"mini": {}}, prices={"maxi": [], "basic": []}, hidden=frozenset({"midi", "max"}))
    assert catalogue.overlay_problems(content, overlay) == [
        Problem(("names", "mini"), "the shared catalogue has no offering 'mini'"),
        Problem(("prices", "maxi"), "the shared catalogue has no offering 'maxi'"),
        Problem(("hidden", "midi"), "the shared catalogue has no offering 'midi'"),
    ]
    assert catalogue.overlay_problems(content, Overlay()) == []


def test_without_an_overlay_the_shared_offerings_are_sold_as_they_are() -> None:
    content = read_catalogue(CONTENT)
    assert isinstance(content, CatalogueContent)
    drafts = catalogue.overlaid(content, 4, Overlay())
    assert [(draft.code, draft.shared_version, draft.hidden) for draft in drafts] == [
        ("basic", 4, False),
        ("max", 4, False),
    ]
    assert drafts[0].prices == (PriceDraft(PriceKind.RECURRING, 99_000_000, "DKK", "standard"),)
