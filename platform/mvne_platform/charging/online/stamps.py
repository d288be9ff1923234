"""What is an account's own in every plain charge it makes, as it stands in what is written."""

from math import ceil
from typing import NamedTuple

from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging.online.rules import Party
from mvne_platform.kernel import Unit
from mvne_platform.rating import Purse


class Stamp(NamedTuple):
    """Subscription and bucket as bytes and as text; `since` is the first second in which the bucket holds."""

    line: bytes
    line_text: bytes
    bucket: bytes
    bucket_text: bytes
    since: int


def stamp_of(party: Party, purse: Purse) -> Stamp | None:
    """The account's own values, if its charges may be plain: one bucket for everything, or a bill without limit."""
    who = party.subscriber
    if who.discounts or who.group_id is not None or who.spend_limit_micros is not None or not party.in_service:
        return None
    line = who.subscription_id
    if who.payment_mode is PaymentMode.POSTPAID and all(bucket.unit is Unit.MONEY for bucket in purse.buckets):
        return Stamp(line.bytes, str(line).encode(), b"", b"", 0)
    if who.payment_mode is not PaymentMode.PREPAID or len(purse.buckets) != 1:
        return None
    (only,) = purse.buckets
    own = only.unit is Unit.MONEY and only.currency == party.tariff.currency and only.subscription_id == line
    if not own or only.services or only.zones or only.valid_to is not None:
        return None
    return Stamp(
        line.bytes, str(line).encode(), only.id.bytes, str(only.id).encode(), ceil(only.valid_from.timestamp())
    )
