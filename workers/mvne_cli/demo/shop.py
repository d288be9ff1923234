"""What customers do at the storefront: order, pay, redeem."""

from collections.abc import Iterable
from decimal import Decimal
from math import ceil
from typing import Any

from mvne_cli.demo.cast import Character
from mvne_cli.demo.doors import Refused, until
from mvne_cli.demo.stage import Stage

_OFFERINGS = "query Offerings { offerings(first: 100) { nodes { id code } } }"

_QUOTE = """mutation Quote($input: CreateQuoteInput!) {
  createQuote(input: $input) { quote { quoteId } userErrors { code message field } }
}"""

_ORDER = """mutation Order($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { id number items { subscription { id } } customer { id } }
    userErrors { code message field }
  }
}"""

_STATE = "query State($id: ID!) { order(id: $id) { state stateReason } }"

_LINE = """query Line($id: ID!) {
  subscription(id: $id) {
    id number state activatedAt paymentMode identifiers { kind value } customer { id number } account { id }
  }
}"""

_TOP_UP = """mutation TopUp($input: TopUpInput!) {
  topUp(input: $input) { payment { id } userErrors { code message field } }
}"""

_PAYMENT = "query Payment($id: ID!) { payment(id: $id) { state } }"

_BALANCE = "query Balance($id: ID!) { subscription(id: $id) { buckets { code money { amount } } } }"

_VOUCHER = """mutation Voucher($input: RedeemVoucherInput!) {
  redeemVoucher(input: $input) { credited { amount } userErrors { code message field } }
}"""

_POINTS = "query Points($id: ID!) { loyaltyAccount(customerId: $id) { id points } }"

_REDEEM = """mutation Redeem($input: RedeemRewardInput!) {
  redeemReward(input: $input) { loyaltyAccount { points } userErrors { code message field } }
}"""

_INVOICES = """query Invoices($id: ID!) {
  subscription(id: $id) { account { invoices(first: 5) { nodes { number documentPath } } } }
}"""

GOOD_CARD, BAD_CARD = "tok_visa_ok", "tok_declined"
_OPEN_STATES = {"ACKNOWLEDGED", "HELD", "IN_PROGRESS"}


def sign_up(stage: Stage, people: Iterable[Character]) -> None:
    """Order, pay for the start, and wait until everybody is in service, or refused as was to be expected."""
    people = list(people)
    for one in people:
        _order(stage, one)
        if one.starter:
            top_up(stage, one, one.starter, "starter")
    for one in people:
        _await(stage, one)


def line_of(stage: Stage, one: Character) -> dict[str, Any]:
    """The line of somebody in service: ids, number, IMSI, since when."""
    line: dict[str, Any] = stage.journal[f"line {one.name}"]
    return line


def top_up(stage: Stage, one: Character, amount: str, occasion: str) -> None:
    """Pay by card; who has a card that is declined tries another one."""
    if one.declined and occasion == "starter":
        _pay(stage, one, amount, BAD_CARD, f"declined top-up {one.name}", "DECLINED")
    _pay(stage, one, amount, GOOD_CARD, f"top-up {one.name} {occasion}", "CAPTURED")


def look_at_balance(stage: Stage, one: Character, day: int) -> None:
    """Whoever has less left than they keep fills the balance up, in steps of ten."""
    left = Decimal(stage.once(f"balance {one.name} on day {day}", lambda _: _balance(stage, one)))
    missing = one.keeps - left
    if missing > 0:
        top_up(stage, one, f"{ceil(missing / 10) * 10}.00", f"on day {day}")


def redeem_voucher(stage: Stage, one: Character, code: str) -> None:
    """Fill the balance by a voucher's code."""
    subscription = _subscription_id(stage, one)
    given = {"subscriptionId": subscription, "code": code}
    stage.once(f"voucher {one.name}", lambda key: stage.storefront.do(_VOUCHER, key, given)["credited"])


def redeem_points(stage: Stage, people: Iterable[Character], reward: str) -> None:
    """Whoever is the first who can afford the reward buys it."""
    stage.once("reward", lambda key: _first_redemption(stage, people, reward, key))


def _first_redemption(stage: Stage, people: Iterable[Character], reward: str, key: str) -> dict[str, Any]:
    for one in people:
        line = line_of(stage, one)
        member = stage.storefront.ask(_POINTS, id=line["customer"]["id"])["loyaltyAccount"]
        given = {"loyaltyAccountId": member["id"], "rewardCode": reward, "subscriptionId": line["id"]}
        try:
            return {"name": one.name, **stage.storefront.do(_REDEEM, f"{key}-{one.name}", given)["loyaltyAccount"]}
        except Refused as refusal:
            if refusal.codes not in (("POINTS_TOO_FEW",), ("LINE_NOT_IN_SERVICE",)):
                raise
    raise Refused(f"Nobody has the points for '{reward}'.")


