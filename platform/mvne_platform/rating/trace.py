"""How an event came to its amount, in whole numbers: small enough to keep with every event, enough to explain it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

LAYOUT = 1
NOTHING = -1
# Numbers before those of `left`: the layout, eleven fields, and how many buckets `left` tells of.
_HEAD = 13


class MatchKind(IntEnum):
    """What of the event found its zone. Numbers are stored: never change one."""

    NONE = 0
    PREFIX = 1
    SHORT_CODE = 2
    NETWORK = 3
    COUNTRY_NETWORKS = 4
    HOME = 5
    OPERATOR = 6
    OTHER_OPERATORS = 7


@dataclass(frozen=True, slots=True)
class Piece:
    """Units that money pays at one price (micros per the rate's interval), from a minute of the brand's week on."""

    units: int
    price_micros: int
    week_minute: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The numbers behind a rated event that its columns and the (immutable) rate do not tell.

    `match_length` counts the digits that matched: of the called number, for networks too (0: any number).
    `week_minute` and `utc_offset_s` are the brand's clock at the start, a holiday counted as its other weekday.
    `covered` units were taken from allowances. `volume_before` is what the tiers had counted, `spent_before` what the
    billing period had accrued before (micros): -1 where there are no tiers or no spend limit.
    `capped_micros` is fee + usage after minimum and maximum, before `discount_bp` basis points came off.
    `left` is what each bucket held after the event took from it, in the order of the takes.
    """

    match: MatchKind = MatchKind.NONE
    match_length: int = 0
    week_minute: int = NOTHING
    utc_offset_s: int = 0
    covered: int = 0
    volume_before: int = NOTHING
    spent_before: int = NOTHING
    fee_micros: int = 0
    usage_micros: int = 0
    capped_micros: int = 0
    discount_bp: int = 0
    left: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = ()

    def as_ints(self) -> list[int]:
        """The trace as it is stored."""
        head = [
            LAYOUT,
            self.match.value,
            self.match_length,
            self.week_minute,
            self.utc_offset_s,
            self.covered,
            self.volume_before,
            self.spent_before,
            self.fee_micros,
            self.usage_micros,
            self.capped_micros,
            self.discount_bp,
            len(self.left),
            *self.left,
        ]
        return head + [
            number for piece in self.pieces for number in (piece.units, piece.price_micros, piece.week_minute)
        ]

    @classmethod
    def from_ints(cls, numbers: Sequence[int]) -> "Trace":
        """The trace that was stored; ValueError for a layout of another time."""
        if not numbers or numbers[0] != LAYOUT:
            raise ValueError(f"A trace of layout {numbers[0] if numbers else 'nothing'} is not known here.")
        after = _HEAD + numbers[_HEAD - 1]
        triples = zip(*[iter(numbers[after:])] * 3, strict=True)
        left, pieces = tuple(numbers[_HEAD:after]), tuple(Piece(*triple) for triple in triples)
        kind, length, minute, offset, covered, volume, spent, fee, usage, capped, discount = numbers[1 : _HEAD - 1]
        match = MatchKind(kind)
        return cls(match, length, minute, offset, covered, volume, spent, fee, usage, capped, discount, left, pieces)
