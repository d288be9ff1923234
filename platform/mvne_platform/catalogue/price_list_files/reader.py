"""From the files of a price list to a draft, or to every fault with its file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mvne_platform.catalogue.drafts import PriceListDraft, RateDraft, Treatment
from mvne_platform.catalogue.faults import Fault, Problem
from mvne_platform.catalogue.price_list_files.deck import FILE as DECK
from mvne_platform.catalogue.price_list_files.deck import read_deck
from mvne_platform.catalogue.price_list_files.sheets import Sheets, read_bands, read_rates, read_zones
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.catalogue.rules.price_lists import applies, price_list_problems
from mvne_platform.catalogue.services import Service

FILES = ("zones.csv", "bands.csv", "rates.csv", DECK)


@dataclass(frozen=True, slots=True)
class PriceListHead:
    """What the files do not say: whose they are, their currency, and from what instant (aware) they hold."""

    code: str
    currency: str
    valid_from: datetime
    deck: DeckTerms | None = None


@dataclass(frozen=True, slots=True)
class PriceListReading:
    """The draft, or None and every fault. `notes` say what was decided between the files."""

    draft: PriceListDraft | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def read_price_list_csv(head: PriceListHead, files: Mapping[str, str]) -> PriceListReading:
    """Read a price list from the texts of its files, by file name."""
    sheets = Sheets()
    for name in sorted(set(files) - set(FILES)):
        sheets.faults.append(Fault(name, 0, f"a price list has no such file; its files are {', '.join(FILES)}"))
    if "zones.csv" in files:
        read_zones(files["zones.csv"], sheets)
    if "bands.csv" in files:
        read_bands(files["bands.csv"], sheets)
    everywhere = read_rates(files["rates.csv"], sheets) if "rates.csv" in files else []
    if DECK in files:
        _read_deck(head, files[DECK], sheets)
    _spread(everywhere, sheets)
    draft = PriceListDraft(
        code=head.code,
        currency=head.currency,
        valid_from=head.valid_from,
        zones=tuple(sheets.zones.values()),
        rates=tuple(sheets.rates),
        bands=tuple(sheets.bands),
        exchange=head.deck.exchange if head.deck else None,
    )
    if draft.zones or not sheets.faults:  # what could not be read at all is not also empty
        sheets.faults += [_located(problem, sheets) for problem in price_list_problems(draft)]
    faults = tuple(sorted(dict.fromkeys(sheets.faults), key=_reading_order))
    return PriceListReading(None if faults else draft, faults, tuple(sheets.notes))


def _read_deck(head: PriceListHead, text: str, sheets: Sheets) -> None:
    if head.deck is None:
        message = "a rate deck needs its currency and a dated exchange rate; the price list states none"
        sheets.faults.append(Fault(DECK, 0, message))
        return
    read_deck(text, head.deck, sheets)


def _spread(everywhere: list[RateDraft], sheets: Sheets) -> None:
    """A rate for zone '*' holds in every priced zone its service can reach and that has no rate of its own for it."""
    own = {(rate.zone, rate.service) for rate in sheets.rates}
    for rate in everywhere:
        where = sheets.lines["rate", "*", rate.service, rate.band]
        zones = [zone for zone in sheets.zones.values() if zone.treatment is Treatment.NORMAL]
        if rate.service not in set(Service):
            sheets.faults.append(Fault(*where, f"the service '{rate.service}' is unknown"))
            continue
        for zone in zones:
            if (zone.code, rate.service) not in own and applies(Service(rate.service), zone):
                sheets.rates.append(replace(rate, zone=zone.code))
                sheets.lines["rate", zone.code, rate.service, rate.band] = where


def _reading_order(fault: Fault) -> tuple[int, int]:
    return (FILES.index(fault.file) if fault.file in FILES else len(FILES), fault.line)


def _located(problem: Problem, sheets: Sheets) -> Fault:
    file, line = sheets.lines.get(problem.subject, ("zones.csv", 0))
    return Fault(file, line, problem.message)