def invoice_document(stage: Stage, one: Character) -> str | None:
    """Fetch the newest invoice's PDF as its reader would; answers its number, None where nothing was billed."""
    nodes = stage.storefront.ask(_INVOICES, id=_subscription_id(stage, one))["subscription"]["account"]["invoices"]
    if not nodes["nodes"]:
        return None
    path = nodes["nodes"][0]["documentPath"]
    if path is None or not stage.storefront.get(path).startswith(b"%PDF"):
        raise Refused(f"Invoice {nodes['nodes'][0]['number']} has no document.")
    return str(nodes["nodes"][0]["number"])


def _order(stage: Stage, one: Character) -> None:
    if f"order {one.name}" in stage.journal:
        return
    offerings = _offerings(stage)
    wanted = {"offeringId": offerings[one.plan], "addOnIds": [offerings[code] for code in one.add_ons]}
    quote = stage.once(f"quote {one.name}", lambda key: stage.storefront.do(_QUOTE, key, wanted)["quote"])
    given = {"quoteId": quote["quoteId"], "customer": _customer(stage, one), "simKind": one.sim}
    if one.document:
        given["document"] = {"number": one.document, "country": stage.cast.country}
    stage.once(f"order {one.name}", lambda key: stage.storefront.do(_ORDER, key, given)["order"])


def _offerings(stage: Stage) -> dict[str, str]:
    nodes = stage.storefront.ask(_OFFERINGS)["offerings"]["nodes"]
    return {node["code"]: node["id"] for node in nodes}


def _customer(stage: Stage, one: Character) -> dict[str, Any]:
    cast = stage.cast
    return {
        "givenName": one.called.given,
        "familyName": one.called.family,
        "email": f"customer-{one.name}@{cast.brand}-customers.example",
        "birthDate": "1990-01-01",
        "language": one.called.language,
        "addresses": [
            {"lines": [f"Test {one.name}"], "postalCode": cast.postal_code, "city": cast.city, "country": cast.country}
        ],
    }


def _await(stage: Stage, one: Character) -> None:
    order = stage.journal[f"order {one.name}"]

    def ended() -> str | None:
        state = stage.storefront.ask(_STATE, id=order["id"])["order"]["state"]
        return None if state in _OPEN_STATES else str(state)

    wanted = "REJECTED" if one.is_refused else "COMPLETED"
    state = stage.once(f"outcome {one.name}", lambda _: until(stage.stop, ended, what=f"the end of {order['number']}"))
    if state != wanted:
        raise Refused(f"Order {order['number']} ended as {state}, not as {wanted}.")
    if not one.is_refused:
        stage.once(f"line {one.name}", lambda _: _line(stage, one))


def _line(stage: Stage, one: Character) -> dict[str, Any]:
    found = stage.storefront.ask(_LINE, id=_subscription_id(stage, one))["subscription"]
    values = {each["kind"].lower(): each["value"] for each in found.pop("identifiers")}
    return {**found, **values}


def _pay(stage: Stage, one: Character, amount: str, card: str, step: str, wanted: str) -> None:
    given = {
        "subscriptionId": _subscription_id(stage, one),
        "amount": {"amount": amount, "currencyCode": stage.currency},
        "cardToken": card,
    }
    payment = stage.once(step, lambda key: stage.storefront.do(_TOP_UP, key, given)["payment"])

    def settled() -> str | None:
        state = str(stage.storefront.ask(_PAYMENT, id=payment["id"])["payment"]["state"])
        return None if state == "PENDING" else state

    state = until(stage.stop, settled, what="a payment's end")
    if state != wanted:
        raise Refused(f"The payment for {one.name} ended as {state}, not as {wanted}.")


def _balance(stage: Stage, one: Character) -> str:
    buckets = stage.storefront.ask(_BALANCE, id=_subscription_id(stage, one))["subscription"]["buckets"]
    return next((str(bucket["money"]["amount"]) for bucket in buckets if bucket["code"] == "main"), "0")


def _subscription_id(stage: Stage, one: Character) -> str:
    return str(stage.journal[f"order {one.name}"]["items"][0]["subscription"]["id"])
