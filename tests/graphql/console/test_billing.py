"""Bill runs, invoices with lines and taxes."""

from sqlalchemy import func, select

from mvne_platform.billing.models import BillRun, Invoice
from mvne_platform.runtime import BrandRow, brand_work, platform_work
from mvne_platform.runtime.models import JobRow
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import Desk, ask, do
from tests.graphql.console.traces import stored
from tests.platform.billing.shop import copenhagen

RUN = """mutation ($input: RunBillingInput!) {
  runBilling(input: $input) {
    billRun { periodStart periodEnd state accountsTotal accountsDone }
    userErrors { code field }
  }
}"""
INVOICES = """query ($filter: InvoiceFilterInput, $first: Int, $after: String) {
  invoices(filter: $filter, first: $first, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } }
}"""


def counts() -> tuple[int, int, int]:
    """Runs, invoices, jobs that bill an account."""
    with brand_work("testbrand") as ctx:
        jobs = select(func.count()).select_from(JobRow).where(JobRow.name == "billing.bill_account")
        runs, invoices = (select(func.count()).select_from(table) for table in (BillRun, Invoice))
        return tuple(ctx.db.scalar(query) or 0 for query in (runs, invoices, jobs))  # type: ignore[return-value]  # three


def test_the_runs_and_what_they_issued(wire: Wire, desk: Desk) -> None:
    document = """{ billRuns { nodes {
      id periodStart periodEnd state accountsTotal accountsDone startedAt invoices { nodes { id } }
    } totalCount } }"""
    answer = ask(wire, document, staff_token("finance"))["billRuns"]
    assert answer == {
        "nodes": [
            {
                "id": desk["BillRun"],
                "periodStart": "2026-10-01",
                "periodEnd": "2026-11-01",
                "state": "COMPLETED",
                "accountsTotal": 1,
                "accountsDone": 1,
                "startedAt": "2026-11-01T05:00:00Z",
                "invoices": {"nodes": [{"id": desk["Invoice"]}]},
            }
        ],
        "totalCount": 1,
    }


def test_an_invoice_with_lines_and_taxes(wire: Wire, desk: Desk) -> None:
    document = """query ($id: ID!) { invoice(id: $id) {
      number periodStart periodEnd dueOn documentPath
      total { net { amount } tax { amount } gross { amount currencyCode } }
      lines { number kind events exact { amount } net { amount } taxClass }
      taxes { label rateMillionths base { amount } tax { amount } }
    } }"""
    invoice = ask(wire, document, staff_token("finance"), id=desk["Invoice"])["invoice"]
    assert (invoice["number"], invoice["dueOn"], invoice["documentPath"]) == (desk.invoice_number, "2026-11-15", None)
    lines = [tuple(line[name] for name in ("number", "kind", "events")) for line in invoice["lines"]]
    assert lines == [(1, "RECURRING", "0"), (2, "RECURRING", "0"), (3, "USAGE", "1")]
    assert [line["exact"]["amount"] for line in invoice["lines"]] == ["149.00", "149.00", "1.25"]
    assert [line["net"]["amount"] for line in invoice["lines"]] == ["119.20", "119.20", "1.00"]
    net, tax = {"amount": "239.40"}, {"amount": "59.85"}
    assert invoice["total"] == {"net": net, "tax": tax, "gross": {"amount": "299.25", "currencyCode": "DKK"}}
    assert invoice["taxes"] == [{"label": "moms", "rateMillionths": 250_000, "base": net, "tax": tax}]


def test_invoices_by_account_run_and_number(wire: Wire, desk: Desk) -> None:
    csr, found = staff_token("csr"), [{"number": desk.invoice_number}]
    for wanted in (
        None,
        {"accountId": desk["BillingAccount"]},
        {"billRunId": desk["BillRun"]},
        {"number": desk.invoice_number.lower()},
    ):
        assert ask(wire, INVOICES, csr, filter=wanted)["invoices"]["nodes"] == found
    assert ask(wire, INVOICES, csr, filter={"number": "T999999"})["invoices"]["nodes"] == []
    page = ask(wire, INVOICES, csr, first=1)["invoices"]["pageInfo"]
    assert ask(wire, INVOICES, csr, after=page["endCursor"])["invoices"]["nodes"] == []


def test_a_month_is_billed_once_it_is_over_and_once(wire: Wire, desk: Desk) -> None:
    finance, before = staff_token("finance"), stored()
    for day, code in (
        ("2026-11-15", "NOT_A_MONTH_END"),
        ("2026-12-01", "PERIOD_NOT_OVER"),
        ("2026-10-01", "MONTH_OUT_OF_ORDER"),
    ):
        payload = do(wire, RUN, finance, {"periodEnd": day}, key=f"refused-{day}")
        assert payload == {"billRun": None, "userErrors": [{"code": code, "field": ["input", "periodEnd"]}]}
    assert wire.codes(RUN, {"input": {"periodEnd": "2026-12-01"}}, at=CONSOLE, token=finance, brand="testbrand") == [
        "BAD_USER_INPUT"  # without a key
    ]
    assert stored() == before

    with platform_work() as db:
        db.get_one(BrandRow, "testbrand").clock_at = copenhagen(12, 1, 6)
    before, known = stored(), counts()
    run = {
        "periodStart": "2026-11-01",
        "periodEnd": "2026-12-01",
        "state": "RUNNING",
        "accountsTotal": 1,
        "accountsDone": 0,
    }
    told = do(wire, RUN, finance, {"periodEnd": "2026-12-01", "dryRun": True})
    assert told == {"billRun": run, "userErrors": []}
    assert stored() == before
    for _ in range(2):
        assert do(wire, RUN, finance, {"periodEnd": "2026-12-01"}, key="november") == told
    assert counts() == (known[0] + 1, known[1], known[2] + 1)


def test_the_same_key_for_another_month_is_refused_by_name(wire: Wire, desk: Desk) -> None:
    finance = staff_token("finance")
    do(wire, RUN, finance, {"periodEnd": "2026-11-01"}, key="mine")
    before = stored()
    answer = wire.ask(
        RUN, {"input": {"periodEnd": "2026-12-01"}}, at=CONSOLE, token=finance, brand="testbrand", key="mine"
    ).json()
    assert "'mine' was used before for another request" in answer["errors"][0]["message"]
    assert stored() == before
