"""What lines used and were charged, read and rated again: for re-rating, and for trying out prices."""

from mvne_platform.charging.past.pricing import PriceOf, Pricing, afresh, as_it_was, keeping
from mvne_platform.charging.past.reading import Past, read_past, read_past_unlocked
from mvne_platform.charging.past.recompute import Again, recompute
from mvne_platform.charging.past.scope import Scope, accounts_with_usage, in_shares

__all__ = [
    "Again",
    "Past",
    "PriceOf",
    "Pricing",
    "Scope",
    "accounts_with_usage",
    "afresh",
    "as_it_was",
    "in_shares",
    "keeping",
    "read_past",
    "read_past_unlocked",
    "recompute",
]
