"""How a carrier's rate deck is to be read."""

from dataclasses import dataclass

from mvne_platform.catalogue.drafts import Exchange
from mvne_platform.catalogue.services import Service


@dataclass(frozen=True, slots=True)
class DeckTerms:
    """What a deck itself does not say.

    `exchange` turns its currency into the price list's. Increments are in seconds: 60/60 charges started minutes.
    Prices of the deck's band `any_time` hold whenever no other band does. Prefixes that begin with one of
    `leave_out` (a brand's own country, say) are not taken over.
    """

    exchange: Exchange
    service: Service = Service.VOICE_OUT
    first_increment: int = 60
    next_increment: int = 60
    any_time: str = "peak"
    leave_out: tuple[str, ...] = ()
