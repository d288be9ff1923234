"""What lies on the desk of a brand's staff: one thing of each kind, and how it is asked for."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from mvne_graphql.relay import global_id
from mvne_graphql.types.usage import event_id
from mvne_platform import (
    balances,
    catalogue,
    charging,
    inventory,
    letters,
    loyalty,
    orders,
    party,
    provisioning,
    receivables,
)
from mvne_platform.catalogue import PaymentMode, editing
from mvne_platform.kernel import Money, uuid7
from mvne_platform.letters.models import Letter
from mvne_platform.provisioning import NetworkLine, NetworkOperation, RequestState, rules
from mvne_platform.provisioning.models import NetworkExchange
from mvne_platform.runtime import BrandRow, Context, brand_work, platform_work
from mvne_platform.runtime.secrets import seal
from mvne_tenants import ApplicationState, BrandApplication
from tests.gateway.wire import CONSOLE, Wire
from tests.graphql.console.usage_desk import furnish_usage
from tests.platform.billing.shop import Shop, copenhagen
from tests.platform.catalogue.samples import RETAIL
from tests.platform.charging.shop import call, receive
from tests.platform.inventory.stock import number_row, sim_row
from tests.platform.loyalty.programme import PROGRAMME
from tests.plugins.cluster import START

_SERIALS = count(1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
STRANGER = "+4599999999"
# Things of a kind that there are two of on the desk.
KINDS = {"QuarantinedFile": "UsageFile"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Ids of a brand's things as clients know them, and a few of their names."""

    brand: str
    ids: dict[str, str]
    msisdn: str
    iccid: str
    customer_number: str
    order_number: str
    invoice_number: str

    def __getitem__(self, kind: str) -> str:
        """The id of the thing of a type."""
        return self.ids[kind]


def ask(wire: Wire, document: str, token: str, brand: str | None = "testbrand", /, **variables: Any) -> dict[str, Any]:
    """The data of an operation at the console that must succeed."""
    return wire.data(document, variables, at=CONSOLE, token=token, brand=brand)


def do(
    wire: Wire,
    document: str,
    token: str,
    given: dict[str, Any],
    *,
    key: str | None = None,
    brand: str | None = "testbrand",
) -> dict[str, Any]:
    """The payload of a mutation that must be answered; user errors are part of it."""
    data = wire.data(document, {"input": given}, at=CONSOLE, token=token, brand=brand, key=key)
    payload: dict[str, Any] = next(iter(data.values()))
    return payload


def furnished(brand: str = "testbrand") -> Desk:
    """Put one thing of each kind on a brand's desk, committed; its clock shows 6:00 of the first of November."""
    with platform_work() as db:
        db.get_one(BrandRow, brand).clock_at = copenhagen(11, 1, 6)
    with brand_work(brand) as ctx:
        ctx.now = copenhagen(10, 1)
        ctx.brand = replace(ctx.brand, profile={**ctx.brand.profile, "identity_verification": True})
        shop = Shop(ctx)
        shop.tax()
        plan = shop.plan("smart", PaymentMode.HYBRID, seconds=600)
        plan.name = dict.fromkeys(ctx.brand.languages, "Smart")
        line = shop.line(plan, shop.account(ctx.brand.language))
        shop.used(line, 1_250_000)
        shop.bill()
        held = _held_order(ctx, plan.id)
        request = _stuck_request(ctx, held)
        _letter(ctx, line.customer_id)
        file = _file_with_failures(ctx)
        balances.open_money(ctx, line.id)
        forty = Money.of("40", ctx.brand.currency)
        balances.top_up(ctx, line.id, forty, balances.Reason.ADJUSTMENT, line.id)
        loyalty.set_programme(ctx, _programme(ctx))
        member = loyalty.enrol(ctx, line.customer_id)
        assert member is not None
        (invoice,) = ctx.db.execute(text("SELECT id, number, run_id FROM invoice")).all()
        msisdn = ctx.db.scalars(text("SELECT value FROM subscription_identifier WHERE valid_to IS NULL")).one()
        keys = {
            "PriceListAssignment": _assignment(ctx, line.customer_id),
            "BillRun": invoice.run_id,
            "BillingAccount": line.account_id,
            "Bucket": balances.open_money(ctx, line.id).id,
            "SharingGroup": balances.open_group(ctx, line.id, "Holm").id,
            "Customer": line.customer_id,
            "IdentityVerification": held.verification_id,
            "Invoice": invoice.id,
            "LoyaltyAccount": member.id,
            "NetworkRequest": request,
            "Offering": plan.id,
            "Order": held.id,
            "Subscription": line.id,
            "Payment": _payment(ctx, line.id),
            "UsageFile": file,
            **furnish_usage(ctx, file),
            "BrandApplication": _application(brand),
        }
        return Desk(
            brand=brand,
            ids={
                **{kind: str(global_id(KINDS.get(kind, kind), key)) for kind, key in keys.items()},
                "RatedEvent": str(event_id(line.id, charging.usage(ctx, line.id)[0].key)),
            },
            msisdn=msisdn,
            iccid=ctx.db.scalars(text("SELECT iccid FROM sim WHERE state = 'reserved'")).one(),
            customer_number=party.load_customer(ctx, line.customer_id).number,
            order_number=held.number,
            invoice_number=invoice.number,
        )


