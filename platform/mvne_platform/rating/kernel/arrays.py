"""Arrays of 64-bit integers as machine code sees them: what stands in them are whole numbers."""

from typing import Any, Protocol, TypeAlias, overload

import numpy as np

Number: TypeAlias = int | np.integer[Any] | np.bool_


class Row(Protocol):
    """One dimension; the book of price lists, a trace, or a row of a matrix."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> int: ...
    def __setitem__(self, place: int, value: Number, /) -> None: ...


class Matrix(Protocol):
    """Two dimensions: rows, and columns as `tables` names them."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, row: int, /) -> Row: ...
    @overload
    def __getitem__(self, place: tuple[int, int], /) -> int: ...
    def __setitem__(self, place: tuple[int, int], value: Number, /) -> None: ...


class Planes(Protocol):
    """Three dimensions: the planes of scratch, their rows and columns."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many planes, rows and columns."""
        ...

    def __getitem__(self, place: tuple[int, int, int], /) -> int: ...
    def __setitem__(self, place: tuple[int, int, int], value: Number, /) -> None: ...
