"""Kinds of offerings, of prices and of payment."""

from enum import StrEnum


class OfferingKind(StrEnum):
    """What is sold: a plan makes a subscription, an add-on joins one."""

    PLAN = "plan"
    ADD_ON = "add_on"


class PaymentMode(StrEnum):
    """How usage beyond the allowances is paid."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"
    HYBRID = "hybrid"


class PriceKind(StrEnum):
    """When a price of an offering is charged."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"
