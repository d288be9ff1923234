"""Price lists of a manifest: `price_lists/<code>/<first day>/` holds one version, in the catalogue's file format.

`price_lists/<code>/list.toml` says what the list inherits from and what it is for, if there is anything to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mvne_platform.catalogue import (
    DeckTerms,
    Exchange,
    PriceListDraft,
    PriceListHead,
    Problem,
    Purpose,
    editing,
    read_price_list_csv,
)
from mvne_platform.catalogue import Fault as CatalogueFault
from mvne_platform.kernel import start_of_day
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.fields import Currency, Day, Form, Many, exact_decimal
from mvne_tenants.manifest.files import Files
from mvne_tenants.manifest.forms import fit
from mvne_tenants.manifest.source import parse_toml

FOLDER = "price_lists"
DECK_TERMS, LIST_TERMS = "deck.toml", "list.toml"
_LIST = re.compile(rf"{FOLDER}/([a-z0-9][a-z0-9._+-]*)/{LIST_TERMS}")
_PATH = re.compile(rf"{FOLDER}/([a-z0-9][a-z0-9._+-]*)/(\d{{4}}-\d{{2}}-\d{{2}})/([^/]+)")

Prefix = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,14}$")]
Seconds = Annotated[int, Field(ge=1, le=3600)]


class DeckForm(Form):
    """`deck.toml`: how a carrier's deck is read; 1 of its `currency` is `rate` of the brand's, as of `date`."""

    currency: Currency
    rate: Annotated[Decimal, BeforeValidator(exact_decimal), Field(gt=0, le=1_000_000)]
    day: Day = Field(alias="date")
    first_increment: Seconds = 60
    next_increment: Seconds = 60
    any_time: Annotated[str, Field(min_length=1, max_length=40)] = "peak"
    leave_out: Annotated[tuple[Prefix, ...], Many] = ()

    @property
    def terms(self) -> DeckTerms:
        """The terms as the catalogue takes them."""
        return DeckTerms(
            Exchange(self.currency, self.rate, self.day),
            first_increment=self.first_increment,
            next_increment=self.next_increment,
            any_time=self.any_time,
            leave_out=self.leave_out,
        )


class ListForm(Form):
    """`list.toml`: the list it inherits from; whether it prices customers or the brand; a wholesale list's currency."""

    parent: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._+-]*$")] | None = None
    purpose: Literal["retail", "wholesale"] = "retail"
    currency: Currency | None = None


@dataclass(frozen=True, slots=True)
class PriceLists:
    """The versions that could be read, notes, every fault; zone codes (None: cannot be told) and purpose by list."""

    drafts: tuple[PriceListDraft, ...]
    zones: dict[str, frozenset[str] | None]
    purposes: dict[str, Purpose]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


def read_price_lists(files: Files, currency: str, time_zone: str) -> PriceLists:
    """Read every version below `price_lists/`; it holds from midnight of its folder's day in the brand's zone."""
    faults: list[Fault] = []
    versions: dict[tuple[str, str], dict[str, str]] = {}
    forms: dict[str, ListForm] = {}
    for path in files.below(FOLDER):
        match = _PATH.fullmatch(path)
        if (terms := _LIST.fullmatch(path)) is not None:
            forms[terms[1]] = _list_form(path, files.texts[path], faults)
        elif match is None:
            cause = "A price list's files lie in price_lists/<code>/<first day>/."
            faults.append(Fault(path, 1, "UNKNOWN_FILE", cause, "Move the file, for example below …/2026-01-01/."))
        else:
            versions.setdefault((match[1], match[2]), {})[match[3]] = files.texts[path]
    around = _Around(currency, time_zone, forms)
    read = [_Version(code, day, texts, around) for (code, day), texts in sorted(versions.items())]
    return PriceLists(
        drafts=tuple(version.draft for version in read if version.draft is not None),
        zones=_zones(read, forms),
        purposes={code: Purpose(forms[code].purpose if code in forms else "retail") for code, _ in versions},
        notes=tuple(note for version in read for note in version.notes),
        faults=(*faults, *(fault for version in read for fault in version.faults), *_family_faults(read)),
    )


def _list_form(path: str, text: str, faults: list[Fault]) -> ListForm:
    source = parse_toml(path, text)
    read = [source] if isinstance(source, Fault) else fit(ListForm, source)
    if isinstance(read, ListForm):
        return read
    faults += read
    return ListForm()


