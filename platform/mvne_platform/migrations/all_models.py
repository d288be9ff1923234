"""Every table of the platform, by history: importing this imports all domains' models."""

from importlib import import_module
from typing import Any

from sqlalchemy import MetaData

from mvne_platform.runtime.models import BrandBase, PlatformBase

DOMAINS = (
    "access",
    "balances",
    "billing",
    "catalogue",
    "charging",
    "charging.online",
    "charging.replay",
    "charging.rerating",
    "inventory",
    "letters",
    "loyalty",
    "mediation",
    "orders",
    "party",
    "promotions",
    "provisioning",
    "receivables",
    "subscriptions",
    "tax",
)

for domain in DOMAINS:
    import_module(f"mvne_platform.{domain}.models")

METADATA: dict[str, MetaData] = {"platform": PlatformBase.metadata, "brand": BrandBase.metadata}
_BASES: dict[str, Any] = {"platform": PlatformBase, "brand": BrandBase}


def models(history: str) -> list[Any]:
    """The mapped classes of a history, by table name."""
    mappers = _BASES[history].registry.mappers
    return sorted((mapper.class_ for mapper in mappers), key=lambda model: str(model.__tablename__))
