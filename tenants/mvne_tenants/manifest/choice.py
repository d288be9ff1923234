"""Whether customer groups and host contracts name price lists of their kind."""

from collections.abc import Iterator

from mvne_platform.catalogue import Purpose
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.price_lists import PriceLists
from mvne_tenants.manifest.source import Source, Table


def choice_faults(source: Source, lists: PriceLists) -> Iterator[Fault]:
    """Groups and contracts that name no list, or one of the other kind; codes that stand there twice."""
    for key, purpose in (("customer_groups", Purpose.RETAIL), ("host_contracts", Purpose.WHOLESALE)):
        seen: set[str] = set()
        for table in source.root.tables(key):
            code = table.text("code")
            if code and code in seen:
                yield table.fault("code", "REPEATED", f"The code '{code}' is there twice.", "Choose another code.")
            seen.add(code)
            yield from _list_faults(table, purpose, lists)


def _list_faults(table: Table, purpose: Purpose, lists: PriceLists) -> Iterator[Fault]:
    named = table.text("price_list")
    if not named:
        return
    known = lists.purposes.get(named)
    if known is None:
        cause = f"The brand has no price list '{named}'."
        yield table.fault(
            "price_list", "UNKNOWN_PRICE_LIST", cause, "Name a list that has a folder below price_lists/."
        )
    elif known is not purpose:
        cause = f"'{named}' is a {known} list, and a {purpose} one is needed."
        yield table.fault("price_list", "WRONG_PURPOSE", cause, "Name another list, or set purpose in its list.toml.")
    if purpose is Purpose.RETAIL and "from" not in table.values:
        cause = f"It is not said from when on '{named}' holds for the group."
        yield table.fault("price_list", "MISSING", cause, "Add 'from' with a day.")
