"""One account's invoice for a bill run."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from mvne_platform import balances, party, tax
from mvne_platform.billing import queries, statements
from mvne_platform.billing.commands.render_invoice import RENDER_INVOICE
from mvne_platform.billing.events import BillRunCompleted, InvoiceIssued
from mvne_platform.billing.lines import LineDraft, drafts
from mvne_platform.billing.models import BillRun, ChargeKind, Invoice, InvoiceLine, InvoiceTax, RunState
from mvne_platform.billing.rules import Days, InvoiceAmounts, PricedLine, Tax, invoice_amounts, tax_point
from mvne_platform.billing.terms import terms_of
from mvne_platform.billing.wording import wording
from mvne_platform.kernel import local_date, uuid7
from mvne_platform.runtime import Context, Job


def bill_account(ctx: Context, run_id: UUID, account_id: UUID) -> Invoice | None:
    """Bill everything of an account that belongs before the run's period end; None when there is nothing to bill.

    The account moves on (`billed_until`) in the same transaction, so a second call finds nothing to do. The invoice's
    number is drawn last: the sequence is locked for the shortest time, and a failure leaves no gap.
    Raises NoTaxRate, UnknownAccount.
    """
    account = queries.account_for_update(ctx, account_id)
    # Usage that is being rated for the account is in before the period closes; what comes after belongs to the next.
    balances.touch_purses(ctx, account_id)
    run = ctx.db.get_one(BillRun, run_id)
    if account.billed_until >= run.period_end:
        return None
    billed = Days(account.billed_until, run.period_end)
    account.billed_until = run.period_end

    customer = party.load_customer(ctx, account.customer_id)
    found = drafts(ctx, account, billed, wording(customer.language, ctx.brand.language))
    issued = _issue(ctx, account, run, billed, found) if found else None
    ctx.db.flush()
    _count(ctx, run)
    return issued


def _issue(
    ctx: Context, account: party.BillingAccount, run: BillRun, billed: Days, found: Sequence[LineDraft]
) -> Invoice:
    terms = terms_of(ctx.brand)
    priced = _with_tax(ctx, found)
    amounts = invoice_amounts(priced, account.currency, prices_include_tax=terms.prices_include_tax)
    invoice = Invoice(
        id=uuid7(),
        number=_next_number(ctx, terms.legal_entity, terms.invoice_prefix),
        account_id=account.id,
        run_id=run.id,
        period_start=billed.start,
        period_end=billed.end,
        issued_at=ctx.now,
        due_on=local_date(ctx.now, ctx.brand.time_zone) + timedelta(days=terms.due_days),
        currency=account.currency,
        net_micros=amounts.net_micros,
        tax_micros=amounts.tax_micros,
        gross_micros=amounts.gross_micros,
    )
    ctx.db.add(invoice)
    ctx.db.flush()
    _write_lines(ctx, invoice, found, amounts)
    ctx.emit(InvoiceIssued(invoice.id, account.id, invoice.gross_micros, invoice.currency))
    ctx.later(RENDER_INVOICE, invoice_id=str(invoice.id))
    return invoice


def _with_tax(ctx: Context, found: Sequence[LineDraft]) -> list[PricedLine]:
    rates: dict[tuple[str, date], Tax] = {}
    priced = []
    for draft in found:
        key = (draft.tax_class, tax_point(draft.days, in_arrears=draft.kind is ChargeKind.USAGE))
        if key not in rates:
            rate = tax.rate_on(ctx, *key)
            rates[key] = Tax(draft.tax_class, rate.rate_millionths, rate.label)
        priced.append(PricedLine(draft.exact_micros, rates[key]))
    return priced


def _write_lines(ctx: Context, invoice: Invoice, found: Sequence[LineDraft], amounts: InvoiceAmounts) -> None:
    rows = [
        InvoiceLine(
            id=uuid7(),
            invoice_id=invoice.id,
            line_number=number,
            kind=draft.kind,
            description=draft.description,
            subscription_id=draft.subscription_id,
            service=draft.service,
            zone=draft.zone,
            period_start=draft.days.start,
            period_end=draft.days.end,
            events=draft.events,
            quantity=draft.quantity,
            exact_micros=draft.exact_micros,
            net_micros=net_micros,
            tax_class=draft.tax_class,
        )
        for number, (draft, net_micros) in enumerate(zip(found, amounts.line_nets, strict=True), start=1)
    ]
    taxes = [
        InvoiceTax(
            invoice_id=invoice.id,
            tax_class=part.tax.tax_class,
            rate_millionths=part.tax.rate_millionths,
            label=part.tax.label,
            base_micros=part.base_micros,
            tax_micros=part.tax_micros,
        )
        for part in amounts.taxes
    ]
    ctx.db.add_all([*rows, *taxes])
    ctx.db.flush()
    billed = [(draft.charge_id, row.id) for draft, row in zip(found, rows, strict=True) if draft.charge_id]
    columns = {"charges": [charge for charge, _ in billed], "lines": [line for _, line in billed]}
    ctx.db.execute(statements.MARK_BILLED, columns)


def _next_number(ctx: Context, legal_entity: str, prefix: str) -> str:
    number = ctx.db.scalar(statements.NEXT_NUMBER, {"legal_entity": legal_entity})
    return f"{prefix}{number:06d}"


def _count(ctx: Context, run: BillRun) -> None:
    if ctx.db.scalar(statements.ACCOUNT_DONE, {"run_id": run.id}):
        complete(ctx, run)


def complete(ctx: Context, run: BillRun) -> None:
    """Close a run whose accounts are all billed."""
    ctx.db.refresh(run)
    run.state = RunState.COMPLETED
    run.completed_at = ctx.now
    ctx.db.flush()
    ctx.emit(BillRunCompleted(run.id))


def _run(ctx: Context, run_id: str, account_id: str) -> None:
    bill_account(ctx, UUID(run_id), UUID(account_id))


BILL_ACCOUNT = Job("billing.bill_account", "billing", _run)
