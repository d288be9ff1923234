"""One thing of every type that has an id, in any brand, written straight into the tables."""

from datetime import date, timedelta
from uuid import UUID

from mvne_graphql.relay import global_id
from mvne_graphql.types.usage import event_id
from mvne_platform import balances, charging
from mvne_platform.billing.models import BillRun, Invoice
from mvne_platform.catalogue import OfferingKind, PaymentMode
from mvne_platform.catalogue.models import Offering
from mvne_platform.catalogue.price_list_models import PriceList, PriceListAssignment
from mvne_platform.charging import RatedStatus
from mvne_platform.charging.replay.models import ReplayRun
from mvne_platform.charging.rerating.models import Cause, ReratingRun, RunState
from mvne_platform.kernel import Money, uuid7
from mvne_platform.loyalty.models import Member, Programme
from mvne_platform.mediation import ExceptionKind, sources
from mvne_platform.mediation.failure_log import BatchKind
from mvne_platform.mediation.models import FailureBatch, UsageException, UsageFile
from mvne_platform.orders.models import ProductOrder
from mvne_platform.party.models import IdentityVerification
from mvne_platform.provisioning.models import NetworkOperation, NetworkRequest
from mvne_platform.receivables.models import Payment
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.models import BrandBase
from mvne_platform.runtime.secrets import seal
from mvne_platform.subscriptions.models import Subscription
from tests.graphql.console.usage_desk import source_draft
from tests.platform.billing.shop import Shop
from tests.platform.lines import make_line


def one_of_each(brand: str) -> dict[str, str]:
    """The global id of one thing of every type, made in `brand`."""
    with brand_work(brand) as ctx:
        line = ctx.db.get_one(Subscription, make_line(ctx))
        bucket = balances.open_money(ctx, line.id)
        balances.top_up(ctx, line.id, Money.of("20", ctx.brand.currency), balances.Reason.ADJUSTMENT, line.id)
        file = _saved(ctx, UsageFile(
            name="a.csv", format="mvne-csv", digest=uuid7().hex, size_bytes=1, stored_as="", received_at=ctx.now,
        ))  # fmt: skip
        made = {
            "Subscription": line.id,
            "Customer": line.customer_id,
            "BillingAccount": line.account_id,
            "Bucket": bucket.id,
            "SharingGroup": balances.open_group(ctx, line.id, "Holm").id,
            "Offering": _offering(ctx),
            "Order": _saved(ctx, ProductOrder(
                number=f"O{uuid7().hex}", customer_id=line.customer_id, channel="test", placed_at=ctx.now)),
            "Payment": _saved(ctx, Payment(
                account_id=line.account_id, subscription_id=line.id, amount_micros=1, currency=ctx.brand.currency,
                method_encrypted="", provider="test", created_at=ctx.now)),
            "Invoice": _invoice(ctx, line.account_id),
            "LoyaltyAccount": _member(ctx, line.customer_id),
            "IdentityVerification": _saved(
                ctx,
                IdentityVerification(
                    customer_id=line.customer_id,
                    document_number_encrypted=seal("A123456"),
                    document_country="DK",
                    requested_at=ctx.now,
                ),
            ),
            "BillRun": _run(ctx).id,
            "Rerating": _saved(ctx, ReratingRun(
                cause=Cause.REQUESTED, reason="Prices came late.", since=ctx.now, state=RunState.COMPUTED,
                created_at=ctx.now)),
            "TariffReplay": _saved(ctx, ReplayRun(
                name="As it is", price_list="retail", since=ctx.now - timedelta(days=1), until=ctx.now,
                created_at=ctx.now)),
            "PriceListAssignment": _assignment(ctx, line.customer_id),
            "UsageSource": sources.create_source(ctx, source_draft(f"source-{uuid7().hex}")).id,
            "UsageFile": file,
            "UsageFailure": _saved(ctx, UsageException(
                file_id=file, row=2, kind=ExceptionKind.FAILED, reason="unknown_number", detail="No zone.", record="r2",
                recorded_at=ctx.now)),
            "UsageFailureBatch": _saved(ctx, FailureBatch(
                kind=BatchKind.RATE_AGAIN, selection={}, why="A zone was missing.", total=0, actor="system",
                started_at=ctx.now)),
            "NetworkRequest": _saved(ctx, NetworkRequest(
                subscription_id=line.id, cause_id=uuid7(), adapter="test", operation=NetworkOperation.ACTIVATE,
                payload={"msisdn": "+4520000001", "imsi": "238010000000001", "iccid": "8945000000000000001"},
                requested_at=ctx.now)),
        }  # fmt: skip
        ids = {kind: str(global_id(kind, key)) for kind, key in made.items()}
        return {**ids, "RatedEvent": _event(ctx, line)}


def _event(ctx: Context, line: Subscription) -> str:
    Shop(ctx).used(line, 0, charged=0, status=RatedStatus.NOT_CHARGEABLE)
    (record,) = charging.usage(ctx, line.id)
    return str(event_id(line.id, record.key))


def _saved(ctx: Context, row: BrandBase) -> UUID:
    row.id = uuid7()  # type: ignore[attr-defined]  # each of them has one
    ctx.db.add(row)
    ctx.db.flush()
    return row.id  # type: ignore[attr-defined,no-any-return]  # each of them has one


def _offering(ctx: Context) -> UUID:
    return _saved(
        ctx,
        Offering(
            code=f"plan-{uuid7().hex}",
            version=1,
            kind=OfferingKind.PLAN,
            payment_mode=PaymentMode.PREPAID,
            name={"en": "Plan"},
            description={},
            characteristics=[],
            price_list="retail",
            position=1,
            valid_from=ctx.now,
        ),
    )


def _assignment(ctx: Context, customer_id: UUID) -> UUID:
    prices = _saved(ctx, PriceList(code=f"list-{uuid7().hex}", currency=ctx.brand.currency))
    return _saved(ctx, PriceListAssignment(price_list_id=prices, customer_id=customer_id, valid_from=ctx.now))


def _run(ctx: Context) -> BillRun:
    found = ctx.db.query(BillRun).first()
    if found is None:
        _saved(ctx, BillRun(period_start=date(2026, 9, 1), period_end=date(2026, 10, 1), started_at=ctx.now))
    return found or _run(ctx)


def _invoice(ctx: Context, account_id: UUID) -> UUID:
    run = _run(ctx)
    return _saved(
        ctx,
        Invoice(
            number=uuid7().hex,
            account_id=account_id,
            run_id=run.id,
            period_start=run.period_start,
            period_end=run.period_end,
            issued_at=ctx.now,
            due_on=run.period_end + timedelta(days=14),
            currency=ctx.brand.currency,
            net_micros=80_000_000,
            tax_micros=20_000_000,
            gross_micros=100_000_000,
        ),
    )


def _member(ctx: Context, customer_id: UUID) -> UUID:
    programme = ctx.db.query(Programme).first()
    key = programme.id if programme else _saved(ctx, Programme(code="club", name={"en": "Club"}))
    return _saved(ctx, Member(programme_id=key, customer_id=customer_id, enrolled_at=ctx.now))
