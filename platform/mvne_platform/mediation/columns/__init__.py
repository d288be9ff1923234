"""Usage files read as columns, for the batch loader: a second door of mediation, because Polars takes its time to load.

Import it where files are rated, not in processes that serve people: `from mvne_platform.mediation import columns`.
"""

from mvne_platform.mediation.columns.frame import FRAME, SERVICES, frame_of_events
from mvne_platform.mediation.columns.numbers import with_number_data
from mvne_platform.mediation.columns.read import ColumnsRead, columns_of, read_columns, rows_at

__all__ = [
    "FRAME",
    "SERVICES",
    "ColumnsRead",
    "columns_of",
    "frame_of_events",
    "read_columns",
    "rows_at",
    "with_number_data",
]
