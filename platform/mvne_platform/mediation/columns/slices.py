"""Cutting a text file into blocks of whole lines, with memory for one block."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mvne_platform.mediation.formats.lines import MAX_ROW_BYTES, lines

BLOCK_BYTES = 8 * 1024 * 1024
_LEAST_BYTES = 64 * 1024
_GUESSED_ROW_BYTES = 160
_NEWLINE, _RETURN, _QUOTE, _COMMA, _SPACE, _DELETE = b'\n\r", \x7f'


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines from the byte `offset` of the file on; `ends` are counted from there.

    `data` is empty where a single line is longer than any block.
    """

    offset: int
    data: bytes
    ends: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """Where each line begins, counted from `offset`."""
        return np.concatenate(([0], self.ends[:-1]))


def blocks(path: Path, offset: int, count: int) -> Iterator[Block]:
    """The next `count` lines from the byte `offset` on, or as many as there are."""
    with path.open("rb") as file:
        while count > 0:
            size = min(BLOCK_BYTES, max(_LEAST_BYTES, count * _GUESSED_ROW_BYTES))
            file.seek(offset)
            data = file.read(size)
            if not data:
                return
            block = _block(path, offset, data, count, last=len(data) < size)
            yield block
            count -= len(block.ends)
            offset += int(block.ends[-1])


def _block(path: Path, offset: int, data: bytes, count: int, *, last: bool) -> Block:
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE) + 1
    if last and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    if not len(ends):
        return Block(offset, b"", np.array([next(lines(path, offset)).end - offset]))
    ends = ends[:count]
    return Block(offset, data[: ends[-1]], ends)


def plain_lines(block: Block, commas: int) -> np.ndarray:
    """Which lines are plain: exactly so many commas, no quote, no control character, whole UTF-8, not too long."""
    plain = np.zeros(len(block.ends), np.bool_)
    if not block.data:
        return plain
    codes = np.frombuffer(block.data, np.uint8)
    counted = np.add.reduceat(codes == _COMMA, block.starts, dtype=np.int32)
    plain[:] = (counted == commas) & (np.diff(block.ends, prepend=0) <= MAX_ROW_BYTES)
    plain[np.searchsorted(block.ends, _odd_places(block.data, codes), "right")] = False
    return plain


def lines_of(block: Block, wanted: np.ndarray) -> bytes:
    """The bytes of the wanted lines."""
    if wanted.all() or not block.data:
        return block.data
    codes = np.frombuffer(block.data, np.uint8)
    return bytes(codes[np.repeat(wanted, np.diff(block.ends, prepend=0))].data)


def _odd_places(data: bytes, codes: np.ndarray) -> np.ndarray:
    """Where bytes stand that a plain line does not have."""
    odd = (codes < _SPACE) & (codes != _NEWLINE)
    if b"\r" in data:
        before_newline = (codes[:-1] == _RETURN) & (codes[1:] == _NEWLINE)
        odd[:-1] &= ~before_newline
    odd |= (codes == _QUOTE) | (codes == _DELETE)
    if not data.isascii() and not _is_utf8(data):
        odd |= codes > _DELETE
    return np.flatnonzero(odd)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
