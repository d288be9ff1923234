"""What of a manifest becomes the brand's row in the registry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mvne_platform.kernel import start_of_day
from mvne_tenants.manifest.brand import BrandForm


@dataclass(frozen=True, slots=True)
class Registration:
    """The registry's view of a brand; `clock` is where a new sandbox begins, in UTC."""

    slug: str
    name: str
    country: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    hosts: tuple[str, ...]
    profile: dict[str, Any]
    clock: datetime


def registration(form: BrandForm, logo: str) -> Registration:
    """Make the registry's view of a checked `brand.toml`."""
    identity = form.brand
    return Registration(
        slug=identity.slug,
        name=identity.name,
        country=identity.country,
        currency=identity.currency,
        time_zone=identity.time_zone,
        languages=identity.languages,
        hosts=identity.hosts,
        profile=_profile(form, logo),
        clock=start_of_day(form.sandbox.clock, identity.time_zone),
    )


def _profile(form: BrandForm, logo: str) -> dict[str, Any]:
    return {
        "legal": form.legal.model_dump(mode="json"),
        "look": {"primary": form.look.primary, "accent": form.look.accent, "logo": logo},
        "senders": form.senders.model_dump(mode="json"),
        "prices_include_tax": form.tax.prices_include_tax,
        "identity_verification": form.verification.identity,
        "billing": form.billing.model_dump(mode="json"),
        "prepaid": form.prepaid.model_dump(mode="json"),
        "adapters": form.adapters.model_dump(mode="json"),
        "inventory": form.inventory.model_dump(mode="json"),
        "usage": form.usage.model_dump(mode="json", exclude_none=True),
        "catalogue": form.catalogue.model_dump(mode="json"),
    }
