"""`mvne price-list`: price lists as files that an operator reads and edits."""

import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.output import WRONG, answer, console, json_option, print_rows, refuse
from mvne_platform import catalogue, mediation
from mvne_platform.catalogue import DeckTerms, PriceListHead, Purpose, editing
from mvne_platform.catalogue.editing import Severity
from mvne_platform.kernel import Change, start_of_day
from mvne_platform.runtime import Context
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.forms import fit
from mvne_tenants.manifest.price_lists import DECK_TERMS, DeckForm
from mvne_tenants.manifest.source import parse_toml

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AT = click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="The version of this day; else of now.")


def _micros(_command: click.Context, _option: click.Parameter, amount: str | None) -> int | None:
    try:
        return None if amount is None else editing.parse_amount(amount)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


@click.group("price-list")
def price_list() -> None:
    """Price lists: import, export, check, list and build them."""


@price_list.command("import")
@click.argument("brand")
@click.argument("code")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--from",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The first day of the new version; it begins at midnight of the brand's zone.",
)
@click.option("--parent", help="The list that this one inherits from.")
@click.option("--wholesale", metavar="CURRENCY", help="What the brand pays its host operator, in this currency.")
@click.option("--dry-run", is_flag=True, help="Say what would change and what the check finds, and change nothing.")
@json_option
@on_installation
def import_list(
    brand: str,
    code: str,
    folder: Path,
    day: datetime,
    parent: str | None,
    wholesale: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Publish the files in FOLDER as a version of BRAND's price list CODE; the same again changes nothing.

    The files are zones.csv, bands.csv, rates.csv and deck.csv with deck.toml; each finding names file and line.
    Exit code 1 when a dry run finds errors, 2 when an import is refused for them.
    """
    texts = {path.name: _text(path, as_json=as_json) for path in sorted(folder.glob("*.csv"))}
    purpose = Purpose.WHOLESALE if wholesale else Purpose.RETAIL
    terms = _deck_terms(folder / DECK_TERMS, as_json=as_json)
    change = None
    with brand_work_of(brand) as ctx:
        valid_from = start_of_day(day.date(), ctx.brand.time_zone)
        head = PriceListHead(code, wholesale or ctx.brand.currency, valid_from, terms, parent, purpose)
        published = editing.check_price_list_files(ctx, head, texts, _operators(ctx))
        if not dry_run:
            # Refused with every finding, in words.
            change, published = editing.publish_price_list_files(ctx, head, texts, _operators(ctx))
    _report(code, published, change, as_json=as_json)
    if not published.publishable:
        sys.exit(WRONG)


@price_list.command("export")
@click.argument("brand")
@click.argument("code")
@click.argument("folder", type=FOLDER)
@AT
@click.option("--whole", is_flag=True, help="With all that it inherits, as a list without a parent.")
@json_option
@on_installation
def export(brand: str, code: str, folder: Path, day: datetime | None, *, whole: bool, as_json: bool) -> None:
    """Write BRAND's price list CODE into FOLDER, as files that `import` reads back unchanged."""
    with brand_work_of(brand) as ctx:
        at = start_of_day(day.date(), ctx.brand.time_zone) if day else ctx.now
        draft = (editing.whole_draft if whole else editing.own_draft)(ctx, code, at)
    answer(_written(folder, draft, as_json=as_json), as_json=as_json, title=f"{brand}: price list {code}")


@price_list.command()
@click.argument("brand")
@click.argument("codes", nargs=-1)
@AT
@click.option("--strict", is_flag=True, help="Exit code 1 for warnings too.")
@json_option
@on_installation
def check(brand: str, codes: tuple[str, ...], day: datetime | None, *, strict: bool, as_json: bool) -> None:
    """Check BRAND's price lists (all, or those named) with all that they inherit.

    Exit code 1 when usage could not be rated by one of them.
    """
    with brand_work_of(brand) as ctx:
        at = start_of_day(day.date(), ctx.brand.time_zone) if day else ctx.now
        operators = _operators(ctx)
        rows = [
            {
                "price_list": code,
                "severity": found.severity.value,
                "subject": "/".join(found.subject),
                "message": found.message,
            }
            for code, instant in _wanted(ctx, codes, at)
            for found in editing.price_list_findings(editing.whole_draft(ctx, code, instant), None, operators)
        ]
    answer(rows, as_json=as_json, title=f"{brand}: findings")
    if any(strict or row["severity"] == Severity.ERROR for row in rows):
        sys.exit(WRONG)


@price_list.command("list")
@click.argument("brand")
@json_option
@on_installation
def list_all(brand: str, *, as_json: bool) -> None:
    """The price lists of BRAND with their versions."""
    with brand_work_of(brand) as ctx:
        rows = [
            {
                "price_list": view.code,
                "parent": view.parent,
                "purpose": view.purpose.value,
                "currency": view.currency,
                "version": version.number,
                "valid_from": version.valid_from,
                "zones": version.zones,
                "rates": version.rates,
            }
            for view in catalogue.price_lists(ctx)
            for version in view.versions
        ]
    answer(rows, as_json=as_json, title=f"{brand}: price lists")


@price_list.command()
@click.argument("folder", type=FOLDER)
@click.option("--ranges", type=FILE, required=True, help="prefix,region,type,tariff,operator: E.164 number ranges.")
@click.option("--networks", type=FILE, required=True, help="mcc,mnc,country,...: mobile networks (ITU-T E.212).")
@click.option("--groups", type=FILE, required=True, help="zone,name,countries: where roaming costs the same.")
@click.option("--deck", type=FILE, required=True, help="A carrier's rate deck, with its deck.toml beside it.")
@click.option(
    "--otherwise", callback=_micros, help="The price a minute of numbers the deck does not know; else they are barred."
)
@json_option
def build(
    folder: Path, ranges: Path, networks: Path, groups: Path, deck: Path, otherwise: int | None, *, as_json: bool
) -> None:
    """Write a price list for every number of the world into FOLDER; it needs no database.

    Zones go by region, line type and price, and by groups of countries for roaming. What else the brand prices, such
    as messages and data, is added to rates.csv by hand.
    """
    terms = _deck_terms(deck.with_name(DECK_TERMS), as_json=as_json)
    if terms is None:
        refuse("DECK_TERMS", f"There is no {DECK_TERMS} beside {deck.name}.", as_json=as_json)
    read = partial(_text, as_json=as_json)
    sources = editing.WorldSources(read(ranges), read(networks), read(groups), read(deck), terms, otherwise)
    world = editing.build_world(sources)
    if world.faults:
        faults = [str(fault) for fault in world.faults]
        refuse("SOURCES_FAULTY", "The sources cannot be read.", as_json=as_json, faults=faults)
    _write(folder, world.zones, world.rates, as_json=as_json)


def _wanted(ctx: Context, codes: Sequence[str], at: datetime) -> list[tuple[str, datetime]]:
    """The lists that are named; else all of them, those that are yet to begin as they will."""
    if codes:
        return [(code, at) for code in codes]
    views = catalogue.price_lists(ctx)
    return [(view.code, max(at, view.versions[0].valid_from)) for view in views if view.versions]


def _write(
    folder: Path, zones: Sequence[catalogue.ZoneDraft], rates: Sequence[catalogue.RateDraft], *, as_json: bool
) -> None:
    draft = catalogue.PriceListDraft("world", "XXX", datetime.max.replace(tzinfo=UTC), tuple(zones), tuple(rates))
    answer(_written(folder, draft, as_json=as_json), as_json=as_json, title="price list")


def _written(folder: Path, draft: catalogue.PriceListDraft, *, as_json: bool) -> list[dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    texts = editing.write_price_list_csv(draft)
    if others := sorted({path.name for path in folder.glob("*.csv")} - set(texts)):
        message = f"{folder} holds {', '.join(others)}, which would be read with the list. Name another folder."
        refuse("FILES_IN_THE_WAY", message, as_json=as_json)
    written: list[dict[str, object]] = []
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="")
        written.append({"file": str(folder / name), "lines": text.count("\n") - 1})
    return written


def _text(path: Path, *, as_json: bool) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} of {path.name} is not UTF-8; save the file as UTF-8 text."
        refuse("NOT_UTF8", message, as_json=as_json)


