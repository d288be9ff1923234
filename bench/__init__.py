"""What the platform's work costs, as a ratio to a ceiling measured in the same run.

`make bench`, or `make bench BENCH=prefix`.
"""

import os
from pathlib import Path

# Before anything imports numba: what one run has compiled, the next one loads.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path("var/cache/numba").resolve()))
