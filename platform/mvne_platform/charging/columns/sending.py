"""Rating events and sending them to PostgreSQL: while it takes some in, the next are rated and encoded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import polars as pl

from mvne_platform.catalogue import NumberClass
from mvne_platform.charging.columns import encode
from mvne_platform.charging.columns.arrays import Ints
from mvne_platform.charging.columns.encode import Codes, Codings, Identity, Results, Rows, Tables, Texts
from mvne_platform.charging.columns.locking import uuids
from mvne_platform.charging.columns.rated import Answers, Prepared, part_of, slices
from mvne_platform.charging.writing import COPY, driver_connection
from mvne_platform.mediation import UsageFile
from mvne_platform.mediation import columns as frames
from mvne_platform.rating import Outcome, Reason, kernel
from mvne_platform.runtime import Context

_OUTCOMES = [one.value for one in Outcome]
_REASONS = [one.value for one in Reason]
_SERVICES = [one.value for one in frames.SERVICES]
_CLASSES = [one.value for one in NumberClass]


# So many events are rated while PostgreSQL takes in those before them.
PIECE_ROWS = 40_000


def rate_and_copy(ctx: Context, file: UsageFile, prepared: Prepared) -> Answers:
    """Rate events and add them in the order of their primary key; one that is there already breaks it.

    A thread rates and encodes while PostgreSQL takes in what is ready.
    """
    told: list[Answers] = [Answers.none()]
    ctx.db.flush()
    with driver_connection(ctx).cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(encode.HEADER)
        for block in _ahead(_blocks(file, prepared, told)):
            copy.write(block)
        copy.write(encode.TRAILER)
    return Answers.joined(told)


def _blocks(file: UsageFile, prepared: Prepared, told: list[Answers]) -> Iterator[memoryview]:
    for piece in slices(prepared, PIECE_ROWS):
        part = part_of(prepared, piece)
        answers = kernel.rate_columns(part.events, part.holdings, part.tariffs, part.purses)
        kept = Answers(*(getattr(answers, name) for name in Answers.__slots__))
        told.append(kept)
        yield from encode.blocks(encoded_rows(file, part, answers), _key_order(part, ~kept.failed))


def _key_order(part: Prepared, lasting: npt.NDArray[np.bool_]) -> Ints:
    """The places of the rows that are written, by subscription and key."""
    if not part.groups:  # charging groups are single lines, in the order of their ids
        return np.flatnonzero(lasting)
    order = np.lexsort((part.fresh.key_lo, part.fresh.key_hi, part.fresh.line))
    return order[lasting[order]]


def encoded_rows(file: UsageFile, rated: Prepared, answers: kernel.RatedColumns) -> Rows:
    """What the encoder wants to know."""
    fresh, events, tariffs = rated.fresh, rated.events, rated.tariffs
    frame = rated.lanes.frame[fresh.rows]
    pool = _Pool()
    sharing = rated.holdings.sharing[events.holding]
    currencies = pool.add([one.currency for one in tariffs.tariffs])
    codings = Codings(
        service=_codes(pool.add(_SERVICES), events.service),
        other_party=pool.add_rows(frame["other_party"]),
        network=_codes(pool.add(events.networks), events.network),
        operator=_codes(pool.add(events.operators), events.operator),
        number_class=_codes(pool.add(_CLASSES), events.number_class),
        status=_codes(pool.add(_OUTCOMES), answers.outcome),
        reason=_codes(pool.add(_REASONS), answers.reason),
        zone=_codes(pool.add([one.code for one in tariffs.zones]), answers.zone),
        band=_codes(pool.add(tariffs.bands), answers.band),
        currency=_codes(currencies, rated.holdings.tariff[events.holding]),
        attributes=pool.add_rows(frame["attributes"]),
    )
    identity = Identity(
        line=fresh.line.astype(np.int32),
        key_hi=fresh.key_hi,
        key_lo=fresh.key_lo,
        start=events.start,
        row=frame["row"].to_numpy(),
        group=sharing,
        period=events.period,
    )
    results = Results(*(getattr(answers, name) for name in Results._fields))
    tables = Tables(
        lines=_filled(rated.lanes.lines.ids),
        groups=_filled(uuids(list(rated.groups))),
        versions=_filled(uuids([one.id for one in tariffs.versions])),
        rates=_filled(uuids([one.id for one in tariffs.rates])),
        buckets=_filled(rated.buckets.ids),
        file=uuids([file.id]),
        texts=pool.texts(),
    )
    return Rows(identity, codings, results, tables)


class _Pool:
    """Texts of dictionaries and of rows, one after the other."""

    def __init__(self) -> None:
        self._parts: list[npt.NDArray[np.uint8]] = []
        self._lengths: list[Ints] = []
        self._count = 0

    def add(self, values: Sequence[str]) -> int:
        """Add a dictionary; answers the place of its first text."""
        encoded = [value.encode() for value in values]
        return self._append(b"".join(encoded), np.array([len(one) for one in encoded], np.int64))

    def add_rows(self, values: pl.Series) -> Codes:
        """Add a text for each row; answers their places, -1 for null."""
        if values.null_count() == len(values):
            return np.full(len(values), -1, np.int32)
        content = values.fill_null("").str.join("").item().encode()
        first = self._append(content, values.str.len_bytes().fill_null(0).to_numpy().astype(np.int64))
        places = np.arange(first, first + len(values), dtype=np.int32)
        return np.where(values.is_null().to_numpy(), np.int32(-1), places)

    def texts(self) -> Texts:
        """Everything that was added."""
        lengths = np.concatenate(self._lengths)
        return Texts(np.concatenate(self._parts), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    def _append(self, content: bytes, lengths: Ints) -> int:
        first = self._count
        self._parts.append(np.frombuffer(content, np.uint8))
        self._lengths.append(lengths)
        self._count += len(lengths)
        return first


def _codes(first: int, places: npt.NDArray[np.signedinteger]) -> Codes:
    return np.where(places < 0, -1, places.astype(np.int32) + first).astype(np.int32)


def _filled(ids: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Compiled code wants a table to look at, even where there is none."""
    return np.ascontiguousarray(ids) if len(ids) else np.zeros((1, 16), np.uint8)


def _ahead(blocks: Iterator[memoryview]) -> Iterator[memoryview]:
    """The same blocks, the next one being made in a thread meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, blocks, None)
        while (block := waiting.result()) is not None:
            waiting = pool.submit(next, blocks, None)
            yield block
