"""Loading number data from files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, text

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import permissions
from mvne_platform.mediation.formats import Fault
from mvne_platform.mediation.models import NumberDataKind, NumberDataLoad, PortedNumber, ShortCode
from mvne_platform.mediation.numbers import files
from mvne_platform.mediation.numbers.files import Answer, Coded, Ported
from mvne_platform.mediation.numbers.merging import Entry, Merged, merge
from mvne_platform.runtime import Context

_BATCH = 2_000
MAX_FAULTS = 1_000


@dataclass(slots=True)
class NumberDataAnswer:
    """What a load came to. `faults` are the first MAX_FAULTS by line; `load_id` is None if nothing was changed."""

    load_id: UUID | None = None
    rows: int = 0
    added: int = 0
    ended: int = 0
    unchanged: int = 0
    faulty: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def load_number_data(
    ctx: Context, kind: NumberDataKind, *, name: str, content: BinaryIO, replace: bool = False
) -> NumberDataAnswer:
    """Take a file of portability data or short codes; every row is answered.

    With `replace` the file is the whole truth: all entries of the kind are exchanged for it, or, if any row is faulty,
    none. Without it good rows are taken into what is there, and an open entry is ended by a newer one of the same
    number; faulty rows change nothing. Raises BadNumberData for a file with another header, OSError.
    """
    ctx.require(permissions.NUMBERS)
    ctx.lock(f"number data {kind}")
    answers = files.read(kind, content, ctx.brand.time_zone)
    answer = NumberDataAnswer()
    with ctx.db.begin_nested() as attempt:
        if replace:
            ctx.db.execute(delete(_TABLES[kind]))
        while batch := list(islice(answers, _BATCH)):
            _take(ctx, kind, batch, answer)
        if replace and answer.faulty:
            attempt.rollback()
            answer.added = answer.ended = answer.unchanged = 0
        elif replace or answer.added or answer.ended:
            answer.load_id = _keep(ctx, kind, name, answer, replace=replace)
    return answer


def _keep(ctx: Context, kind: NumberDataKind, name: str, answer: NumberDataAnswer, *, replace: bool) -> UUID:
    load = NumberDataLoad(
        id=uuid7(),
        kind=kind,
        name=name,
        replaced=replace,
        added=answer.added,
        ended=answer.ended,
        actor=str(ctx.actor),
        loaded_at=ctx.now,
    )
    ctx.db.add(load)
    ctx.db.flush()
    return load.id


def _take(ctx: Context, kind: NumberDataKind, batch: Sequence[Answer], answer: NumberDataAnswer) -> None:
    drafts = [one.outcome for one in batch if not isinstance(one.outcome, Fault)]
    merged: Merged = merge(_stored(ctx, kind, drafts), batch)
    _end(ctx, kind, merged.ended)
    _add(ctx, kind, merged.added)
    answer.rows += len(batch)
    answer.added += len(merged.added)
    answer.ended += len(merged.ended)
    answer.unchanged += merged.unchanged
    answer.faulty += len(merged.faults)
    answer.faults += merged.faults[: MAX_FAULTS - len(answer.faults)]


_TABLES = {NumberDataKind.PORTABILITY: PortedNumber, NumberDataKind.SHORT_CODES: ShortCode}

# OFFSET 0 keeps the index scan per wanted row: a join over the whole table would be planned for many rows.
_STORED_PORTED = text("""
SELECT DISTINCT p.id, p.first, p.last, p.operator, p.valid_from, p.valid_to
FROM unnest(CAST(:first AS int8[]), CAST(:last AS int8[])) AS d (first, last),
LATERAL (
  SELECT p.id, p.first, p.last, p.operator, p.valid_from, p.valid_to FROM ported_number p
  WHERE p.single = (d.first = d.last) AND int8range(p.first, p.last, '[]') && int8range(d.first, d.last, '[]')
  OFFSET 0
) p
""")
_STORED_CODED = text("""
SELECT id, code, prefix, number_class, name, source, valid_from, valid_to
FROM short_code WHERE code = ANY (CAST(:code AS text[]))
""")
_END = {
    kind: text(f"""
UPDATE {table.__tablename__} t SET valid_to = d.valid_to
FROM unnest(CAST(:id AS uuid[]), CAST(:valid_to AS timestamptz[])) AS d (id, valid_to) WHERE t.id = d.id
""")  # noqa: S608  # our own table's name
    for kind, table in _TABLES.items()
}
_ADD = {
    NumberDataKind.PORTABILITY: text("""
INSERT INTO ported_number (id, first, last, operator, valid_from, valid_to)
SELECT * FROM unnest(
  CAST(:id AS uuid[]), CAST(:first AS int8[]), CAST(:last AS int8[]), CAST(:operator AS text[]),
  CAST(:valid_from AS timestamptz[]), CAST(:valid_to AS timestamptz[]))
"""),
    NumberDataKind.SHORT_CODES: text("""
INSERT INTO short_code (id, code, prefix, number_class, name, source, valid_from, valid_to)
SELECT * FROM unnest(
  CAST(:id AS uuid[]), CAST(:code AS text[]), CAST(:prefix AS bool[]), CAST(:number_class AS text[]),
  CAST(:name AS text[]), CAST(:source AS text[]), CAST(:valid_from AS timestamptz[]), CAST(:valid_to AS timestamptz[]))
"""),
}
_COLUMNS = {
    NumberDataKind.PORTABILITY: ("first", "last", "operator", "valid_from"),
    NumberDataKind.SHORT_CODES: ("code", "prefix", "number_class", "name", "source", "valid_from"),
}


def _stored(ctx: Context, kind: NumberDataKind, drafts: Sequence[Ported | Coded]) -> Iterator[Entry]:
    if kind is NumberDataKind.PORTABILITY:
        wanted = {"first": [one.first for one in drafts], "last": [one.last for one in drafts]}  # type: ignore[union-attr]  # one kind a file
        for row in ctx.db.execute(_STORED_PORTED, wanted):
            yield Entry(Ported(row.first, row.last, row.operator, row.valid_from, row.valid_to), row.valid_to, row.id)
        return
    for row in ctx.db.execute(_STORED_CODED, {"code": [one.code for one in drafts]}):  # type: ignore[union-attr]  # one kind a file
        coded = Coded(row.code, row.prefix, row.number_class, row.name, row.source, row.valid_from, row.valid_to)
        yield Entry(coded, row.valid_to, row.id)


def _end(ctx: Context, kind: NumberDataKind, entries: Sequence[Entry]) -> None:
    if entries:
        values = {"id": [entry.id for entry in entries], "valid_to": [entry.valid_to for entry in entries]}
        ctx.db.execute(_END[kind], values)


def _add(ctx: Context, kind: NumberDataKind, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    values: dict[str, list[Any]] = {
        column: [getattr(entry.draft, column) for entry in entries] for column in _COLUMNS[kind]
    }
    values["id"] = [uuid7() for _ in entries]
    values["valid_to"] = [entry.valid_to for entry in entries]
    ctx.db.execute(_ADD[kind], values)
