"""Turning the parts of a price list version, drafted or stored, into the tables rating looks things up in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from uuid import NAMESPACE_URL, UUID, uuid5

from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.parts import VersionParts, inherit, parts_of
from mvne_platform.catalogue.tariff import Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.catalogue.versions import EffectiveVersion, ListHead, OwnVersion, effective_versions


def compile_version(head: EffectiveVersion, parts: VersionParts) -> TariffVersion:
    """Make the look-up tables of one version."""
    zones = {part.zone.code: part.zone for part in parts.zones}
    rates: dict[tuple[str, UUID], dict[str, TariffRate]] = {}
    for rate in parts.rates:
        rates.setdefault((rate.service, zones[rate.zone].id), {})[rate.band] = rate.rate
    prefixes = {part.prefix: zones[part.zone] for part in parts.prefixes if not part.short_code}
    networks: dict[str, dict[str, TariffZone]] = {}
    for network in parts.networks:
        networks.setdefault(network.network, {})[network.called] = zones[network.zone]
    return TariffVersion(
        id=head.id,
        price_list=head.price_list,
        number=head.number,
        valid_from=head.valid_from,
        zones=tuple(zones.values()),
        prefixes=prefixes,
        prefix_lengths=tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True)),
        short_codes={part.prefix: zones[part.zone] for part in parts.prefixes if part.short_code},
        networks=networks,
        operators={part.operator: zones[part.zone] for part in parts.operators},
        bands=tuple(sorted(parts.bands, key=lambda span: span.start_minute)),
        rates=rates,
        over=head.over.title if head.over else None,
    )


def merged(head: EffectiveVersion, load: Callable[[UUID], VersionParts]) -> VersionParts:
    """The parts of a version with all that it inherits; `load` answers those of an imported version."""
    return reduce(inherit, map(load, head.lineage))


def compile_drafts(
    drafts: Sequence[PriceListDraft], time_zone: str, holidays: Mapping[date, int], code: str | None = None
) -> Tariff:
    """Compile a price list straight from drafts, without a database: for files, tests and benchmarks.

    The drafts must be checked; they may be of several lists when `code` names the one to compile (the first draft's,
    otherwise) and the others are its parents. Ids follow from the content, so the same drafts have the same ids.
    """
    stored, heads = drafted_heads(drafts)
    wanted = code or drafts[0].code

    def load(version_id: UUID) -> VersionParts:
        return parts_of(stored[version_id], version_id)

    effective = effective_versions(wanted, heads)
    return Tariff(
        code=wanted,
        currency=heads[wanted].currency,
        time_zone=time_zone,
        holidays=dict(holidays),
        versions=tuple(compile_version(head, merged(head, load)) for head in effective),
    )


def drafted_heads(drafts: Sequence[PriceListDraft]) -> tuple[dict[UUID, PriceListDraft], dict[str, ListHead]]:
    """Drafts by an id that follows from their content, and the lists they make, by code."""
    stored = {uuid5(NAMESPACE_URL, repr(draft)): draft for draft in sorted(drafts, key=lambda one: one.valid_from)}
    heads: dict[str, ListHead] = {}
    for version_id, draft in stored.items():
        earlier = heads[draft.code].versions if draft.code in heads else ()
        own = OwnVersion(version_id, len(earlier) + 1, draft.valid_from)
        heads[draft.code] = ListHead(draft.code, draft.currency, draft.parent, (*earlier, own), draft.purpose)
    return stored, heads
