"""Nested prefixes made into disjoint ranges of packed numbers, each with the longest prefix that holds in it."""

from collections.abc import Sequence

import numpy as np

from mvne_platform.rating.kernel.columns import NONE, Int32s, Int64s
from mvne_platform.rating.kernel.compiled import compiled, compiled_to_allocate
from mvne_platform.rating.kernel.tables import DIGITS, LENGTHS, MOST_INDEX_DIGITS

_ZERO = ord("0")
_END = 10**DIGITS * LENGTHS
_POWERS = 10 ** np.arange(DIGITS - 1, -1, -1, dtype=np.int64)


def pack_prefixes(prefixes: Sequence[str]) -> Int64s:
    """What `pack_number` says of each; ValueError for what is not 0 to 17 digits."""
    wrong = [one for one in prefixes if len(one) > DIGITS or (one and not (one.isascii() and one.isdigit()))]
    if wrong:
        raise ValueError(f"A prefix has at most {DIGITS} digits and nothing else; this is none: {wrong[0]!r}.")
    if not prefixes:
        return np.empty(0, np.int64)
    signs = np.array(prefixes, f"U{DIGITS}").view(np.uint32).reshape(len(prefixes), DIGITS).astype(np.int64)
    lengths = np.count_nonzero(signs, axis=1)
    return np.asarray(np.where(signs > 0, signs - _ZERO, 0) @ _POWERS * LENGTHS + lengths, np.int64)


@compiled_to_allocate
def ranges_of(starts: Int64s) -> tuple[Int64s, Int32s]:
    """For sorted packed prefixes: the edges at which another prefix begins to hold, and its place, -1 where none does.

    One pass: prefixes that have begun and not ended lie on a stack, the longest on top.
    """
    edges, owners = np.empty(2 * len(starts) + 1, np.int64), np.empty(2 * len(starts) + 1, np.int32)
    edges[0], owners[0] = 0, NONE
    count, depth = 1, 0
    stack, ends = np.empty(DIGITS + 2, np.int32), np.empty(DIGITS + 2, np.int64)
    for place in range(len(starts) + 1):
        begin = int(starts[place]) if place < len(starts) else _END
        while depth > 0 and ends[depth - 1] <= begin:
            depth -= 1
            owner = int(stack[depth - 1]) if depth > 0 else NONE
            count = _add_edge(int(ends[depth]), owner, edges, owners, count)
        if place < len(starts):
            stack[depth], ends[depth] = place, _end_of(begin)
            depth += 1
            count = _add_edge(begin, place, edges, owners, count)
    return edges[:count].copy(), owners[:count].copy()


@compiled
def _end_of(start: int) -> int:
    """The packed number after all that begin with a prefix."""
    digits, length = start // LENGTHS, start % LENGTHS
    width = 1
    for _ in range(DIGITS - length):
        width *= 10
    return (digits + width) * LENGTHS


@compiled
def _add_edge(edge: int, owner: int, edges: Int64s, owners: Int32s, count: int) -> int:
    """Write an edge, over one at the same place: what begins or ends there last holds from there on."""
    if edges[count - 1] == edge:
        count -= 1
    edges[count], owners[count] = edge, owner
    return count + 1


def index_of(edges: Int64s) -> tuple[Int64s, int]:
    """By the first digits of a number: the range that holds the smallest number with them; one more closes the last.

    Answers too by how much packed numbers with other first digits differ at least.
    """
    digits = min(MOST_INDEX_DIGITS, len(str(len(edges))) - 1)
    step = 10 ** (DIGITS - digits) * LENGTHS
    smallest = np.arange(10**digits + 1, dtype=np.int64) * step
    return np.asarray(np.searchsorted(edges, smallest, "right") - 1, np.int64), step