def _programme(ctx: Context) -> loyalty.ProgrammeDraft:
    names = dict.fromkeys(ctx.brand.languages, "Bonus")
    return replace(PROGRAMME, name=names, rewards=tuple(replace(reward, name=names) for reward in PROGRAMME.rewards))


def _assignment(ctx: Context, customer_id: UUID) -> UUID:
    """A price list for the group that the customer is in."""
    catalogue.import_price_list(ctx, replace(RETAIL, code="desk", currency=ctx.brand.currency))
    for group in ("staff", "family"):
        party.define_customer_group(ctx, group, group.title())
    party.join_customer_group(ctx, customer_id, "staff")
    return editing.assign_price_list(ctx, "desk", editing.PricedBy(customer_group="staff")).id


def _application(brand: str) -> UUID:
    kept = seal(json.dumps({"webshop": [f"{brand}-client", "a secret"]}))
    with platform_work() as db:
        row = BrandApplication(
            slug=brand,
            digest="0" * 64,
            files={"brand.toml": ""},
            state=ApplicationState.APPLIED,
            credentials_encrypted=kept,
            requested_by="system",
            requested_at=START,
            finished_at=START,
        )
        db.add(row)
        db.flush()
        return row.id


def _payment(ctx: Context, subscription_id: UUID) -> UUID:
    money = Money.of("25", ctx.brand.currency)
    return receivables.request_top_up(ctx, subscription_id=subscription_id, money=money, method_token="tok").id


def _held_order(ctx: Context, plan: UUID) -> orders.ProductOrder:
    serials = [next(_SERIALS) + 500 for _ in range(6)]
    inventory.add_sims(ctx, [sim_row(serial) for serial in serials])
    inventory.add_numbers(ctx, [number_row(serial) for serial in serials])
    born = datetime(1990, 2, 28, tzinfo=UTC).date()
    language = ctx.brand.language
    bent = party.NewCustomer(
        given_name="Bent", family_name="Kjær", email="bent@example.com", birth_date=born, language=language
    )
    document = party.Document(number="A123999", country="DK")
    return orders.place_order(ctx, orders.NewOrder(offering_id=plan, customer=bent, document=document))


def _stuck_request(ctx: Context, order: orders.ProductOrder) -> UUID:
    line = NetworkLine(imsi="238990000000501", iccid="8945990000000005013", msisdn="+4520000501")
    (item,) = orders.items(ctx, order.id)
    request = provisioning.request(
        ctx, subscription_id=item.subscription_id, operation=NetworkOperation.ACTIVATE, cause_id=order.id, payload=line
    )
    request.state, request.error_code, request.attempts = RequestState.FAILED, rules.UNREACHABLE, 40
    ctx.db.add(NetworkExchange(request_id=request.id, sent={"operation": "activate"}, status="no answer", at=ctx.now))
    ctx.db.flush()
    return request.id


def _letter(ctx: Context, customer_id: UUID) -> None:
    for number in range(2):
        ctx.db.add(
            Letter(
                customer_id=customer_id,
                code="welcome",
                occasion_id=uuid7(),
                channel=letters.Channel.EMAIL,
                recipient="anna@example.com",
                subject=f"Velkommen {number}",
                body="Hej Anna",
                created_at=ctx.now,
            )
        )
        ctx.db.flush()


def _file_with_failures(ctx: Context) -> UUID:
    file = receive(ctx, *(call(number, caller=STRANGER) for number in range(3)), name=f"{ctx.brand.slug}.csv")
    while not charging.load_chunk(ctx, file.id).finished:
        pass
    return file.id
