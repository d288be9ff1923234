"""CDR files of one brand, one per UTC day, the same for the same arguments."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypedDict

from mvne_simulators.traffic import habits, planting
from mvne_simulators.traffic.habits import Habits, Person
from mvne_simulators.traffic.planting import Planted, Row, Shares
from mvne_simulators.traffic.records import HEADER, Record, instant


@dataclass(frozen=True)
class Period:
    """From `start`, included, to `end`, not included; both with an offset."""

    start: datetime
    end: datetime

    @property
    def days(self) -> list[date]:
        """The UTC days the period touches."""
        first, last = self.start.astimezone(UTC).date(), (self.end - timedelta(microseconds=1)).astimezone(UTC).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@dataclass(frozen=True)
class Day:
    """One file: its good records in order, its rows with the planted ones, and what was planted."""

    day: date
    good: Sequence[Record]
    rows: Sequence[Row]
    planted: Planted


class FileCounts(TypedDict):
    """One file in the manifest."""

    file: str
    rows: int
    good: int
    planted: dict[str, object]
    services: dict[str, int]
    destinations: dict[str, int]
    calls: dict[str, int]


class Manifest(TypedDict):
    """What was generated, for the curious and for tests; the platform never reads it."""

    seed: int
    start: str
    end: str
    rows: int
    good: int
    planted: int
    files: list[FileCounts]


def days(shared: Habits, shares: Shares, period: Period) -> Iterator[Day]:
    """The files of a period, day by day.

    A day's good records depend on seed, subscribers and day, not on the period asked for; the first day repeats no row
    of the day before.

    Raises LookupError when a subscriber's number belongs to no known range.
    """
    people = [habits.person(shared, subscriber) for subscriber in shared.everybody]
    day_before: list[Record] = []
    for day in period.days:
        good = _good(shared, people, day, period)
        random = Random(f"{shared.seed}/planting/{day.isoformat()}")
        rows, planted = planting.plant(random, shared, shares, good, day_before)
        yield Day(day, good, rows, planted)
        day_before = good


def write(folder: Path, name: str, generated: Iterator[Day]) -> list[FileCounts]:
    """Write each day to `<name>-YYYYMMDD.csv`; a file appears whole or not at all, so a watcher can take it at once."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = []
    for one in generated:
        path = folder / f"{name}-{one.day:%Y%m%d}.csv"
        replace_file(path, _csv(one.rows))
        counts.append(_counts(path.name, one))
    return counts


def manifest(seed: int, period: Period, files: list[FileCounts]) -> Manifest:
    """Totals over the files."""
    rows, good = sum(one["rows"] for one in files), sum(one["good"] for one in files)
    return Manifest(
        seed=seed,
        start=instant(period.start),
        end=instant(period.end),
        rows=rows,
        good=good,
        planted=rows - good,
        files=files,
    )


def write_manifest(path: Path, content: Manifest) -> None:
    """Write the manifest as JSON."""
    replace_file(path, (json.dumps(content, indent=2) + "\n").encode())


def replace_file(path: Path, content: bytes) -> None:
    """Put a whole file in place; until then it has a hidden name that ends in `.part`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _good(shared: Habits, people: Sequence[Person], day: date, period: Period) -> list[Record]:
    found = [
        record
        for person in people
        for record in habits.events(shared, person, day)
        if max(period.start, person.subscriber.active_from) <= record.start < period.end
    ]
    return sorted(found, key=lambda record: (record.start, record.record_id))


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()


def _counts(name: str, one: Day) -> FileCounts:
    calls = Counter(record.cause for record in one.good if record.answered is not None)
    return FileCounts(
        file=name,
        rows=len(one.rows),
        good=len(one.good),
        planted=asdict(one.planted),
        services=_sorted(Counter(record.service for record in one.good)),
        destinations=_sorted(Counter(record.destination for record in one.good)),
        calls=_sorted(calls),
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
