"""Loading large usage files as columns: the same steps as `charging.loading`, and the same content of the database.

A second door of charging, for rating workers: Polars and numba take their time to load. Import it where files are
rated: `from mvne_platform.charging import columns`.
"""

from mvne_platform.charging.columns.pipeline import CHUNK_ROWS, SHARED_ROWS, Ahead, load_columns
from mvne_platform.charging.columns.warming import warm

__all__ = ["CHUNK_ROWS", "SHARED_ROWS", "Ahead", "load_columns", "warm"]
