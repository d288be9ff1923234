"""Named points at which a fault trial may kill the process. In production `step` does nothing."""

import os
import signal

# Every point, in the order in which work passes them; fault tests enumerate this list.
STEPS = (
    "relay.taken",
    "relay.committed",
    "relay.sent",
    "job.done",
    "outside.prepared",
    "outside.performed",
    "outside.recorded",
)

_DEADLY = os.environ.get("MVNE_FAULT_STEP")
_COUNTDOWN = [int(os.environ.get("MVNE_FAULT_AFTER", "1"))]


def step(name: str) -> None:
    """Die here, unannounced, if MVNE_FAULT_STEP names this point and it has been passed MVNE_FAULT_AFTER times."""
    if name != _DEADLY:
        return
    _COUNTDOWN[0] -= 1
    if _COUNTDOWN[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
