"""Named points at which a fault trial may kill the process. In production `step` does nothing."""

import os
import signal
from collections import Counter

# Every point, in the order in which work passes them; fault tests enumerate this list.
STEPS = (
    "relay.taken",
    "relay.committed",
    "relay.sent",
    "job.done",
    "outside.prepared",
    "outside.performed",
    "outside.recorded",
    "job.committed",
)

_passed: Counter[str] = Counter()


def step(name: str) -> None:
    """Die here, unannounced, when MVNE_FAULT_STEP names this point and it is passed the MVNE_FAULT_AFTER-th time."""
    if name != os.environ.get("MVNE_FAULT_STEP"):
        return
    _passed[name] += 1
    if _passed[name] == int(os.environ.get("MVNE_FAULT_AFTER", "1")):
        os.kill(os.getpid(), signal.SIGKILL)
