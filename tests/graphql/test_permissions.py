"""Every field of the storefront that asks for a permission, against a table that people have reviewed.

`permissions.csv` is written by hand: what a field needs, and which scopes therefore open it. Here each field is asked
with every scope alone, with exactly its permissions, and with all permissions but one of them.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType

from mvne_graphql.storefront.schema import schema
from mvne_platform.access.roles import ROLES, SCOPES
from mvne_platform.kernel import uuid7
from tests.gateway.wire import Wire, client_token
from tests.graphql.things import one_of_each

ROWS = list(csv.DictReader(Path(__file__).with_name("permissions.csv").read_text("utf-8").splitlines()))
TABLE = {row["operation"]: row for row in ROWS}
EVERY_PERMISSION = frozenset().union(*ROLES.values(), *SCOPES.values())
REFUSALS = {"FORBIDDEN", "UNAUTHENTICATED"}

ANNA = '{givenName: "Anna", familyName: "Holm", email: "anna@example.com"}'
USAGE = '{subscriber: "+4500000000", service: SMS_OUT, otherParty: "+4500000001"}'
SOME_ID = '"0b5d4b1e-8f0c-4a53-9a57-3c0f3f2b6a11"'
DOCUMENTS = {
    "Query.__typename": "{ __typename }",
    "Query.shop": "{ shop { name } }",
    "Query.offerings": "{ offerings { nodes { code } } }",
    "Query.offering": '{ offering(id: "$Offering") { code } }',
    "Query.node": '{ node(id: "$Offering") { id } }',
    "Query.freeNumbers": "{ freeNumbers }",
    "Query.order": '{ order(id: "$Order") { number } }',
    "Query.customer": '{ customer(id: "$Customer") { number } }',
    "Query.subscription": '{ subscription(id: "$Subscription") { number } }',
    "Query.invoice": '{ invoice(id: "$Invoice") { number } }',
    "Query.payment": '{ payment(id: "$Payment") { state } }',
    "Query.bucket": '{ bucket(id: "$Bucket") { code } }',
    "Query.sharingGroup": '{ sharingGroup(id: "$SharingGroup") { name } }',
    "Query.loyaltyAccount": '{ loyaltyAccount(customerId: "$Customer") { points } }',
    "Query.usagePrice": "{ usagePrice(usage: " + USAGE + ', quantity: "1") { result } }',
    "Query.rewards": "{ rewards { nodes { code } } }",
    "Mutation.createQuote": 'mutation { createQuote(input: {offeringId: "$Offering"}) { userErrors { code } } }',
    "Mutation.placeOrder": 'mutation { placeOrder(input: {offeringId: "$Offering", customer: ' + ANNA + "})"
    " { userErrors { code } } }",
    "Mutation.topUp": 'mutation { topUp(input: {subscriptionId: "$Subscription", cardToken: "t",'
    ' amount: {amount: "5", currencyCode: "DKK"}}) { userErrors { code } } }',
    "Mutation.redeemVoucher": 'mutation { redeemVoucher(input: {subscriptionId: "$Subscription", code: "x"})'
    " { userErrors { code } } }",
    "Mutation.redeemReward": 'mutation { redeemReward(input: {loyaltyAccountId: "$LoyaltyAccount",'
    ' rewardCode: "x", subscriptionId: "$Subscription"}) { userErrors { code } } }',
    "Mutation.openSharingGroup": 'mutation { openSharingGroup(input: {ownerId: "$Subscription", name: "Holm"})'
    " { userErrors { code } } }",
    "Mutation.addSharingMember": 'mutation { addSharingMember(input: {groupId: "$SharingGroup",'
    ' subscriptionId: "$Subscription"}) { userErrors { code } } }',
    "Mutation.removeSharingMember": 'mutation { removeSharingMember(input: {groupId: "$SharingGroup", dryRun: true,'
    ' subscriptionId: "$Subscription"}) { userErrors { code } } }',
    "Mutation.chargeUsage": "mutation { chargeUsage(input: {id: "
    + SOME_ID
    + ", usage: "
    + USAGE
    + ', quantity: "1"}) { userErrors { code } } }',
    "Mutation.startChargingSession": "mutation { startChargingSession(input: {id: "
    + SOME_ID
    + ", usage: "
    + USAGE
    + "}) { userErrors { code } } }",
    "Mutation.updateChargingSession": "mutation { updateChargingSession(input: {sessionId: "
    + SOME_ID
    + ', sequence: 1, used: "0"}) { userErrors { code } } }',
    "Mutation.releaseChargingSession": "mutation { releaseChargingSession(input: {sessionId: "
    + SOME_ID
    + ', sequence: 1, used: "0"}) { userErrors { code } } }',
    "Subscription.buckets": '{ subscription(id: "$Subscription") { buckets { code } } }',
    "Subscription.sharingGroup": '{ subscription(id: "$Subscription") { sharingGroup { name } } }',
    "Query.ratedEvent": '{ ratedEvent(id: "$RatedEvent") { zone } }',
    "RatedEvent.explanation": '{ ratedEvent(id: "$RatedEvent") { explanation { title } } }',
    "Subscription.usage": '{ subscription(id: "$Subscription") { usage { nodes { zone } } } }',
    "Subscription.usageTotals": '{ subscription(id: "$Subscription") { usageTotals { day } } }',
    "Subscription.products": '{ subscription(id: "$Subscription") { products { isPlan } } }',
    "Subscription.identifiers": '{ subscription(id: "$Subscription") { identifiers { value } } }',
    "Subscription.spendLimit": '{ subscription(id: "$Subscription") { spendLimit { amount } } }',
    "Subscription.customer": '{ subscription(id: "$Subscription") { customer { number } } }',
    "Subscription.account": '{ subscription(id: "$Subscription") { account { number } } }',
    "Customer.addresses": '{ customer(id: "$Customer") { addresses { city } } }',
    "Customer.accounts": '{ customer(id: "$Customer") { accounts { number } } }',
    "Customer.subscriptions": '{ customer(id: "$Customer") { subscriptions { number } } }',
    "BillingAccount.invoices": '{ node(id: "$BillingAccount") { ... on BillingAccount { invoices { totalCount } } } }',
    "Bucket.ledger": '{ node(id: "$Bucket") { ... on Bucket { ledger { nodes { reason } } } } }',
    "Bucket.totals": '{ bucket(id: "$Bucket") { totals { reason } } }',
    "LedgerEntry.usage": '{ bucket(id: "$Bucket") { ledger { nodes { usage { zone } } } } }',
    "SharingGroup.owner": '{ sharingGroup(id: "$SharingGroup") { owner { number } } }',
    "SharingGroup.account": '{ sharingGroup(id: "$SharingGroup") { account { number } } }',
    "SharingGroup.members": '{ sharingGroup(id: "$SharingGroup") { members { since } } }',
    "SharingGroup.buckets": '{ sharingGroup(id: "$SharingGroup") { buckets { code } } }',
    "SharingMember.subscription": '{ sharingGroup(id: "$SharingGroup") { members { subscription { number } } } }',
    "Invoice.lines": '{ invoice(id: "$Invoice") { lines { number } } }',
    "Invoice.taxes": '{ invoice(id: "$Invoice") { taxes { label } } }',
    "LoyaltyAccount.entries": '{ loyaltyAccount(customerId: "$Customer") { entries { nodes { points } } } }',
    "Order.items": '{ order(id: "$Order") { items { prices { name } } } }',
    "Order.customer": '{ order(id: "$Order") { customer { number } } }',
    "Payment.subscription": '{ payment(id: "$Payment") { subscription { number } } }',
}
# Reached only through a field above, and asking for nothing more, or (an order's subscription) for what is above too.
WITHIN_OTHERS = {"Product.offering", "OrderItem.offering", "OrderItem.addOns", "OrderItem.subscription"}
# Null, not refused, for who may read the event but not what the host operator charges.
WITHIN_OTHERS |= {"RatedEvent.wholesaleCost"}


@pytest.fixture(scope="module")
def things(wire: Wire) -> dict[str, str]:
    return one_of_each("testbrand")


@pytest.fixture(scope="module")
def tokens(wire: Wire) -> dict[str, str | None]:
    return {"public": None, **{scope: client_token((scope,)) for scope in SCOPES}}


def is_refused(wire: Wire, operation: str, things: dict[str, str], token: str | None) -> bool:
    """Whether the edge or a command says no; being answered a user error is being let in."""
    text = DOCUMENTS[operation]
    for kind, key in sorted(things.items(), reverse=True):
        text = text.replace(f'"${kind}"', f'"{key}"')
    content = wire.ask(text, token=token, key=uuid7().hex).json()
    codes = {error["extensions"]["code"] for error in content.get("errors", ())}
    assert codes <= REFUSALS, content
    return bool(codes)


@pytest.mark.parametrize("operation", TABLE)
def test_a_scope_opens_what_the_table_says(
    wire: Wire, things: dict[str, str], tokens: dict[str, str | None], operation: str
) -> None:
    opened = {scope for scope, token in tokens.items() if not is_refused(wire, operation, things, token)}
    assert opened == set(TABLE[operation]["scopes"].split())


@pytest.mark.parametrize("operation", [name for name, row in TABLE.items() if row["permissions"]])
def test_a_field_needs_each_of_its_permissions_and_no_other(
    wire: Wire, things: dict[str, str], operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = frozenset(TABLE[operation]["permissions"].split())
    token = client_token(("numbers",))
    monkeypatch.setitem(SCOPES, "numbers", needed)
    assert not is_refused(wire, operation, things, token)
    for missing in needed:
        monkeypatch.setitem(SCOPES, "numbers", EVERY_PERMISSION - {missing})
        assert is_refused(wire, operation, things, token), missing


def test_the_table_and_the_documents_name_every_field_that_is_resolved() -> None:
    assert set(TABLE) == set(DOCUMENTS)
    missing = set(_resolved_fields()) - set(TABLE) - WITHIN_OTHERS
    assert missing == set()


def _resolved_fields() -> Iterator[str]:
    """Fields that run code when asked; stored values come with their object."""
    for kind in schema._schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__") or kind.name.endswith("Connection"):
            continue
        for name, field in kind.fields.items():
            definition: Any = field.extensions["strawberry-definition"]
            if definition.base_resolver is not None:
                yield f"{kind.name}.{name}"


def test_every_permission_a_domain_asks_for_is_held_by_someone_and_the_reverse() -> None:
    asked = set()
    for path in Path("platform/mvne_platform").glob("*/permissions.py"):
        namespace: dict[str, Any] = {}
        exec(compile(path.read_text("utf-8"), str(path), "exec"), namespace)  # noqa: S102  # constants of our own
        asked |= {value for name, value in namespace.items() if name.isupper()}
    namespace = {}
    exec(Path("tenants/mvne_tenants/permissions.py").read_text("utf-8"), namespace)  # noqa: S102  # the same
    asked |= {value for name, value in namespace.items() if name.isupper()} | {"audit.read"}
    assert asked <= EVERY_PERMISSION
    assert frozenset().union(*SCOPES.values()) <= EVERY_PERMISSION
    # Held, and asked for by nobody yet: what the domains of later versions will ask for has no place here.
    assert EVERY_PERMISSION - asked == set()
