"""`mvne rate`: a file of events against price lists given as files; no database, no brand."""

import importlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from mvne_cli.output import WRONG, answer, errors, json_option, refuse
from mvne_cli.rating_files.answers import Answer, answer_rows, write_rows
from mvne_cli.rating_files.expectations import ExpectationFaulty, differences, read_expectations
from mvne_cli.rating_files.folder import TariffFaulty, TariffFolder, read_folder
from mvne_cli.rating_files.rating import FileRating
from mvne_platform.mediation import FileRejected
from mvne_platform.rating import Rater

# Where each engine is: the kernel's compiled code takes a moment to load, which those who do not ask for it are spared.
ENGINES = {
    "scalar": "mvne_platform.rating:ScalarRater",
    "kernel": "mvne_platform.rating.kernel:KernelRater",
}


@click.command()
@click.option(
    "--tariff",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with price lists and, if wanted, subscribers, buckets and number data.",
)
@click.option(
    "--events",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The usage file, in the format mvne-csv.",
)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default="scalar",
    show_default=True,
    help="The readable reference, or the batch kernel.",
)
@click.option(
    "--expect",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV with record_id and columns of the answer; every difference is told.",
)
@click.option("--explain", "explained", is_flag=True, help="Add each event's explanation as a column.")
@json_option
def rate(
    folder: Path, events: Path, out: Path, engine: str, expect: Path | None, *, explained: bool, as_json: bool
) -> None:
    """Rate a file of events against price lists given as files; no database, no brand.

    Writes one row for each event, in the order of the file, with all columns of a rated event. Exit code 0 when every
    row is answered, whether rated or failed for a stated reason; 1 when an answer is not the expected one; 2 when the
    folder or a file as a whole cannot be read: then nothing is written.
    """
    tariff = _tariff(folder, as_json=as_json)
    expected = _expected(expect, as_json=as_json) if expect else []
    rating = FileRating(tariff, _rater(engine))
    try:
        answers = rating.rate(events, explained=explained)
    except FileRejected as error:
        refuse("EVENTS_REJECTED", f"{events}: {error}", as_json=as_json)
    rows = answer_rows(answers, rating.subjects.bucket_names, explained=explained)
    with out.open("w", encoding="utf-8", newline="") as file:
        write_rows(rows, file, explained=explained)

    found = list(differences(expected, rows))
    if not as_json:
        for line in (*tariff.notes, *found):
            errors.print(str(line), highlight=False, markup=False, soft_wrap=True)
    summary = _summary(answers, engine, out, as_json=as_json)
    if expect:
        summary["differences"] = [str(one) for one in found] if as_json else len(found)
    answer(summary, as_json=as_json, title=f"{len(answers)} events")
    if found:
        sys.exit(WRONG)


def _expected(path: Path, *, as_json: bool) -> list[dict[str, str]]:
    try:
        return read_expectations(path.read_text("utf-8"))
    except (ExpectationFaulty, UnicodeDecodeError) as error:
        refuse("EXPECTATION_FAULTY", f"{path}: {error}", as_json=as_json)


def _rater(engine: str) -> Rater:
    module, _, name = ENGINES[engine].partition(":")
    rater: Rater = getattr(importlib.import_module(module), name)()
    return rater


def _tariff(folder: Path, *, as_json: bool) -> TariffFolder:
    try:
        return read_folder(folder)
    except TariffFaulty as error:
        count = len(error.faults)
        message = f"{folder} has {count} {'fault' if count == 1 else 'faults'}; nothing was rated."
        refuse("TARIFF_FAULTY", message, as_json=as_json, faults=[str(fault) for fault in error.faults])


def _summary(answers: Sequence[Answer], engine: str, out: Path, *, as_json: bool) -> dict[str, object]:
    amounts: Counter[str] = Counter()
    for one in answers:
        if one.rated is not None:
            amounts[one.rated.currency] += one.rated.amount_micros
    return {
        "rows": len(answers),
        **_counts("status", Counter(str(one.status) for one in answers), as_json=as_json),
        **_counts("reason", Counter(str(one.reason) for one in answers if one.reason), as_json=as_json),
        **_counts("amount_micros", amounts, as_json=as_json),
        "engine": engine,
        "out": str(out),
    }


def _counts(name: str, counts: Mapping[str, int], *, as_json: bool) -> dict[str, object]:
    """A table of its own for scripts, a line for each entry for people."""
    ordered = dict(sorted(counts.items()))
    return {name: ordered} if as_json else {f"{name}: {key}": count for key, count in ordered.items()}
