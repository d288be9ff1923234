"""What each role of staff and each scope of an API client may do. Reviewed by hand; nothing computes it."""

from mvne_platform.runtime import Actor, ActorKind

_CUSTOMER_CARE = frozenset(
    {
        "balance.read",
        "balance.read_notes",
        "balance.share",
        "balance.top_up",
        "catalogue.read",
        "customer.manage",
        "customer_group.read",
        "customer.read",
        "invoice.read",
        "letter.read",
        "loyalty.read",
        "loyalty.redeem",
        "network.read",
        "order.manage",
        "order.place",
        "order.read",
        "payment.take",
        "subscription.manage",
        "subscription.read",
        "usage.read",
        "voucher.redeem",
    }
)

_BRAND = _CUSTOMER_CARE | {
    "audit.read",
    "balance.adjust",
    "bill.book_rerating",
    "bill.run",
    "brand.apply",
    "brand.clock",
    "brand.read",
    "catalogue.manage",
    "customer_group.manage",
    "identity.decide",
    "inventory.manage",
    "network.manage",
    "price_list.replay",
    "staff.manage",
    "usage.correct",
    "usage.load",
    "usage.numbers",
    "usage.read_numbers",
    "usage.rerate",
    "usage.sources",
    "usage.write_off",
    "voucher.issue",
    "wholesale.read",
}

# A role is granted per brand; granted for every brand (`*`) it also holds for the platform itself.
ROLES: dict[str, frozenset[str]] = {
    "platform_operator": _BRAND,
    "brand_admin": _BRAND,
    "product_manager": frozenset(
        {
            "brand.read",
            "catalogue.manage",
            "catalogue.read",
            "customer_group.manage",
            "customer_group.read",
            "inventory.manage",
            "loyalty.read",
            "price_list.replay",
            "wholesale.read",
        }
    ),
    "csr": _CUSTOMER_CARE | {"brand.read"},
    "back_office": frozenset(
        {
            "brand.read",
            "catalogue.read",
            "customer.read",
            "customer_group.read",
            "identity.decide",
            "inventory.manage",
            "letter.read",
            "network.manage",
            "network.read",
            "order.manage",
            "order.read",
            "subscription.manage",
            "subscription.read",
            "usage.correct",
            "usage.load",
            "usage.numbers",
            "usage.read",
            "usage.rerate",
            # Whoever corrects a record must see it whole.
            "usage.read_numbers",
            "usage.sources",
        }
    ),
    "finance": frozenset(
        {
            "audit.read",
            "balance.adjust",
            "balance.read",
            "balance.read_notes",
            "bill.book_rerating",
            "bill.run",
            "brand.read",
            "catalogue.read",
            "customer.read",
            "invoice.read",
            "subscription.read",
            "usage.read",
            "usage.rerate",
            "usage.write_off",
            "voucher.issue",
            "wholesale.read",
        }
    ),
    "marketing": frozenset({"brand.read", "catalogue.read", "loyalty.read", "voucher.issue"}),
}

# What anyone may do at a brand's storefront without a token.
PUBLIC: frozenset[str] = frozenset({"catalogue.read"})

SCOPES: dict[str, frozenset[str]] = {
    "catalogue": PUBLIC,
    "shop": PUBLIC | {"order.place", "order.read"},
    "care": PUBLIC
    | {
        "balance.read",
        "balance.share",
        "balance.top_up",
        "customer.read",
        "invoice.read",
        "loyalty.read",
        "loyalty.redeem",
        "order.read",
        "payment.take",
        "subscription.read",
        "usage.read",
        "voucher.redeem",
    },
    # A network element, or a front end of ours for one: prices, charges and sessions of the brand's subscribers.
    "charging": frozenset({"usage.charge"}),
    # Called numbers in full are personal data of the called party too: a scope of their own.
    "numbers": frozenset({"usage.read_numbers"}),
    # Of an operator's system that pushes usage files: nothing but that.
    "usage": frozenset({"usage.push"}),
}

ANYONE = Actor(ActorKind.PUBLIC, permissions=PUBLIC)
NOBODY = Actor(ActorKind.PUBLIC)
