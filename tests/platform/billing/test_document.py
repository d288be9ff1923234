"""The invoice as a PDF: what stands on it, and what a template may not do."""

import hashlib
import json
import threading
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typst

from mvne_platform import billing
from mvne_platform.billing.document import DocumentFault, Order, press, store
from mvne_platform.billing.document.press import HERE
from mvne_platform.billing.wording import wording
from mvne_platform.kernel import Unit
from mvne_platform.runtime import OutsideUnavailable, settings
from tests.platform.billing.shop import Shop, copenhagen

WHEN = datetime(2026, 11, 1, 5, tzinfo=UTC)
LANGUAGES = ("da", "en", "de", "bs", "sr")


def billed(shop: Shop, *, usages: int = 1, zone: str = "dk", language: str = "da") -> billing.Invoice:
    """An invoice with so many lines of usage."""
    shop.ctx.now = copenhagen(10, 18)
    line = shop.line(shop.plan("Smart 10"), shop.account(language))
    for at in range(usages):
        shop.used(line, 1_250_000 + at * 1_000_000, zone=f"{zone}{at}" if at else zone, charged=3_725)
    (invoice,) = shop.bill()
    return invoice


def prepared(shop: Shop, invoice: billing.Invoice) -> Any:
    printing = billing.jobs.render_invoice.prepare(shop.ctx, invoice_id=str(invoice.id))
    assert printing is not None
    return printing


def test_an_invoice_says_what_was_billed_in_the_customers_language(shop: Shop) -> None:
    page = prepared(shop, billed(shop)).order.data
    (group,) = page["groups"]
    title = group.pop("title")

    assert title.startswith("+45 20 00 ")
    assert group == {
        "subtitle": "Smart 10 på dansk",
        "total": "217,54",
        "lines": [
            {
                "number": "1",
                "description": "Smart 10 på dansk",
                "period": "18.–31. okt. 2026",
                "events": "",
                "quantity": "",
                "amount": "67,29",
            },
            {
                "number": "2",
                "description": "Smart 10 på dansk",
                "period": "1.–30. nov. 2026",
                "events": "",
                "quantity": "",
                "amount": "149,00",
            },
            {
                "number": "3",
                "description": "Opkald – dk",
                "period": "1.–31. okt. 2026",
                "events": "1",
                "quantity": "1:02:05",
                "amount": "1,25",
            },
        ],
    }
    assert page["buyer"] == ["Anna Sørensen", "Bryggervej 7, 2. tv.", "8240 Risskov"]
    assert page["invoice"] == {"number": "T000001", "due": "15. november 2026"}
    assert page["total"] == "217,54\xa0kr."
    assert page["sums"] == [("I alt uden moms", "174,03"), ("moms 25\xa0% af 174,03", "43,51")]
    assert (page["amount_head"], page["note"]) == (
        "Beløb med moms",
        "Alle priser på fakturaen er i DKK og med moms.",
    )


def test_prices_without_tax_are_shown_so(shop: Shop) -> None:
    shop.price_with_tax(included=False)
    page = prepared(shop, billed(shop, language="en")).order.data

    assert [line["amount"] for line in page["groups"][0]["lines"]] == ["67.29", "149.00", "1.25"]
    assert (page["amount_head"], page["sums"]) == (
        "Amount without VAT",
        [("Total without VAT", "217.54"), ("moms 25% on 217.54", "54.39")],
    )
    assert page["total"] == "271.93\xa0DKK"


def test_the_document_is_made_noted_and_announced_once(shop: Shop) -> None:
    invoice = billed(shop)
    printing = prepared(shop, invoice)
    digest = billing.jobs.render_invoice.perform(printing)

    for _ in range(2):  # an answer that is recorded twice
        assert billing.jobs.render_invoice.record(shop.ctx, printing, digest) is None

    path = billing.document(shop.ctx, invoice.id)
    assert path == settings().data / f"documents/testbrand/invoices/{invoice.id}.pdf"
    assert path.read_bytes().startswith(b"%PDF-")
    assert invoice.document_digest == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [fact.subject_id for fact in shop.facts("InvoiceRendered")] == [invoice.id]
    assert billing.jobs.render_invoice.prepare(shop.ctx, invoice_id=str(invoice.id)) is None
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_document_that_is_not_there_yet_is_refused(shop: Shop) -> None:
    with pytest.raises(billing.DocumentNotReady, match="T000001 is being made"):
        billing.document(shop.ctx, billed(shop).id)


def test_the_same_invoice_gives_the_same_bytes(shop: Shop) -> None:
    order = prepared(shop, billed(shop)).order
    assert press(order) == press(order)


