"""The sections of a brand's schema that a manifest fills: how each is read, and how it is written.

Each is written in a transaction of its own, through the domains' commands, and writing again changes nothing.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mvne_platform import access, billing, catalogue, inventory, letters, loyalty, mediation, party, tax
from mvne_platform.catalogue import editing
from mvne_platform.catalogue.editing import PricedBy
from mvne_platform.inventory import RowOutcome, RowReport
from mvne_platform.kernel import start_of_day
from mvne_platform.mediation import sources
from mvne_platform.runtime import Context
from mvne_tenants.changes import State
from mvne_tenants.errors import InventoryRefused
from mvne_tenants.manifest import Manifest
from mvne_tenants.onboarding import states

# Keeps the secret of a new API client: name, client id, secret.
KeepSecret = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Seed:
    """What a section is written from; `keep_secret` is called before a new client's row is committed."""

    manifest: Manifest
    keep_secret: KeepSecret


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the brand's data: `state` answers its items, `write` makes them what the manifest says."""

    name: str
    state: Callable[[Context], dict[str, State]]
    write: Callable[[Context, Seed], None]


def _write_tax(ctx: Context, seed: Seed) -> None:
    tax.set_rates(ctx, seed.manifest.tax_rates)


def _write_price_lists(ctx: Context, seed: Seed) -> None:
    catalogue.set_holidays(ctx, seed.manifest.holidays)
    for draft in sorted(seed.manifest.price_lists, key=lambda draft: draft.valid_from):
        catalogue.import_price_list(ctx, draft)


def _write_offerings(ctx: Context, seed: Seed) -> None:
    for draft in seed.manifest.offerings:
        catalogue.define_offering(ctx, draft)
    for code in sorted(states.offerings(ctx).keys() - {draft.code for draft in seed.manifest.offerings}):
        catalogue.retire_offering(ctx, code)


def _write_choice(ctx: Context, seed: Seed) -> None:
    for group in seed.manifest.customer_groups:
        party.define_customer_group(ctx, group.code, group.name, group.rank)
        if group.price_list is not None and group.valid_from is not None:
            begins = start_of_day(group.valid_from, ctx.brand.time_zone)
            _assign(ctx, group.price_list, PricedBy(customer_group=group.code), begins)
    for contract in seed.manifest.host_contracts:
        editing.agree_contract(ctx, contract)


def _assign(ctx: Context, price_list: str, to: PricedBy, begins: datetime) -> None:
    held = {(view.price_list, view.to, view.valid_from) for view in editing.price_list_assignments(ctx)}
    if (price_list, to, begins) not in held:
        editing.assign_price_list(ctx, price_list, to, begins)


def _write_letters(ctx: Context, seed: Seed) -> None:
    letters.set_templates(ctx, seed.manifest.letters)


def _write_loyalty(ctx: Context, seed: Seed) -> None:
    if seed.manifest.programme is not None:
        loyalty.set_programme(ctx, seed.manifest.programme)


def _write_inventory(ctx: Context, seed: Seed) -> None:
    reports: list[RowReport] = []
    if seed.manifest.sims:
        reports += inventory.add_sims(ctx, seed.manifest.sims)
    if seed.manifest.numbers:
        reports += inventory.add_numbers(ctx, seed.manifest.numbers)
    refused = [report for report in reports if report.outcome is RowOutcome.REJECTED]
    if refused:
        raise InventoryRefused(refused)


def _write_number_data(ctx: Context, seed: Seed) -> None:
    for file in seed.manifest.number_data:
        content = io.BytesIO(file.text.encode())
        answer = mediation.numbers.load_number_data(ctx, file.kind, name=file.path, content=content)
        if answer.faults:
            line, fault = answer.faults[0]
            raise mediation.numbers.BadNumberData(f"{file.path}, line {line}: {fault.detail}")


def _write_clients(ctx: Context, seed: Seed) -> None:
    ctx.lock("api_client")
    known = states.clients(ctx)
    for client in seed.manifest.api_clients:
        if client.name not in known:
            client_id, secret = access.create_client(ctx, client.name, client.scopes)
            seed.keep_secret(client.name, client_id, secret)


def _write_usage_sources(ctx: Context, seed: Seed) -> None:
    for draft in seed.manifest.usage_sources:
        sources.define_source(ctx, draft)


SECTIONS = (
    Section("tax", states.tax_rates, _write_tax),
    Section("price_lists", states.price_lists, _write_price_lists),
    Section("offerings", states.offerings, _write_offerings),
    Section("price_list_choice", states.price_list_choice, _write_choice),
    Section("letters", states.letters, _write_letters),
    Section("loyalty", states.loyalty, _write_loyalty),
    Section("inventory", states.inventory, _write_inventory),
    Section("number_data", states.number_data, _write_number_data),
    Section("clients", states.clients, _write_clients),
    Section("usage_sources", states.usage_sources, _write_usage_sources),
    Section("timers", lambda ctx: {}, lambda ctx, seed: billing.schedule(ctx)),
)
