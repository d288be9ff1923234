"""The batch kernel: what the scalar reference says, for columns of events, in machine code.

Import it where batches are rated only: it brings numba. Compiled for the first time, it takes a while (`warm`).
"""

from mvne_platform.rating.kernel.batch import rate_columns
from mvne_platform.rating.kernel.columns import (
    FOREVER,
    NONE,
    EventColumns,
    HoldingTable,
    PurseState,
    RatedColumns,
    day_number,
    day_of,
    seconds_up,
)
from mvne_platform.rating.kernel.flatten import CompiledTariffs, compile_tariffs
from mvne_platform.rating.kernel.numbers import number_column, pack_number, pack_numbers, service_mask, unpack_number
from mvne_platform.rating.kernel.rater import KernelRater
from mvne_platform.rating.kernel.warm import warm

__all__ = [
    "FOREVER",
    "NONE",
    "CompiledTariffs",
    "EventColumns",
    "HoldingTable",
    "KernelRater",
    "PurseState",
    "RatedColumns",
    "compile_tariffs",
    "day_number",
    "day_of",
    "number_column",
    "pack_number",
    "pack_numbers",
    "rate_columns",
    "seconds_up",
    "service_mask",
    "unpack_number",
    "warm",
]
