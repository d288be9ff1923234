"""Units of what is counted."""

from enum import StrEnum


class Unit(StrEnum):
    """The unit of a bucket or a charged quantity; MONEY is in micros of the bucket's currency."""

    MONEY = "money"
    SECOND = "second"
    BYTE = "byte"
    MESSAGE = "message"
