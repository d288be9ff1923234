"""Numbers written into bytes at any place, the highest byte first: one instruction, where a loop would take eight."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Bytes = npt.NDArray[np.uint8]
_WIDE, _NARROW = ir.IntType(64), ir.IntType(32)
_Generator = Callable[..., Any]


@intrinsic
def put8(_typing: Any, buffer: Any, _at: Any, _value: Any) -> tuple[Any, _Generator]:
    """`put8(buffer, at, value)`: eight bytes of a number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at, value = arguments
        place = _place(context, builder, signature.args[0], array, at, _WIDE)
        builder.store(builder.bswap(value), place).align = 1
        return context.get_dummy_value()

    return types.none(buffer, types.int64, types.int64), generate


@intrinsic
def put4(_typing: Any, buffer: Any, _at: Any, _value: Any) -> tuple[Any, _Generator]:
    """`put4(buffer, at, value)`: the lower four bytes of a number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at, value = arguments
        place = _place(context, builder, signature.args[0], array, at, _NARROW)
        builder.store(builder.bswap(builder.trunc(value, _NARROW)), place).align = 1
        return context.get_dummy_value()

    return types.none(buffer, types.int64, types.int64), generate


@intrinsic
def copy8(_typing: Any, buffer: Any, _at: Any, source: Any, _from: Any) -> tuple[Any, _Generator]:
    """`copy8(buffer, at, source, place)`: eight bytes as they are."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at, other, begin = arguments
        taken = builder.load(_place(context, builder, signature.args[2], other, begin, _WIDE))
        taken.align = 1
        builder.store(taken, _place(context, builder, signature.args[0], array, at, _WIDE)).align = 1
        return context.get_dummy_value()

    return types.none(buffer, types.int64, source, types.int64), generate


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any, number: Any) -> Any:
    """The address of the byte `at` of an array, as that of a number."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), number.as_pointer())
