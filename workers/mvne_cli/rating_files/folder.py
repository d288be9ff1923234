"""A tariff folder: price lists, and whose usage they price, read whole before the first event is rated."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from mvne_cli.rating_files.forms import (
    WEEKDAYS,
    BucketRecord,
    CounterRecord,
    DiscountRecord,
    PortedRecord,
    Settings,
    ShortCodeRecord,
    SubscriberRecord,
)
from mvne_cli.rating_files.tables import RecordType, read_table
from mvne_platform.catalogue import Fault, PriceListDraft, Purpose, Tariff, compile_drafts
from mvne_tenants.manifest.files import Files
from mvne_tenants.manifest.price_lists import FOLDER as PRICE_LISTS
from mvne_tenants.manifest.price_lists import LIST_TERMS, read_price_lists

SETTINGS = "tariff.toml"
HOST = "wholesale"
UNNAMED = "default"
TABLES = ("subscribers.csv", "buckets.csv", "counters.csv", "discounts.csv", "portability.csv", "short_codes.csv")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class TariffFaulty(Exception):
    """The folder cannot be read; `faults` is everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class TariffFolder:
    """Everything that is known before the first event; `tariffs` are by code, without the host operator's."""

    settings: Settings
    tariffs: Mapping[str, Tariff]
    host: Tariff | None
    subscribers: list[SubscriberRecord] | None
    buckets: list[BucketRecord]
    counters: list[CounterRecord]
    discounts: list[DiscountRecord]
    ported: list[PortedRecord]
    short_codes: list[ShortCodeRecord]
    notes: tuple[str, ...]


def read_folder(folder: Path) -> TariffFolder:
    """Read a folder; raises TariffFaulty with every fault by file, line and column."""
    faults: list[Fault] = []
    texts = dict(_texts(folder, faults))
    settings = _settings(texts.get(SETTINGS), faults)
    lists = _PriceLists(texts, settings, faults)

    def table(name: str, form: type[RecordType]) -> list[RecordType]:
        return read_table(name, texts[name], form, settings.time_zone, faults) if name in texts else []

    found = TariffFolder(
        settings=settings,
        tariffs=lists.tariffs,
        host=lists.host,
        subscribers=table("subscribers.csv", SubscriberRecord) if "subscribers.csv" in texts else None,
        buckets=table("buckets.csv", BucketRecord),
        counters=table("counters.csv", CounterRecord),
        discounts=table("discounts.csv", DiscountRecord),
        ported=table("portability.csv", PortedRecord),
        short_codes=table("short_codes.csv", ShortCodeRecord),
        notes=lists.notes,
    )
    if not faults:
        faults += _relations(found)
    if faults:
        raise TariffFaulty(faults)
    return found


