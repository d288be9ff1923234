"""Every refusal there is, whatever happened to be imported: the schemas name them all, in any process alike."""

import pkgutil
from importlib import import_module
from types import ModuleType

import mvne_platform
import mvne_tenants
from mvne_graphql import context, relay
from mvne_platform.kernel import DomainError

# This package's own, for ids and headers that cannot be read.
OWN = (context.__name__, relay.__name__)
HOUSES: tuple[ModuleType, ...] = (mvne_platform, mvne_tenants)
# Alembic's environment runs when it is imported.
NOT_IMPORTED = "mvne_platform.migrations"


def refusals() -> dict[str, str]:
    """Code and meaning (the first line of its docstring) of every refusal, by code."""
    for house in HOUSES:
        for module in pkgutil.walk_packages(house.__path__, f"{house.__name__}."):
            if not module.name.startswith(NOT_IMPORTED):
                import_module(module.name)
    return dict(
        sorted({**_below(DomainError), DomainError.code: "Refused for a reason without a code of its own."}.items())
    )


def _below(base: type[DomainError]) -> dict[str, str]:
    found = {base.code: (base.__doc__ or "").strip().splitlines()[0]}
    for refusal in base.__subclasses__():
        if refusal.__module__.startswith((*OWN, *(f"{house.__name__}." for house in HOUSES))):
            found = _below(refusal) | found
    return found
