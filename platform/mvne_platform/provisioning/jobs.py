"""Background work of this domain."""

from mvne_platform.provisioning import exchange
from mvne_platform.runtime import OutsideJob

send_request = OutsideJob(
    "provisioning.send_request",
    "provisioning",
    exchange.prepare,
    exchange.perform,
    exchange.record,
    exchange.give_up,
)
