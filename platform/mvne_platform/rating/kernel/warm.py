"""Compiling ahead of the first batch."""

import numpy as np

from mvne_platform.rating.kernel.batch import rate_columns
from mvne_platform.rating.kernel.columns import EventColumns, HoldingTable, PurseState
from mvne_platform.rating.kernel.flatten import compile_tariffs
from mvne_platform.rating.kernel.ranges import ranges_of


def warm() -> None:
    """Compile whatever a batch needs, or load it where it was compiled before: half a minute, or half a second.

    The code is kept below `NUMBA_CACHE_DIR`; several processes may do it at once.
    """
    none8, none32, none64 = np.empty(0, np.int8), np.empty(0, np.int32), np.empty(0, np.int64)
    offsets = np.zeros(1, np.int64)
    ranges_of(none64)
    rate_columns(
        EventColumns(none64, none8, none64, none8, none64, none32, none32, none8, none32, none32),
        HoldingTable(
            *(none32, none32, none32, none32, none32),
            *(none8, none8),
            *(none64, offsets, none64, none64),
            none32,
            *(none64, none64),
        ),
        compile_tariffs([]),
        PurseState(
            offsets,
            *(none32, none32),
            none8,
            none32,
            *(none64, none64),
            none32,
            *(none64, none64),
            np.empty(0, np.bool_),
            *(none32, none32, none32),
            none64,
        ),
    )
