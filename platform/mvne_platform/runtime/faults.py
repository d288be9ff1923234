"""Named points at which a fault trial may kill the process. In production `step` does nothing."""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def step(name: str) -> None:
    """Die here, unannounced, when MVNE_FAULT_STEP names this point and it is passed the MVNE_FAULT_AFTER-th time."""
    if name != os.environ.get("MVNE_FAULT_STEP"):
        return
    _passed[name] += 1
    if _passed[name] == int(os.environ.get("MVNE_FAULT_AFTER", "1")):
        os.kill(os.getpid(), signal.SIGKILL)
