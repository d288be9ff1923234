"""The kernel with one fault in it: its sources, one text replaced, loaded under another name and run uncompiled."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from mvne_platform.rating import kernel
from mvne_platform.rating.kernel import KernelRater

_SOURCES = Path(str(kernel.__file__)).parent
_NAME = kernel.__name__
_PLANTED = "planted_kernel"
# Uncompiled: Python runs what Numba would have compiled.
_AS_IT_IS = """
def compiled(function):
    return function


compiled_to_allocate = compiled
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake that somebody could make: a text of a source file, and what stands there instead."""

    name: str
    file: str
    text: str
    instead: str


class _Sources(MetaPathFinder, Loader):
    """Finds the planted kernel's modules."""

    def __init__(self, fault: Fault | None) -> None:
        self._sources = {path.stem: path.read_text("utf-8") for path in _SOURCES.glob("*.py")}
        self._sources["compiled"] = _AS_IT_IS
        if fault is not None:
            source = self._sources[fault.file]
            if source.count(fault.text) != 1:
                message = f"'{fault.name}': the text stands {source.count(fault.text)} times in {fault.file}.py."
                raise LookupError(message)
            self._sources[fault.file] = source.replace(fault.text, fault.instead)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name != _PLANTED and not name.startswith(f"{_PLANTED}."):
            return None
        return ModuleSpec(name, self, is_package=name == _PLANTED)

    def exec_module(self, module: ModuleType) -> None:
        stem = module.__name__.removeprefix(_PLANTED).removeprefix(".") or "__init__"
        source = self._sources[stem].replace(_NAME, _PLANTED)
        exec(compile(source, f"{module.__name__} (planted)", "exec"), vars(module))  # noqa: S102  # our own sources


@contextmanager
def planted(fault: Fault | None) -> Iterator[KernelRater]:
    """A rater with the fault; with None, the kernel as it is, uncompiled."""
    finder = _Sources(fault)
    sys.meta_path.insert(0, finder)
    try:
        __import__(_PLANTED)
        yield sys.modules[_PLANTED].KernelRater()
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.split(".")[0] == _PLANTED]:
            del sys.modules[name]
