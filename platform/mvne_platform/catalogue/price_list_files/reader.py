"""From the files of a price list to a draft, or to every fault with its file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mvne_platform.catalogue.drafts import PriceListDraft, Purpose, RateDraft, Treatment
from mvne_platform.catalogue.faults import Fault, Finding, Problem
from mvne_platform.catalogue.price_list_files.deck import FILE as DECK
from mvne_platform.catalogue.price_list_files.deck import read_deck
from mvne_platform.catalogue.price_list_files.sheets import Sheets, read_bands, read_rates, read_zones
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.catalogue.rules.price_lists import applies, price_list_problems
from mvne_platform.catalogue.services import Service

FILES = ("zones.csv", "bands.csv", "rates.csv", DECK)
LARGEST_RATE = 1_000_000


@dataclass(frozen=True, slots=True)
class PriceListHead:
    """What the files do not say: whose they are, their currency, and from what instant (aware) they hold."""

    code: str
    currency: str
    valid_from: datetime
    deck: DeckTerms | None = None
    parent: str | None = None
    purpose: Purpose = Purpose.RETAIL


@dataclass(frozen=True, slots=True)
class PriceListReading:
    """The draft, or None and every fault. `notes` say what was decided between the files.

    `lines` tell on which line of which file each part stands, by the subject that problems and findings name.
    """

    draft: PriceListDraft | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    lines: Mapping[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)


def read_price_list_csv(
    head: PriceListHead, files: Mapping[str, str], parent: PriceListDraft | None = None
) -> PriceListReading:
    """Read a price list from the texts of its files, by file name.

    `parent` is what the list's parent is at that instant; without it a list that names one is checked by itself only.
    """
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
        parent=head.parent,
        purpose=head.purpose,
    )
    if draft.zones or not sheets.faults:  # what could not be read at all is not also empty
        sheets.faults += [located(problem, sheets.lines) for problem in price_list_problems(draft, parent)]
    faults = tuple(sorted(dict.fromkeys(sheets.faults), key=_reading_order))
    return PriceListReading(None if faults else draft, faults, tuple(sheets.notes), sheets.lines)


def _read_deck(head: PriceListHead, text: str, sheets: Sheets) -> None:
    if head.deck is None:
        message = "a rate deck needs its currency and a dated exchange rate; the price list states none"
        sheets.faults.append(Fault(DECK, 0, message))
        return
    rate = head.deck.exchange.rate
    if not (rate.is_finite() and 0 < rate <= LARGEST_RATE):
        sheets.faults.append(Fault(DECK, 0, f"the exchange rate must be above zero and at most {LARGEST_RATE}"))
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


def located(problem: Problem | Finding, lines: Mapping[tuple[str, ...], tuple[str, int]]) -> Fault:
    """The fault at the line where the part stands; at none for what stands nowhere."""
    file, line = lines.get(problem.subject, ("zones.csv", 0))
    return Fault(file, line, problem.message, _COLUMNS.get(problem.subject[0], ""))


_COLUMNS = {"prefix": "prefixes", "short_code": "short_codes", "network": "networks", "operator": "operators"}
