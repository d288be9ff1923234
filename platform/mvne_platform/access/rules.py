"""Which permissions follow from grants and scopes. Pure."""

from collections.abc import Iterable

from mvne_platform.access.errors import UnknownRole, UnknownScope
from mvne_platform.access.models import EVERY_BRAND
from mvne_platform.access.roles import ROLES, SCOPES


def permissions_at(grants: Iterable[tuple[str, str]], brand: str | None) -> frozenset[str]:
    """What (brand, role) grants allow at `brand`; None stands for the platform itself, where only `*` counts."""
    held = [ROLES[role] for where, role in grants if where in (EVERY_BRAND, brand) and role in ROLES]
    return frozenset().union(*held)


def permissions_of_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """What scopes allow; a scope that no longer exists allows nothing."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))


def check_role(role: str) -> None:
    """Raise UnknownRole unless `role` exists."""
    if role not in ROLES:
        raise UnknownRole(f"There is no role '{role}'; there are: {', '.join(sorted(ROLES))}.", field=("role",))


def check_scopes(scopes: Iterable[str]) -> None:
    """Raise UnknownScope unless every scope exists."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise UnknownScope(
            f"There is no scope '{unknown[0]}'; there are: {', '.join(sorted(SCOPES))}.", field=("scopes",)
        )
