"""Short ways to read price list files in tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from mvne_platform.catalogue import (
    DeckTerms,
    Exchange,
    PriceListDraft,
    PriceListHead,
    PriceListReading,
    read_price_list_csv,
)

DATA = Path(__file__).resolve().parents[2] / "data"
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
USD = Exchange("USD", Decimal("6.91"), date(2026, 9, 30))

ZONES = "zone,name,treatment,prefixes,short_codes,networks\n"
BANDS = "band,days,from,to\n"
RATES = "zone,service,band,fee,first,next,price,per,min,max\n"
DECK = "destination,prefix,initial_rate_per_minute,increment_rate_per_minute,time_band\n"


def reading(deck: DeckTerms | None = None, **files: str) -> PriceListReading:
    """Read files given as `zones=`, `bands=`, `rates=`, `deck_csv=`: the lines below each header."""
    return read_price_list_csv(PriceListHead("list", "DKK", VALID_FROM, deck), with_headers(files))


def with_headers(files: dict[str, str]) -> dict[str, str]:
    headers = {"zones": ZONES, "bands": BANDS, "rates": RATES, "deck_csv": DECK}
    names = {"deck_csv": "deck.csv"}
    return {names.get(name, f"{name}.csv"): headers[name] + lines for name, lines in files.items()}


def sound(found: PriceListReading) -> PriceListDraft:
    assert [str(fault) for fault in found.faults] == []
    assert found.draft is not None
    return found.draft


def faults(found: PriceListReading) -> list[str]:
    assert found.draft is None
    return [str(fault) for fault in found.faults]


def real_deck() -> str:
    return (DATA / "retail_voice_rates.csv").read_text("utf-8")
