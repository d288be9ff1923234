"""The usage services, the unit each is counted in, and what decides its zone."""

from enum import StrEnum

from mvne_platform.kernel import Unit


class Service(StrEnum):
    """What a subscriber used. Roaming variants happen in a visited network."""

    VOICE_OUT = "voice_out"
    VOICE_IN = "voice_in"
    # The forwarded leg of a call: whoever forwards pays for the way to the number it is forwarded to.
    VOICE_FORWARDED = "voice_forwarded"
    SMS_OUT = "sms_out"
    MMS_OUT = "mms_out"
    DATA = "data"
    # A purchase from a content provider, named by its short code; counted in purchases.
    CONTENT = "content"
    ROAMING_VOICE_OUT = "roaming_voice_out"
    ROAMING_VOICE_IN = "roaming_voice_in"
    ROAMING_SMS_OUT = "roaming_sms_out"
    ROAMING_MMS_OUT = "roaming_mms_out"
    ROAMING_DATA = "roaming_data"


class NumberClass(StrEnum):
    """What dated reference data says of a called number, whatever the price list: see mediation's short codes.

    Emergency and freephone numbers are never charged, barred or itemised; helplines are not itemised.
    """

    EMERGENCY = "emergency"
    FREEPHONE = "freephone"
    HELPLINE = "helpline"


class ZonedBy(StrEnum):
    """What of a usage event finds its zone."""

    CALLED_NUMBER = "called_number"
    VISITED_NETWORK = "visited_network"
    HOME_NETWORK = "home_network"
    # Receiving a call at home costs nothing, so there is nothing to look up.
    NOTHING = "nothing"


UNITS = {
    Service.VOICE_OUT: Unit.SECOND,
    Service.VOICE_IN: Unit.SECOND,
    Service.VOICE_FORWARDED: Unit.SECOND,
    Service.SMS_OUT: Unit.MESSAGE,
    Service.MMS_OUT: Unit.MESSAGE,
    Service.DATA: Unit.BYTE,
    Service.CONTENT: Unit.MESSAGE,
    Service.ROAMING_VOICE_OUT: Unit.SECOND,
    Service.ROAMING_VOICE_IN: Unit.SECOND,
    Service.ROAMING_SMS_OUT: Unit.MESSAGE,
    Service.ROAMING_MMS_OUT: Unit.MESSAGE,
    Service.ROAMING_DATA: Unit.BYTE,
}

ZONED_BY = {
    Service.VOICE_OUT: ZonedBy.CALLED_NUMBER,
    Service.VOICE_IN: ZonedBy.NOTHING,
    Service.VOICE_FORWARDED: ZonedBy.CALLED_NUMBER,
    Service.SMS_OUT: ZonedBy.CALLED_NUMBER,
    Service.MMS_OUT: ZonedBy.CALLED_NUMBER,
    Service.DATA: ZonedBy.HOME_NETWORK,
    Service.CONTENT: ZonedBy.CALLED_NUMBER,
    Service.ROAMING_VOICE_OUT: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_VOICE_IN: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_SMS_OUT: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_MMS_OUT: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_DATA: ZonedBy.VISITED_NETWORK,
}
