"""What the host operator charges, by dated contracts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mvne_platform import catalogue
from mvne_platform.catalogue import Purpose, UnknownPriceList, editing
from mvne_platform.catalogue.editing import ContractDraft, InvalidContract
from mvne_platform.kernel import Change
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.catalogue.samples import LAUNCH, RETAIL

DAY = timedelta(days=1)
START = LAUNCH + 100 * DAY
HOST = replace(RETAIL, code="host", currency="EUR", purpose=Purpose.WHOLESALE)
AGREED = ContractDraft("agreement", "TDC", "host", START)


@pytest.fixture
def lists(ctx: Context) -> Context:
    """Two wholesale lists in euro; `host` has a second version from day 200 on."""
    catalogue.import_price_list(ctx, RETAIL)
    catalogue.import_price_list(ctx, HOST)
    catalogue.import_price_list(ctx, replace(HOST, code="host-2"))
    dearer = (replace(HOST.rates[0], price_micros=9), *HOST.rates[1:])
    catalogue.import_price_list(ctx, replace(HOST, rates=dearer, valid_from=LAUNCH + 400 * DAY))
    return ctx


def spans(ctx: Context) -> list[tuple[float, str, int, bool]]:
    """Day of beginning, list, number, and whether anything has a price, of each version."""
    tariff = catalogue.wholesale_tariff(ctx)
    assert tariff is not None
    return [
        ((version.valid_from - LAUNCH) / DAY, version.price_list, version.number, bool(version.rates))
        for version in tariff.versions
    ]


def test_without_a_contract_there_is_no_wholesale(lists: Context) -> None:
    assert catalogue.wholesale_tariff(lists) is None


def test_what_the_host_charges_is_for_those_who_may_see_it(lists: Context) -> None:
    editing.agree_contract(lists, AGREED)
    (contract,) = editing.host_contracts(lists)
    assert (contract.code, contract.operator, contract.price_list, contract.valid_to) == (
        "agreement", "TDC", "host", None,
    )  # fmt: skip
    assert editing.own_draft(lists, "host", START).currency == "EUR"
    lists.actor = Actor(ActorKind.STAFF, "anyone", frozenset({"catalogue.read"}))
    assert [view.code for view in catalogue.price_lists(lists)] == ["retail"]
    for read in (editing.own_draft, editing.whole_draft):
        assert read(lists, "retail", START).currency == "DKK"
        with pytest.raises(PermissionMissing, match=r"wholesale\.read"):
            read(lists, "host", START)
    with pytest.raises(PermissionMissing, match=r"wholesale\.read"):
        editing.host_contracts(lists)


def test_a_contract_is_priced_by_its_list_while_it_holds(lists: Context) -> None:
    assert editing.agree_contract(lists, AGREED) is Change.CREATED
    assert editing.agree_contract(lists, AGREED) is Change.UNCHANGED
    assert spans(lists) == [(100, "host", 1, True), (400, "host", 2, True)]
    tariff = catalogue.wholesale_tariff(lists)
    assert tariff is not None
    assert tariff.currency == "EUR"
    assert tariff.version_at(START - timedelta(microseconds=1)) is None
    # What is cut to the contract has an id of its own, the same each time.
    plain = catalogue.tariff(lists, "host").versions
    again = catalogue.wholesale_tariff(lists)
    assert again is not None
    assert [version.id for version in tariff.versions] == [version.id for version in again.versions]
    assert (tariff.versions[0].id == plain[0].id, tariff.versions[1].id == plain[1].id) == (False, True)


def test_contracts_follow_one_another_and_between_them_nothing_has_a_price(lists: Context) -> None:
    editing.agree_contract(lists, replace(AGREED, valid_to=START + 50 * DAY))
    editing.agree_contract(lists, ContractDraft("next", "Telia", "host-2", START + 60 * DAY))
    assert spans(lists) == [(100, "host", 1, True), (150, "host", 1, False), (160, "host-2", 1, True)]
    assert editing.agree_contract(lists, replace(AGREED, valid_to=START + 60 * DAY)) is Change.CHANGED
    assert spans(lists) == [(100, "host", 1, True), (160, "host-2", 1, True)]
    tariff = catalogue.wholesale_tariff(lists)
    assert tariff is not None
    assert tariff.code == "host+host-2"


def test_contracts_that_cannot_be_are_refused(lists: Context) -> None:
    catalogue.import_price_list(lists, replace(HOST, code="dollars", currency="USD"))
    editing.agree_contract(lists, AGREED)
    for changed, message in (
        ({"price_list": "retail"}, "'retail' is a retail list"),
        ({"valid_to": START}, "ends before it begins"),
        ({"valid_from": LAUNCH - DAY, "valid_to": LAUNCH}, "begins on"),
        ({"code": "next"}, "'agreement' holds during a part of that span"),
        ({"code": "next", "price_list": "dollars", "valid_from": LAUNCH, "valid_to": START}, "in one currency"),
    ):
        with pytest.raises(InvalidContract, match=message):
            editing.agree_contract(lists, replace(AGREED, **changed))
    with pytest.raises(UnknownPriceList):
        editing.agree_contract(lists, replace(AGREED, price_list="nobody"))
    assert spans(lists) == [(100, "host", 1, True), (400, "host", 2, True)]
