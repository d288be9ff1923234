"""A customer's line to start from."""

from collections.abc import Iterable
from typing import Any

from mvne_platform import party, subscriptions
from mvne_platform.catalogue import Offering, OfferingKind, PaymentMode
from mvne_platform.party import NewCustomer
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Subscription

ANNA = NewCustomer(given_name="Anna", family_name="Sørensen", email="anna@example.com")


def offering(ctx: Context, code: str, **changes: Any) -> Offering:
    """A plan in the catalogue."""
    values: dict[str, Any] = {
        "kind": OfferingKind.PLAN,
        "payment_mode": PaymentMode.POSTPAID,
        "price_list": "retail",
        "spend_limit_micros": None,
        "offline_debit": "full",
        "version": 1,
    }
    made = Offering(
        code=code, name={"da": code, "en": code}, description={}, characteristics=[], position=1,
        valid_from=ctx.now, **{**values, **changes},
    )  # fmt: skip
    ctx.db.add(made)
    ctx.db.flush()
    return made


def pending_line(
    ctx: Context,
    plan: Offering,
    identifiers: Iterable[tuple[str, str]] = (("msisdn", "+4520000001"),),
    add_ons: Iterable[Offering] = (),
) -> Subscription:
    """An ordered line of a new customer."""
    customer = party.create_customer(ctx, ANNA)
    account = party.open_account(ctx, customer.id)
    return subscriptions.create(
        ctx, customer_id=customer.id, account_id=account.id, plan=plan, add_ons=add_ons, identifiers=identifiers
    )
