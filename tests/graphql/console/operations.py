"""Every operation of the console, as one request each, for a given desk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.graphql.console import usage_operations
from tests.graphql.console.desk import NEW_YEAR, Desk
from tests.plugins.cluster import START
from tests.tenants.mini import FILES


@dataclass(frozen=True, slots=True)
class Operation:
    """One root field, asked for in full earnest. `changes` marks mutations."""

    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    changes: bool = False


def _by_id(name: str, kind: str) -> Callable[[Desk], Operation]:
    return lambda desk: Operation(f"query ($id: ID!) {{ {name}(id: $id) {{ id }} }}", {"id": desk[kind]})


def _list(name: str, arguments: str = "") -> Callable[[Desk], Operation]:
    return lambda desk: Operation(f"{{ {name}{arguments} {{ pageInfo {{ hasNextPage }} }} }}")


def _mutation(name: str, given: Callable[[Desk], dict[str, Any]]) -> Callable[[Desk], Operation]:
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code field message }} }} }}"
    return lambda desk: Operation(document, {"input": given(desk)}, changes=True)


def manifest_of(slug: str, **changed: str) -> list[dict[str, str]]:
    """The small manifest as that of another brand."""
    texts = {**FILES, "brand.toml": FILES["brand.toml"].replace('slug = "mini"', f'slug = "{slug}"'), **changed}
    return [{"path": path, "content": text} for path, text in texts.items()]


def price_list_files(desk: Desk) -> dict[str, Any]:
    """A list of one zone."""
    zones, rates = (
        "zone,name,prefixes\ndk,Danmark,45\n",
        "zone,service,first,next,price,per\ndk,voice_out,60,1,0.50,60\n",
    )
    files = [{"name": "zones.csv", "content": zones}, {"name": "rates.csv", "content": rates}]
    return {"code": "small", "validFrom": NEW_YEAR.isoformat(), "files": files}


OPERATIONS: dict[str, Callable[[Desk], Operation]] = {
    "me": lambda desk: Operation("{ me { email } }"),
    "node": _by_id("node", "Offering"),
    # brands
    "brands": lambda desk: Operation("{ brands { nodes { slug } } }"),
    "brand": lambda desk: Operation("query ($s: String!) { brand(slug: $s) { slug } }", {"s": desk.brand}),
    "brandApplication": _by_id("brandApplication", "BrandApplication"),
    "applyBrand": _mutation("applyBrand", lambda desk: {"files": manifest_of(desk.brand)}),
    "collectCredentials": _mutation("collectCredentials", lambda desk: {"applicationId": desk["BrandApplication"]}),
    "takeBrandLive": _mutation("takeBrandLive", lambda desk: {"slug": desk.brand}),
    "advanceClock": _mutation("advanceClock", lambda desk: {"slug": desk.brand, "to": START.isoformat()}),
    # customers
    "customers": _list("customers"),
    "customersEverywhere": lambda desk: Operation('{ customersEverywhere(search: "anna") { notSearched } }'),
    "customer": _by_id("customer", "Customer"),
    "subscriptions": _list("subscriptions", '(identifier: "+4520000001")'),
    "subscription": _by_id("subscription", "Subscription"),
    "letters": lambda desk: Operation(
        "query ($id: ID!) { letters(customerId: $id) { nodes { code } } }", {"id": desk["Customer"]}
    ),
    "loyaltyAccount": lambda desk: Operation(
        "query ($id: ID!) { loyaltyAccount(customerId: $id) { id } }", {"id": desk["Customer"]}
    ),
    "rewards": _list("rewards"),
    "redeemReward": _mutation(
        "redeemReward",
        lambda desk: {
            "loyaltyAccountId": desk["LoyaltyAccount"],
            "rewardCode": "hour",
            "subscriptionId": desk["Subscription"],
        },
    ),
    # catalogue and orders
    "offerings": _list("offerings"),
    "offering": _by_id("offering", "Offering"),
    # price lists
    "priceLists": lambda desk: Operation("{ priceLists { code } }"),
    **{
        name: lambda desk, name=name, shown=shown: Operation(f'{{ {name}(code: "desk") {{ {shown} }} }}')
        for name, shown in (
            ("priceListZones", "pageInfo { hasNextPage }"),
            ("priceListRates", "pageInfo { hasNextPage }"),
            ("priceListFiles", "name"),
            ("priceListFindings", "message"),
        )
    },
    "priceListAssignments": lambda desk: Operation("{ priceListAssignments { id } }"),
    "hostContracts": lambda desk: Operation("{ hostContracts { code } }"),
    "customerGroups": lambda desk: Operation("{ customerGroups { code } }"),
    "importPriceList": _mutation("importPriceList", price_list_files),
    "assignPriceList": _mutation("assignPriceList", lambda desk: {"priceList": "desk", "customerId": desk["Customer"]}),
    "endPriceListAssignment": _mutation(
        "endPriceListAssignment", lambda desk: {"assignmentId": desk["PriceListAssignment"]}
    ),
    "defineCustomerGroup": _mutation("defineCustomerGroup", lambda desk: {"code": "staff", "name": "Staff", "rank": 7}),
    "joinCustomerGroup": _mutation(
        "joinCustomerGroup", lambda desk: {"customerId": desk["Customer"], "group": "family"}
    ),
    "leaveCustomerGroup": _mutation(
        "leaveCustomerGroup", lambda desk: {"customerId": desk["Customer"], "group": "staff"}
    ),
    "orders": _list("orders"),
    "order": _by_id("order", "Order"),
    "freeNumbers": lambda desk: Operation("{ freeNumbers }"),
    "createQuote": _mutation("createQuote", lambda desk: {"offeringId": desk["Offering"]}),
    "placeOrder": _mutation(
        "placeOrder", lambda desk: {"offeringId": desk["Offering"], "customerId": desk["Customer"]}
    ),
    "cancelOrder": _mutation("cancelOrder", lambda desk: {"orderId": desk["Order"], "reason": "changed their mind"}),
    "identityVerifications": _list("identityVerifications"),
    "decideIdentity": _mutation(
        "decideIdentity", lambda desk: {"orderId": desk["Order"], "approved": True, "reason": "seen in the shop"}
    ),
    # network
    "networkRequests": _list("networkRequests"),
    "networkRequest": _by_id("networkRequest", "NetworkRequest"),
    "retryNetworkRequest": _mutation("retryNetworkRequest", lambda desk: {"networkRequestId": desk["NetworkRequest"]}),
    # usage
    "usageFiles": _list("usageFiles"),
    "usageFile": _by_id("usageFile", "UsageFile"),
    "usageExceptions": _list("usageExceptions"),
    "usageExceptionReasons": lambda desk: Operation("{ usageExceptionReasons { reason rows } }"),
    "numberData": lambda desk: Operation("{ numberData { shortCodes } }"),
    "calledNumber": lambda desk: Operation('{ calledNumber(number: "112") { name } }'),
    "shortCodes": lambda desk: Operation("{ shortCodes { code } }"),
    "usageFormats": lambda desk: Operation("{ usageFormats { code } }"),
    "loadNumberData": _mutation(
        "loadNumberData",
        lambda desk: {
            "kind": "SHORT_CODES",
            "name": "codes.csv",
            "content": "code,class,name,valid_from,valid_to,source\n112,emergency,Emergency,1991-07-29,,\n",
        },
    ),
    "describeUsageFormat": _mutation(
        "describeUsageFormat",
        lambda desk: {
            "code": "tape",
            "description": {
                "title": "Tape",
                "kind": "delimited",
                "fields": {
                    "service": {"constant": "data"},
                    "start": {"column": 1},
                    "imsi": {"column": 2},
                    "bytes": {"column": 3},
                },
                "natural_key": [1],
            },
        },
    ),
    **{name: lambda desk, text=text: Operation(text) for name, text in usage_operations.QUERIES.items()},
    **{name: _by_id(name, kind) for name, kind in usage_operations.BY_ID.items()},
    **{name: _mutation(name, given) for name, given in usage_operations.MUTATIONS.items()},
    # money
    "billRuns": _list("billRuns"),
    "billRun": _by_id("billRun", "BillRun"),
    "invoices": _list("invoices"),
    "invoice": _by_id("invoice", "Invoice"),
    "payment": _by_id("payment", "Payment"),
    "runBilling": _mutation("runBilling", lambda desk: {"periodEnd": "2026-11-01"}),
    "issueVouchers": _mutation(
        "issueVouchers",
        lambda desk: {
            "batchCode": "summer",
            "count": 3,
            "amount": {"amount": "50.00", "currencyCode": "DKK"},
            "validTo": NEW_YEAR.isoformat(),
        },
    ),
    "topUp": _mutation(
        "topUp",
        lambda desk: {
            "subscriptionId": desk["Subscription"],
            "amount": {"amount": "100.00", "currencyCode": "DKK"},
            "cardToken": "tok_visa",
        },
    ),
    "redeemVoucher": _mutation(
        "redeemVoucher", lambda desk: {"subscriptionId": desk["Subscription"], "code": "0000-0000"}
    ),
    # balances
    "bucket": _by_id("bucket", "Bucket"),
    "sharingGroup": _by_id("sharingGroup", "SharingGroup"),
    "openSharingGroup": _mutation("openSharingGroup", lambda desk: {"ownerId": desk["Subscription"], "name": "Holm"}),
    "addSharingMember": _mutation(
        "addSharingMember", lambda desk: {"groupId": desk["SharingGroup"], "subscriptionId": desk["Subscription"]}
    ),
    "removeSharingMember": _mutation(
        "removeSharingMember",
        lambda desk: {"groupId": desk["SharingGroup"], "subscriptionId": desk["Subscription"], "dryRun": True},
    ),
    "adjustBalance": _mutation(
        "adjustBalance",
        lambda desk: {
            "subscriptionId": desk["Subscription"],
            "amount": {"amount": "-5.00", "currencyCode": "DKK"},
            "reason": "charged twice",
        },
    ),
    "adjustAllowance": _mutation(
        "adjustAllowance", lambda desk: {"bucketId": desk["Bucket"], "quantity": "60", "reason": "a minute lost"}
    ),
    # audit
    "audit": _list("audit"),
}
