"""What lines used and were charged, read and rated again: for re-rating, and for trying out prices."""

from mvne_platform.charging.past.pricing import afresh, as_it_was
from mvne_platform.charging.past.reading import Past, PriceOf, read_past
from mvne_platform.charging.past.recompute import Again, recompute
from mvne_platform.charging.past.scope import Scope, accounts_with_usage, in_shares

__all__ = [
    "Again",
    "Past",
    "PriceOf",
    "Scope",
    "accounts_with_usage",
    "afresh",
    "as_it_was",
    "in_shares",
    "read_past",
    "recompute",
]
