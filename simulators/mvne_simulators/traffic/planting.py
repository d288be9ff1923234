"""Trouble put among the good rows, as real files have it: repeated rows, broken rows, rows of strangers.

Every planted row is an extra one: the good rows stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from mvne_simulators.traffic.habits import Habits, record_id
from mvne_simulators.traffic.records import HEADER, Record

Row = list[str]


@dataclass(frozen=True)
class Shares:
    """How many rows to plant, as a share of a day's good rows."""

    duplicates: float = 0.01
    repeats: float = 0.005
    malformed: float = 0.005
    unknown: float = 0.005


@dataclass
class Planted:
    """What was planted into one file: broken rows by the way they are broken."""

    duplicates: int = 0
    repeats_of_day_before: int = 0
    unknown_subscriber: int = 0
    malformed: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All planted rows."""
        return self.duplicates + self.repeats_of_day_before + self.unknown_subscriber + sum(self.malformed.values())


def plant(
    random: Random, habits: Habits, shares: Shares, good: Sequence[Record], day_before: Sequence[Record]
) -> tuple[list[Row], Planted]:
    """The rows of a file: the good ones in their order, with trouble in between."""
    planted = Planted()
    extra: list[Row] = []
    for record in _sample(random, good, shares.duplicates):
        extra.append(record.row)
        planted.duplicates += 1
    for record in _sample(random, day_before, shares.repeats):
        extra.append(record.row)
        planted.repeats_of_day_before += 1
    for record in _sample(random, good, shares.unknown):
        extra.append(_of_a_stranger(random, habits, record).row)
        planted.unknown_subscriber += 1
    for record in _sample(random, good, shares.malformed):
        fault = random.choice(list(BREAKAGES))
        extra.append(BREAKAGES[fault](replace(record, record_id=record_id(random)).row))
        planted.malformed[fault] = planted.malformed.get(fault, 0) + 1

    rows = [record.row for record in good]
    for row in extra:
        rows.insert(random.randint(0, len(rows)), row)
    return rows, planted


def _sample(random: Random, records: Sequence[Record], share: float) -> list[Record]:
    """Different records, as many as the share says on average, whatever the size of the day."""
    wanted = len(records) * share
    number = int(wanted) + (random.random() < wanted % 1)
    return random.sample(records, min(number, len(records)))


def _of_a_stranger(random: Random, habits: Habits, record: Record) -> Record:
    known = {one.msisdn for one in habits.everybody}
    home = habits.world.home_of(record.subscriber)
    while True:
        msisdn = habits.world.draw(random, home, "mobile", "fixed")
        if msisdn not in known:
            break
    imsi = record.imsi[:5] + "".join(random.choices("0123456789", k=len(record.imsi) - 5))
    return replace(record, record_id=record_id(random), subscriber=msisdn, imsi=imsi)


def _with(value: str, *columns: str) -> Callable[[Row], Row]:
    return lambda row: [value if name in columns else field for name, field in zip(HEADER, row, strict=True)]


def _with_quantity(value: str) -> Callable[[Row], Row]:
    """Put `value` where the row says how much was used: bytes or messages, or else seconds."""

    def broken(row: Row) -> Row:
        filled = dict(zip(HEADER, row, strict=True))
        column = next((name for name in ("bytes", "count") if filled[name]), "duration_s")
        return _with(value, column)(row)

    return broken


BREAKAGES: Mapping[str, Callable[[Row], Row]] = {
    "cut_off": lambda row: row[:5],
    "extra_column": lambda row: [*row, "?"],
    "impossible_date": _with("2026-02-30T25:61:00Z", "start"),
    "no_date": _with("", "start"),
    "date_without_offset": _with("2026-10-01 12:00:00", "start"),
    "negative_quantity": _with_quantity("-60"),
    "words_for_quantity": _with_quantity("plenty"),
    "unknown_service": _with("telepathy", "service"),
    "nobody": _with("", "subscriber", "imsi"),
    "letters_in_subscriber": _with("+45CALLME", "subscriber"),
}
"""Ways to break a row; each is malformed whatever the service."""