def _operators(ctx: Context) -> Collection[str]:
    return mediation.number_data(ctx).operators


def _deck_terms(path: Path, *, as_json: bool) -> DeckTerms | None:
    if not path.exists():
        return None
    source = parse_toml(path.name, _text(path, as_json=as_json))
    read = [source] if isinstance(source, Fault) else fit(DeckForm, source)
    if isinstance(read, list):
        refuse("DECK_TERMS", f"{path.name} cannot be read.", as_json=as_json, faults=[str(fault) for fault in read])
    return read.terms


def _report(code: str, published: editing.Publication, change: Change | None, *, as_json: bool) -> None:
    findings = [
        {
            "severity": one.severity.value,
            "file": one.place.file,
            "line": one.place.line,
            "column": one.place.column,
            "message": one.place.message,
        }
        for one in published.findings
    ]
    if as_json:
        told = {"change": change, "findings": findings, "notes": published.notes}
        answer({**told, "differences": [str(one) for one in published.differences]}, as_json=True)
        return
    for note in published.notes:
        console.print(note, style="dim", markup=False, highlight=False, soft_wrap=True)
    print_rows(findings, f"{code}: findings")
    for difference in published.differences:
        console.print(str(difference), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{code}: {change or 'nothing was changed'}", markup=False, highlight=False)
