"""An invoice's PDF for whoever may read invoices of its brand."""

from datetime import date
from uuid import UUID

import pytest

from mvne_graphql.relay import global_id
from mvne_platform.billing.models import BillRun, DocumentState, Invoice
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import brand_work, settings
from mvne_platform.subscriptions.models import Subscription
from tests.gateway.wire import CONSOLE, OTHER_SHOP, SHOP, Wire, client_token, staff_token
from tests.graphql.people import prepaid_line

PDF = b"%PDF-1.7 an invoice"


def make_invoice(*, rendered: bool = True, brand: str = "testbrand") -> UUID:
    """An issued invoice, with or without its document."""
    key = uuid7()
    path = f"invoices/{key}.pdf"
    (settings().data / "invoices").mkdir(parents=True, exist_ok=True)
    (settings().data / path).write_bytes(PDF)
    with brand_work(brand) as ctx:
        account = ctx.db.get_one(Subscription, prepaid_line(brand).key).account_id
        run = ctx.db.query(BillRun).first()
        if run is None:
            run = BillRun(period_start=date(2026, 9, 1), period_end=date(2026, 10, 1), started_at=ctx.now)
            ctx.db.add(run)
            ctx.db.flush()
        ctx.db.add(
            Invoice(
                id=key,
                number=f"T{key.hex[:8]}{key.hex[-4:]}",
                account_id=account,
                run_id=run.id,
                period_start=run.period_start,
                period_end=run.period_end,
                issued_at=ctx.now,
                due_on=date(2026, 10, 15),
                currency=ctx.brand.currency,
                net_micros=80_000_000,
                tax_micros=20_000_000,
                gross_micros=100_000_000,
                document_state=DocumentState.RENDERED if rendered else DocumentState.PENDING,
                document_path=path if rendered else None,
            )
        )
    return key


def _path(key: UUID) -> str:
    return f"/documents/invoices/{global_id('Invoice', key)}.pdf"


def test_the_api_says_where_the_document_is_and_there_it_is(wire: Wire) -> None:
    token, key = client_token(), make_invoice()
    invoice = wire.data(
        "query ($id: ID!) { invoice(id: $id) { number documentPath total { gross { amount } } } }",
        {"id": global_id("Invoice", key)},
        token=token,
    )["invoice"]
    assert (invoice["documentPath"], invoice["total"]["gross"]["amount"]) == (_path(key), "100.00")
    answer = wire.client.get(SHOP + invoice["documentPath"], headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert f'filename="{invoice["number"]}.pdf"' in answer.headers["content-disposition"]


def test_staff_read_it_at_the_console(wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {staff_token('finance')}", "X-Brand": "testbrand"}
    assert wire.client.get(CONSOLE + _path(make_invoice()), headers=headers).content == PDF


@pytest.mark.parametrize("role", ["marketing", "product_manager"])
def test_who_may_not_read_invoices_reads_none(wire: Wire, role: str) -> None:
    headers = {"Authorization": f"Bearer {staff_token(role)}", "X-Brand": "testbrand"}
    answer = wire.client.get(CONSOLE + _path(make_invoice()), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "PERMISSION_MISSING")


def test_without_a_token_there_is_nothing_to_read(wire: Wire) -> None:
    key = make_invoice()
    assert wire.client.get(SHOP + _path(key)).status_code == 401
    headers = {"Authorization": f"Bearer {client_token(('catalogue', 'shop'))}"}
    assert wire.client.get(SHOP + _path(key), headers=headers).status_code == 403


def test_another_brands_invoice_is_as_absent_as_one_that_never_was(wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {client_token(brand='otherbrand')}"}
    answers = [wire.client.get(OTHER_SHOP + _path(key), headers=headers) for key in (make_invoice(), uuid7())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("strange", ["x", "../../etc/passwd", "..%2f..%2fsecret", "U3Vic2NyaXB0aW9uOjE="])
def test_what_is_no_invoice_id_finds_nothing(wire: Wire, strange: str) -> None:
    headers = {"Authorization": f"Bearer {client_token()}"}
    assert wire.client.get(f"{SHOP}/documents/invoices/{strange}.pdf", headers=headers).status_code == 404


def test_a_document_that_is_being_made_is_asked_for_again(wire: Wire) -> None:
    token, key = client_token(), make_invoice(rendered=False)
    answer = wire.client.get(SHOP + _path(key), headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "DOCUMENT_NOT_READY"
    text = "query ($id: ID!) { invoice(id: $id) { documentPath } }"
    assert wire.data(text, {"id": global_id("Invoice", key)}, token=token) == {"invoice": {"documentPath": None}}
