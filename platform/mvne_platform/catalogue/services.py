"""The usage services, the unit each is counted in, and what decides its zone."""

from enum import StrEnum

from mvne_platform.kernel import Unit


class Service(StrEnum):
    """What a subscriber used. Roaming variants happen in a visited network."""

    VOICE_OUT = "voice_out"
    VOICE_IN = "voice_in"
    SMS_OUT = "sms_out"
    MMS_OUT = "mms_out"
    DATA = "data"
    ROAMING_VOICE_OUT = "roaming_voice_out"
    ROAMING_VOICE_IN = "roaming_voice_in"
    ROAMING_SMS_OUT = "roaming_sms_out"
    ROAMING_DATA = "roaming_data"


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
    Service.SMS_OUT: Unit.MESSAGE,
    Service.MMS_OUT: Unit.MESSAGE,
    Service.DATA: Unit.BYTE,
    Service.ROAMING_VOICE_OUT: Unit.SECOND,
    Service.ROAMING_VOICE_IN: Unit.SECOND,
    Service.ROAMING_SMS_OUT: Unit.MESSAGE,
    Service.ROAMING_DATA: Unit.BYTE,
}

ZONED_BY = {
    Service.VOICE_OUT: ZonedBy.CALLED_NUMBER,
    Service.VOICE_IN: ZonedBy.NOTHING,
    Service.SMS_OUT: ZonedBy.CALLED_NUMBER,
    Service.MMS_OUT: ZonedBy.CALLED_NUMBER,
    Service.DATA: ZonedBy.HOME_NETWORK,
    Service.ROAMING_VOICE_OUT: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_VOICE_IN: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_SMS_OUT: ZonedBy.VISITED_NETWORK,
    Service.ROAMING_DATA: ZonedBy.VISITED_NETWORK,
}
