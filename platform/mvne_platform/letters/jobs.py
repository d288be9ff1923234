"""Background work of this domain."""

from mvne_platform.letters import delivery
from mvne_platform.runtime import OutsideJob

deliver = OutsideJob(
    "letters.deliver", "letters", delivery.prepare, delivery.perform, delivery.record, delivery.give_up
)
