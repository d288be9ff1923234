"""Background work of this domain."""

from datetime import timedelta

from mvne_platform.letters import delivery
from mvne_platform.runtime import OutsideJob

deliver = OutsideJob(
    "letters.deliver",
    "letters",
    delivery.prepare,
    delivery.perform,
    delivery.record,
    delivery.give_up,
    # A mail server may take its time limit at each step of the exchange; asked twice at once, it sends two mails.
    lease=timedelta(minutes=2),
)
