"""What each block of an invoice's lines is about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import phonenumbers

from mvne_platform import subscriptions
from mvne_platform.billing.allowances import contents
from mvne_platform.billing.document.page import Head
from mvne_platform.runtime import Context


def heads(ctx: Context, subscription_ids: Collection[UUID], until: datetime, language: str) -> dict[UUID, Head]:
    """Number and plan of each subscription as they were just before `until`; without a number, the contract's."""
    identifiers = subscriptions.identifiers_of(ctx, subscription_ids)
    plans = {
        key: [product for product in products if product.is_plan and product.valid_from < until]
        for key, products in subscriptions.products_of(ctx, subscription_ids).items()
    }
    offerings = contents(ctx, {plan.offering_id for held in plans.values() for plan in held[-1:]})
    found = {}
    for key in subscription_ids:
        numbers = [
            held.value
            for held in identifiers.get(key, [])
            if held.kind is subscriptions.IdentifierKind.MSISDN and held.valid_from < until
        ]
        title = written(numbers[-1]) if numbers else subscriptions.load_subscription(ctx, key).number
        names = [offerings[plan.offering_id].name(language, ctx.brand.language) for plan in plans.get(key, [])[-1:]]
        found[key] = Head(title, "".join(names))
    return found


def written(msisdn: str) -> str:
    """A number as people write it: +45 20 12 34 56."""
    return phonenumbers.format_number(phonenumbers.parse(msisdn), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
