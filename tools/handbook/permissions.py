"""Permissions: what each allows, who holds it, where it is asked for."""

import ast
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import Any

from mvne_platform.access.roles import PUBLIC, ROLES, SCOPES
from tools.handbook.markdown import code, table
from tools.handbook.sources import PLATFORM, TENANTS, functions_with

MEANING = {
    "audit.read": "see who changed what, before and after",
    "balance.adjust": "correct a balance by an amount, up or down",
    "balance.read": "see buckets and their ledgers",
    "balance.read_notes": "see why and by whom staff corrected a balance",
    "balance.share": "open sharing groups, add and remove their members",
    "balance.top_up": "credit a balance without a payment",
    "bill.book_rerating": "bring the difference of a re-rating into balances and bills",
    "bill.run": "bill a month",
    "brand.apply": "apply manifests, publish shared catalogues, take a brand live, set letters and loyalty",
    "brand.clock": "move a sandbox's clock",
    "brand.read": "see brands, applications of manifests, what is missing to go live",
    "catalogue.manage": "define offerings, price lists, tax rates, holidays",
    "catalogue.read": "see what is for sale",
    "customer.manage": "change customers and their addresses",
    "customer.read": "see customers, their addresses and accounts",
    "customer_group.manage": "define customer groups",
    "customer_group.read": "see customer groups",
    "identity.decide": "see identity verifications, and decide those that wait for a person",
    "inventory.manage": "take SIMs and numbers into stock",
    "invoice.read": "see invoices, their documents, and what an account owes",
    "letter.read": "see the letters sent to a customer",
    "loyalty.read": "see programme, members, points, rewards",
    "loyalty.redeem": "exchange points for a reward",
    "network.manage": "send a request to the network again",
    "network.read": "see requests to the network and what went over the wire",
    "order.manage": "move orders on, or cancel them",
    "order.place": "quote, order, see which numbers can be chosen",
    "order.read": "see orders",
    "payment.take": "ask for a payment, and see payments",
    "price_list.replay": "try a draft price list on usage of the past",
    "staff.manage": "make API clients",
    "subscription.manage": "add an identifier to a line in service",
    "subscription.read": "see subscriptions, and find them by number, IMSI, ICCID or account",
    "usage.charge": "charge usage online: price enquiries, one-shot requests, sessions",
    "usage.correct": "correct failed records, and have failures rated again",
    "usage.load": "hand in, pull and load usage files, and decide about those in quarantine",
    "usage.numbers": "load ported numbers and short codes, and look numbers up",
    "usage.push": "push usage files to a source over HTTP, and read how their rows ended",
    "usage.read": "see usage, usage files and exceptions, with called numbers shortened",
    "usage.read_numbers": "see called numbers in full",
    "usage.rerate": "compute what rating usage of the past again would change, and let it go",
    "usage.sources": "define where usage files come from, test and pause it, waive gaps; describe formats",
    "usage.write_off": "give failed rows up for good",
    "voucher.issue": "make a batch of vouchers, and see their codes once",
    "voucher.redeem": "redeem a voucher",
    "wholesale.read": "see what the host operator charges for usage",
}


def every() -> list[str]:
    """Every permission that a role or scope holds."""
    held: frozenset[str] = frozenset().union(*ROLES.values(), *SCOPES.values(), PUBLIC)
    return sorted(held)


def all_holding() -> list[str]:
    """The roles that hold every permission of staff; those of API clients' scopes alone are no role's."""
    of_staff: frozenset[str] = frozenset().union(*ROLES.values())
    return [role for role, held in ROLES.items() if held == of_staff]


def holders() -> str:
    """Each permission with its meaning and who holds it; roles that hold everything are named once, above."""
    whole = set(all_holding())
    rows = [(f"`{one}`", MEANING[one], _holders(one, ROLES, whole), _holders(one, SCOPES, set())) for one in every()]
    heading = f"{code(all_holding())} hold every permission of staff and are left out of the table."
    return f"{heading}\n\n{table(('permission', 'allows to', 'other roles', 'scopes'), rows)}"


def asked() -> str:
    """Each permission with the functions that ask for it."""
    wanted = _askers()
    return table(
        ("permission", "asked for by"), [(f"`{one}`", code(wanted.get(one, ())) or "nothing yet") for one in every()]
    )


def _holders(permission: str, mapping: Mapping[str, frozenset[str]], left_out: set[str]) -> str:
    return code(name for name, held in mapping.items() if permission in held and name not in left_out)


def _askers() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for package in (
        *(path.parent for path in sorted(PLATFORM.glob("*/permissions.py"))),
        PLATFORM / "runtime",
        TENANTS,
    ):
        constants = _constants(package.name if package == TENANTS else f"mvne_platform.{package.name}")
        for name, permission in constants.items():
            found.setdefault(permission, []).extend(functions_with(package, partial(_asks, constant=name)))
    return found


def _constants(package: str) -> dict[str, str]:
    """Names of permissions, as `require` is given them."""
    module: Any = import_module(f"{package}.audit" if package.endswith(".runtime") else f"{package}.permissions")
    return {name: value for name, value in vars(module).items() if name.isupper() and value in MEANING}


def _asks(node: ast.AST, constant: str) -> bool:
    """`ctx.require(permissions.READ)`, `require(actor, permissions.READ)`, `ctx.actor.may(permissions.READ)`."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in ("require", "may") and any(_is(argument, constant) for argument in node.args)


def _is(argument: ast.expr, constant: str) -> bool:
    return (argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "id", "")) == constant
