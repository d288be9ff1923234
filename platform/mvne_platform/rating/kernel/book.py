"""The book of price lists in the making: one array, written from front to back."""

import numpy as np
import numpy.typing as npt

from mvne_platform.rating.kernel.columns import Int64s
from mvne_platform.rating.kernel.tables import HEADER


class Book:
    """Whatever is added stays at the address that is answered."""

    def __init__(self) -> None:
        self._parts: list[Int64s] = [np.zeros(HEADER, np.int64)]
        self._length = HEADER

    def add(self, values: npt.ArrayLike) -> int:
        """Write values; answers the address of the first."""
        part = np.asarray(values, np.int64).ravel()
        address = self._length
        self._parts.append(part)
        self._length += len(part)
        return address

    def add_list(self, values: npt.ArrayLike, following: npt.ArrayLike = ()) -> tuple[int, int]:
        """Write a list, then values that follow it; answers the list's first address and the one after its last."""
        address = self.add(values)
        end = self._length
        self.add(following)
        return address, end

    def bound(self, header: dict[int, int]) -> Int64s:
        """The whole book; `header` are the addresses of its tables."""
        for place, address in header.items():
            self._parts[0][place] = address
        return np.concatenate(self._parts)


class Interned:
    """Strings numbered in the order in which they turn up."""

    def __init__(self, *known: str) -> None:
        self.numbers = {text: number for number, text in enumerate(known)}

    def number(self, text: str) -> int:
        """The number of a string, a new one if it is new."""
        return self.numbers.setdefault(text, len(self.numbers))

    def texts(self) -> tuple[str, ...]:
        """The strings by number."""
        return tuple(self.numbers)
