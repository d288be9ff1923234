"""Background work of this domain."""

from mvne_platform.receivables import taking
from mvne_platform.runtime import OutsideJob

take_payment = OutsideJob(
    "receivables.take_payment", "billing", taking.prepare, taking.perform, taking.record, taking.give_up
)
