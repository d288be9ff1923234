"""Holds the demo's month against the files that were delivered and the world outside.

Written apart from the code that loaded the files: SQL over their text, on a connection of its own. It knows the
documented formats and the tables, and imports nothing of mediation, rating, charging or billing.
"""

from mvne_cli.demo.reconciliation.comparing import Line, reconcile
from mvne_cli.demo.reconciliation.files import Delivered

__all__ = ["Delivered", "Line", "reconcile"]
