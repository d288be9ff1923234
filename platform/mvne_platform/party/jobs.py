"""Background work of this domain."""

from mvne_platform.party import verification
from mvne_platform.runtime import OutsideJob

verify_identity = OutsideJob(
    "party.verify_identity",
    "events",
    verification.prepare,
    verification.perform,
    verification.record,
    verification.give_up,
)
