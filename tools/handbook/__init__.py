"""The parts of the handbook that are made from the code, so that they cannot fall behind it.

A page says where: what lies between `<!-- made: tables-of-a-brand -->` and `<!-- end -->` is written by
`python -m tools.handbook`, and by nobody else. `python -m tools.handbook --check` only says which pages are behind.
"""

from collections.abc import Callable

from tools.handbook import facts, house, order_steps, permissions, tables

PARTS: dict[str, Callable[[], str]] = {
    "facts": facts.by_domain,
    "house-rules": house.rules,
    "layers": house.layers,
    "order-steps": order_steps.table,
    "permissions": permissions.holders,
    "permissions-asked": permissions.asked,
    "reactions": facts.reactions,
    "tables-of-a-brand": tables.of_a_brand,
    "tables-of-the-platform": tables.of_the_platform,
}

__all__ = ["PARTS"]
