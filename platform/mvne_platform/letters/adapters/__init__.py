"""Carriers of letters, by channel and the name a brand's profile gives under `adapters.email` and `adapters.sms`."""

from mvne_platform.letters.adapters import sms_http, smtp
from mvne_platform.letters.adapters.port import Carrier, Delivery, Message
from mvne_platform.letters.models import Channel

CARRIERS: dict[tuple[Channel, str], Carrier] = {
    (Channel.EMAIL, "smtp"): smtp.send,
    (Channel.SMS, "http"): sms_http.send,
}

__all__ = ["CARRIERS", "Carrier", "Delivery", "Message"]
