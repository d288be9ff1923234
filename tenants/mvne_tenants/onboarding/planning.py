"""What applying a manifest would change: the same writes, rolled back."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from mvne_platform import mediation
from mvne_platform.runtime import Actor, Brand, BrandRow, Context, platform_work
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.db import session
from mvne_platform.runtime.tenancy import brand_by_slug
from mvne_platform.runtime.work import brand_scope
from mvne_tenants import permissions
from mvne_tenants.changes import ChangeKind, ItemChange, compare
from mvne_tenants.manifest import Files, Manifest, Registration
from mvne_tenants.onboarding import registry
from mvne_tenants.onboarding.sections import SECTIONS, Seed
from mvne_tenants.onboarding.surroundings import check
from mvne_tenants.registry import require


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would change, and what was decided between the manifest's files."""

    slug: str
    changes: tuple[ItemChange, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {"slug": self.slug, "changes": [c.to_json() for c in self.changes], "notes": list(self.notes)}


def plan(files: Files, *, actor: Actor = SYSTEM) -> Plan:
    """Say what applying the manifest would change, and change nothing.

    Raises ManifestFaulty, and whatever refusal applying would end in: BrandFixed, PriceListVersionFixed,
    TaxRateInForce, InventoryRefused …
    """
    require(actor, permissions.APPLY)
    with platform_work(actor) as db:
        manifest = check(db, files)
        around = platform_changes(db, manifest)
        established = is_established(db, manifest.registration.slug)
    inside = brand_changes(manifest) if established else planned_items(manifest)
    changes = [change for change in around if change.section == "brand"] + inside
    changes += [change for change in around if change.section == "hosts"]
    return Plan(manifest.registration.slug, tuple(changes), manifest.notes)


def is_established(db: Session, slug: str) -> bool:
    """Whether an application of the brand has once been completed; before, its schema may be missing."""
    row = db.get(BrandRow, slug)
    return row is not None and row.manifest_digest != ""


def platform_changes(db: Session, manifest: Manifest) -> list[ItemChange]:
    """What changes in the platform's own tables."""
    wanted = manifest.registration
    changes = registry.brand_changes(db.get(BrandRow, wanted.slug), wanted)
    return changes + registry.host_changes(db, wanted)


def brand_changes(manifest: Manifest) -> list[ItemChange]:
    """What changes in an established brand's schema: every section is written, compared, and rolled back."""
    slug = manifest.registration.slug
    seed = Seed(manifest, lambda name, client_id, secret: None)
    changes: list[ItemChange] = []
    with session(brand_scope(slug)) as db:
        brand = _as_planned(brand_by_slug(db, slug), manifest.registration)
        ctx = Context(brand, SYSTEM, brand.now(), db, "plan")
        for section in SECTIONS:
            before = section.state(ctx)
            section.write(ctx, seed)
            changes += compare(section.name, before, section.state(ctx))
    return changes  # never committed: the end of the session has taken it all back


def _as_planned(brand: Brand, wanted: Registration) -> Brand:
    return replace(
        brand,
        name=wanted.name,
        time_zone=wanted.time_zone,
        languages=wanted.languages,
        profile=wanted.profile,
    )


def planned_items(manifest: Manifest) -> list[ItemChange]:
    """What a brand that is new is made of."""
    named = [
        *(("tax", f"{rate.tax_class} from {rate.valid_from}") for rate in manifest.tax_rates),
        *(("price_lists", f"{draft.code} from {draft.valid_from.isoformat()}") for draft in manifest.price_lists),
        *(("price_lists", f"holiday {holiday.day}") for holiday in manifest.holidays),
        *(("offerings", draft.code) for draft in manifest.offerings),
        *(("price_list_choice", f"customer group {group.code}") for group in manifest.customer_groups),
        *(("price_list_choice", f"host contract {draft.code}") for draft in manifest.host_contracts),
        *(("letters", f"{draft.code}.{draft.language}.{draft.channel}") for draft in manifest.letters),
        *(("loyalty", item) for item in _loyalty_items(manifest)),
        *(("inventory", f"{kind} SIMs of batch '{batch}'") for kind, batch in _batches(manifest)),
        *(("inventory", f"{group} numbers") for group in sorted({row.group for row in manifest.numbers})),
        *(("number_data", _NUMBER_DATA[file.kind]) for file in manifest.number_data),
        *(("clients", client.name) for client in manifest.api_clients),
    ]
    return [ItemChange(section, item, ChangeKind.CREATED) for section, item in named]


_NUMBER_DATA = {
    mediation.numbers.NumberDataKind.SHORT_CODES: "short codes",
    mediation.numbers.NumberDataKind.PORTABILITY: "ported numbers",
}


def _loyalty_items(manifest: Manifest) -> list[str]:
    programme = manifest.programme
    if programme is None:
        return []
    rules = [f"rule {rule.code}" for rule in programme.rules]
    return [f"programme {programme.code}", *rules, *(f"reward {reward.code}" for reward in programme.rewards)]


def _batches(manifest: Manifest) -> list[tuple[str, str]]:
    return sorted({(row.kind, row.batch) for row in manifest.sims})
