"""Every point at which a fault trial may kill relay and runner, in the order in which work passes them."""

from mvne_platform.charging import CHUNK_STEPS
from mvne_platform.runtime.faults import step

# What an order passes; fault tests enumerate this list.
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
# What the load of a usage file passes in each of its chunks; fault tests enumerate this one too.
LOADING_STEPS = (*CHUNK_STEPS, "step.done", "step.committed")

__all__ = ["LOADING_STEPS", "STEPS", "step"]