def _family_faults(read: "Sequence[_Version]") -> Iterator[Fault]:
    """What is wrong with sound versions because of the lists they inherit from."""
    versions = {(version.draft.code, version.draft.valid_from): version for version in read if version.draft}
    drafts = [version.draft for version in versions.values() if version.draft]
    if len(versions) < len(read):
        return  # what one list lacks may be a fault of its parent's
    for draft, problem in editing.family_problems(drafts):
        yield versions[draft.code, draft.valid_from].fault_at(problem)


@dataclass(frozen=True, slots=True)
class _Around:
    """What all versions of a manifest share."""

    currency: str
    time_zone: str
    forms: Mapping[str, ListForm]

    def head(self, code: str, valid_from: datetime, deck: DeckTerms | None) -> PriceListHead:
        """What the files of a version do not say."""
        form = self.forms.get(code, ListForm())
        purpose = Purpose(form.purpose)
        currency = form.currency if form.currency and purpose is Purpose.WHOLESALE else self.currency
        return PriceListHead(code, currency, valid_from, deck, form.parent, purpose)


class _Version:
    """One folder, read."""

    def __init__(self, code: str, day: str, texts: Mapping[str, str], around: _Around) -> None:
        self.code = code
        self.folder = f"{FOLDER}/{code}/{day}"
        self.draft: PriceListDraft | None = None
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.sheets = {name: text for name, text in texts.items() if name != DECK_TERMS}
        self.has_deck = "deck.csv" in texts
        terms = self._deck_terms(texts[DECK_TERMS]) if DECK_TERMS in texts else None
        self.lines: Mapping[tuple[str, ...], tuple[str, int]] = {}
        valid_from = self._midnight(day, around.time_zone)
        if valid_from is not None:
            self._read(around.head(code, valid_from, terms))

    def fault_at(self, problem: Problem) -> Fault:
        """The fault at the line where the part stands that the problem is about."""
        if problem.subject[0] == "parent":
            path = f"{FOLDER}/{self.code}/{LIST_TERMS}"
            return Fault(path, 1, "PRICE_LIST", _sentence(problem.message), "Correct 'parent', or the list it names.")
        return _located(self.folder, editing.located(problem, self.lines))

    @property
    def zones(self) -> frozenset[str] | None:
        """The zone codes; of a faulty version those of its zones.csv, unless a deck adds others."""
        if self.draft is not None:
            return frozenset(zone.code for zone in self.draft.zones)
        if self.has_deck:
            return None
        rows = self.sheets.get("zones.csv", "").splitlines()[1:]
        return frozenset(row.partition(",")[0].strip() for row in rows)

    def _deck_terms(self, text: str) -> DeckTerms | None:
        source = parse_toml(f"{self.folder}/{DECK_TERMS}", text)
        read = [source] if isinstance(source, Fault) else fit(DeckForm, source)
        if isinstance(read, DeckForm):
            return read.terms
        self.faults += read
        # What the deck lacks because of this is no fault of its own.
        self.sheets.pop("deck.csv", None)
        return None

    def _midnight(self, day: str, time_zone: str) -> datetime | None:
        try:
            return start_of_day(date.fromisoformat(day), time_zone)
        except ValueError:
            cause = f"'{day}' is not a day of the calendar."
            self.faults.append(Fault(self.folder, 1, "NO_SUCH_DAY", cause, "Name the folder by the list's first day."))
            return None

    def _read(self, head: PriceListHead) -> None:
        reading = read_price_list_csv(head, self.sheets)
        self.draft = None if self.faults else reading.draft
        self.lines = reading.lines
        self.notes = [f"{self.folder}/{note}" for note in reading.notes]
        self.faults += [_located(self.folder, fault) for fault in reading.faults]


def _located(folder: str, fault: CatalogueFault) -> Fault:
    way_out = "Correct it; docs/guides/price-lists.md describes the files."
    return Fault(f"{folder}/{fault.file}", max(fault.line, 1), "PRICE_LIST", _sentence(fault.message), way_out)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:].rstrip(".") + "."


def _zones(read: Sequence[_Version], forms: Mapping[str, ListForm]) -> dict[str, frozenset[str] | None]:
    """Each list's zones with those it inherits; None where one of them cannot be told."""
    codes = dict.fromkeys(version.code for version in read)
    own = {code: _together([version for version in read if version.code == code]) for code in codes}
    parents = {code: forms[code].parent if code in forms else None for code in codes}
    zones: dict[str, frozenset[str] | None] = {}
    for code in codes:
        line = [own[one] for one in editing.ancestors(code, parents)]
        zones[code] = None if None in line else frozenset().union(*(one for one in line if one is not None))
    return zones


def _together(versions: Sequence[_Version]) -> frozenset[str] | None:
    known = [version.zones for version in versions]
    return None if None in known else frozenset().union(*(zones for zones in known if zones is not None))
