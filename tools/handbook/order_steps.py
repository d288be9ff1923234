"""The states of an order and what moves it, from the rules that decide it."""

from mvne_platform import orders
from mvne_platform.orders.rules import TRANSITIONS
from tools.handbook.markdown import first_paragraph
from tools.handbook.markdown import table as as_table


def table() -> str:
    """One row a step, in the order of the rules."""
    rows = [
        (f"`{state}`", f"{step}: {first_paragraph(getattr(orders, f'{step}_order'))}", f"`{target}`")
        for (state, step), target in TRANSITIONS.items()
    ]
    return as_table(("from", "step", "to"), rows)