def _texts(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """The texts of the folder's files by path; hidden ones and those that are neither CSV nor TOML are left out."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in (".csv", ".toml") or not path.is_file() or "/." in f"/{name}":
            continue
        try:
            yield name, path.read_text("utf-8")
        except UnicodeDecodeError as error:
            faults.append(Fault(name, 0, f"byte {error.start} is not UTF-8; save the file as UTF-8 text"))


def _settings(text: str | None, faults: list[Fault]) -> Settings:
    if text is None:
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(SETTINGS, 0, f"this is not TOML: {error}"))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            key = ".".join(map(str, detail["loc"]))
            faults.append(Fault(SETTINGS, 0, f"'{key}': {detail['msg'].removeprefix('Value error, ')}"))
    return Settings()


class _PriceLists:
    """The price lists of the folder: files side by side are one version of one list, folders name lists and days."""

    def __init__(self, texts: Mapping[str, str], settings: Settings, faults: list[Fault]) -> None:
        self._paths: dict[str, str] = {}
        self._settings = settings
        placed = {place: text for path, text in texts.items() if (place := self._placed(PurePosixPath(path)))}
        if any(place.startswith(f"{PRICE_LISTS}/{HOST}/") for place in placed):
            currency = settings.wholesale_currency or settings.currency
            placed.setdefault(f"{PRICE_LISTS}/{HOST}/list.toml", f'purpose = "wholesale"\ncurrency = "{currency}"\n')
        read = read_price_lists(Files(placed), settings.currency, settings.time_zone)
        faults += [
            Fault(self._paths.get(fault.file, fault.file), fault.line, f"{fault.message} {fault.way_out}")
            for fault in read.faults
        ]
        self.notes = read.notes
        drafts = () if read.faults else read.drafts
        hosts = dict.fromkeys(draft.code for draft in drafts if draft.purpose is Purpose.WHOLESALE)
        codes = dict.fromkeys(draft.code for draft in drafts if draft.purpose is not Purpose.WHOLESALE)
        self.tariffs = {code: self._compiled(drafts, code) for code in codes}
        self.host = self._compiled(drafts, next(iter(hosts))) if hosts else None
        if len(hosts) > 1:
            faults.append(Fault(SETTINGS, 0, f"the lists {', '.join(hosts)} are all wholesale; leave the host's one"))
        if not self.tariffs and not faults:
            faults.append(Fault("rates.csv", 0, "the folder holds no price list: zones.csv and rates.csv, at least"))

    def _placed(self, path: PurePosixPath) -> str | None:
        """Where a price list's file lies in the layout of a manifest: price_lists/<code>/<first day>/<file>."""
        *folders, name = path.parts
        if not folders and name in (SETTINGS, *TABLES):
            return None
        folders = folders[1:] if folders[:1] == [PRICE_LISTS] else folders
        code = folders.pop(0) if folders and not _DAY.fullmatch(folders[0]) else UNNAMED
        # What a list says for all its versions, such as its parent, lies beside their folders.
        days = [] if name == LIST_TERMS else folders or [self._settings.valid_from.isoformat()]
        placed = "/".join([PRICE_LISTS, code, *days, name])
        self._paths[placed] = path.as_posix()
        return placed

    def _compiled(self, drafts: Sequence[PriceListDraft], code: str) -> Tariff:
        holidays = {day: WEEKDAYS.index(weekday) for day, weekday in self._settings.holidays.items()}
        return compile_drafts(drafts, self._settings.time_zone, holidays, code)


def _relations(folder: TariffFolder) -> Iterator[Fault]:
    """What the tables say of one another."""
    yield from _price_list_faults(folder)
    yield from _owner_faults(folder)


def _price_list_faults(folder: TariffFolder) -> Iterator[Fault]:
    known = ", ".join(folder.tariffs)
    stated = folder.settings.price_list
    if stated is not None and stated not in folder.tariffs:
        yield Fault(SETTINGS, 0, f"'price_list': there is no price list '{stated}'; there are {known}")
    default = default_price_list(folder)
    if folder.subscribers is None and default is None:
        yield Fault(SETTINGS, 0, f"'price_list' must say which of {known} prices the events")
    for record in folder.subscribers or []:
        if (record.price_list or default) not in folder.tariffs:
            told = f"there is no price list '{record.price_list}'" if record.price_list else "it is empty"
            yield Fault("subscribers.csv", record.line, f"'price_list': {told}; there are {known}")


def default_price_list(folder: TariffFolder) -> str | None:
    """The list of subscribers who name none: the one stated, the one without a name, or the only one."""
    if folder.settings.price_list is not None:
        return folder.settings.price_list
    only = next(iter(folder.tariffs)) if len(folder.tariffs) == 1 else None
    return UNNAMED if UNNAMED in folder.tariffs else only


def _owner_faults(folder: TariffFolder) -> Iterator[Fault]:
    """Without subscribers.csv every identifier is a subscription of its own; with it, names must be known."""
    group_of: dict[str, str | None] = {}
    for record in folder.subscribers or []:
        if group_of.setdefault(record.name, record.group) != record.group:
            yield Fault("subscribers.csv", record.line, f"'group': '{record.name}' is in another group above")
    for bucket in folder.buckets:
        if bucket.group is not None and bucket.group not in group_of.values():
            yield Fault("buckets.csv", bucket.line, f"'group': no subscriber is in the group '{bucket.group}'")
    tables: dict[str, Sequence[BucketRecord | CounterRecord | DiscountRecord]]
    tables = {"buckets.csv": folder.buckets, "counters.csv": folder.counters, "discounts.csv": folder.discounts}
    named = [(file, record.line, record.subscription) for file, records in tables.items() for record in records]
    for file, line, name in named if folder.subscribers is not None else []:
        if name is not None and name not in group_of:
            yield Fault(file, line, f"'subscription': '{name}' is not in subscribers.csv")
