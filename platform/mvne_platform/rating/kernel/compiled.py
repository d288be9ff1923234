"""How the kernel's functions become machine code, once, and where that is kept.

Numba keeps what it has compiled below `NUMBA_CACHE_DIR`, which whoever starts the process sets, else beside this file.
It looks only at the file of a function to see whether its code is still good, not at what that calls or at the
constants it uses; so the code of one state of the whole kernel lies in one folder, named by a digest of the sources
and of the constants that come from elsewhere.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import config

from mvne_platform.rating.kernel import codes

_P = ParamSpec("_P")
_R = TypeVar("_R")
_HERE = Path(__file__).resolve().parent


def _digest() -> str:
    read = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for source in sorted(_HERE.glob("*.py")):
        read.update(source.read_bytes())
    read.update(repr([item for item in vars(codes).items() if isinstance(item[1], int | tuple)]).encode())
    return read.hexdigest()


_FOLDER = Path(vars(config)["CACHE_DIR"] or _HERE / "__pycache__") / _digest()
# Numba reads its settings from the environment when it is imported; this one changes before the first use of it.
vars(config)["CACHE_DIR"] = str(_FOLDER)
# Without the interpreter's lock; without a look at indexes and divisors (`checks` looks at columns as a whole).
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile on first use, without counting references: such a function keeps no array beyond its call.

    More than half of the time went into the counting.
    """
    options = {**_OPTIONS, "_nrt": False}
    machine_code: Callable[_P, _R] = numba.njit(**options)(function)
    return machine_code


def compiled_to_allocate(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same for a function that makes arrays."""
    machine_code: Callable[_P, _R] = numba.njit(**_OPTIONS)(function)
    return machine_code