def test_sixty_lines_and_long_names_go_over_several_pages(shop: Shop) -> None:
    zone = "a zone whose name is so long that nobody would ever print it on a single line of a table " * 2
    order = prepared(shop, billed(shop, usages=60, zone=zone)).order

    pages = typst.compile(
        order.template, root=order.root, format="png", ppi=20, sys_inputs={"data": json.dumps(order.data)}
    )
    assert (type(pages), len(pages)) == (list, 6)
    assert press(order).startswith(b"%PDF-")


@pytest.mark.parametrize("look", [{"logo": ""}, {"primary": "#ffd500", "accent": "#111111"}])
def test_a_brand_without_a_logo_and_a_bright_brand_have_invoices_too(shop: Shop, look: dict[str, str]) -> None:
    profile = shop.ctx.brand.profile
    shop.ctx.brand = replace(shop.ctx.brand, profile={**profile, "look": {**profile["look"], **look}})

    assert press(prepared(shop, billed(shop)).order).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('#import "@preview/cetz:0.3.4": canvas\n', "package"),
        ('#read("/etc/passwd")', "not found"),
        ('#read("../press.py")', "project root"),
        ("#let i = 0\n#while i >= 0 { i = i + 1 }", "infinite"),
        ("#sys.inputs.nothing", "nothing"),
    ],
)
def test_a_template_reaches_nothing_but_its_folder_and_its_data(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(DocumentFault, match=reason):
        press(order_of(tmp_path, source))


def test_a_template_that_swells_is_stopped_and_takes_nobody_with_it(tmp_path: Path) -> None:
    swelling = '#let s = "0123456789abcdef"\n#for i in range(40) { s = s + s }\n#s.len()'
    with pytest.raises(DocumentFault, match="exit status"):
        press(order_of(tmp_path, swelling))


def test_a_template_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    slow = "#let f(n) = if n < 2 { n } else { calc.rem(f(n - 1) + f(n - 2) + calc.rem(n, 7), 1000003) }\n"
    many = "#for i in range(2000) { for j in range(9000) { let k = calc.pow(i + j, 2) } }"
    with pytest.raises(OutsideUnavailable, match="within"):
        press(order_of(tmp_path, slow + many), wall_seconds=0.5)


def test_a_document_is_stored_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "invoices" / "one.pdf"
    store(target, b"first")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store(target, b"second")

    assert [(file.name, file.read_bytes()) for file in target.parent.iterdir()] == [("one.pdf", b"first")]


def test_documents_of_the_same_name_made_at_once_are_each_whole(tmp_path: Path) -> None:
    target = tmp_path / "one.pdf"
    contents = [bytes([65 + number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=store, args=(target, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() in contents
    assert [file.name for file in tmp_path.iterdir()] == ["one.pdf"]


def test_every_language_has_every_word() -> None:
    texts = tomllib.loads(files("mvne_platform.billing").joinpath("texts.toml").read_text("utf-8"))
    assert sorted(texts) == sorted(LANGUAGES)
    for words in texts.values():
        assert set(words) - {"locale"} == set(texts["en"]) - {"locale"}
        assert set(words["services"]) == set(texts["en"]["services"])
        for key in ("tax", "page", "prices_with_tax", "prices_without_tax"):
            assert words[key].count("{") == texts["en"][key].count("{"), key


@pytest.mark.parametrize(
    ("language", "money", "day", "size"),
    [
        ("da", "1.234,50\xa0kr.", "1. november 2026", "1,50 GB"),
        ("en", "1,234.50\xa0DKK", "1 November 2026", "1.50 GB"),
        ("de", "1.234,50\xa0DKK", "1. November 2026", "1,50 GB"),
        ("bs", "1.234,50\xa0DKK", "1. novembar 2026.", "1,50 GB"),
        ("sr", "1.234,50\xa0DKK", "1. novembar 2026.", "1,50 GB"),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_does(language: str, money: str, day: str, size: str) -> None:
    words = wording("xx", language)
    assert words.money(1_234_500_000, "DKK") == money
    assert words.day(WHEN.date()) == day
    assert words.quantity(1_500_000_000, Unit.BYTE) == size


def test_usage_is_counted_as_people_do() -> None:
    words = wording("en")
    assert words.quantity(59, Unit.SECOND) == "0:00:59"
    assert words.quantity(360_061, Unit.SECOND) == "100:01:01"
    assert words.quantity(999_994_999, Unit.BYTE) == "999.99 MB"
    assert words.quantity(1_234, Unit.MESSAGE) == "1,234"
    assert wording("xx").language == "en"


def test_the_template_lies_where_the_package_is() -> None:
    assert (HERE / "invoice.typ").is_file()


def order_of(root: Path, source: str) -> Order:
    (root / "it.typ").write_text(source, "utf-8")
    return Order(str(root), str(root / "it.typ"), {}, WHEN, standards=())
