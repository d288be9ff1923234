"""A brand's data as items of JSON values, to be compared before and after."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from mvne_platform import catalogue, mediation, party, tax
from mvne_platform.access import ApiClient
from mvne_platform.catalogue import Holiday, Offering, OfferingAllowance, OfferingDiscount, OfferingView, editing
from mvne_platform.inventory import Number, Sim
from mvne_platform.kernel import Money
from mvne_platform.letters import LetterTemplate
from mvne_platform.loyalty import AccrualRule, Programme, Reward
from mvne_platform.mediation import sources
from mvne_platform.runtime import Context
from mvne_tenants.changes import State

States = dict[str, State]


def tax_rates(ctx: Context) -> States:
    """Each dated rate, by class and day; the rate in percent."""
    rows = ctx.db.scalars(select(tax.TaxRate).where(tax.TaxRate.country == ctx.brand.country))
    return {
        f"{row.tax_class} from {row.valid_from}": {"percent": f"{row.rate_millionths / 10_000:g}", "label": row.label}
        for row in rows
    }


def price_lists(ctx: Context) -> States:
    """Each version of each price list, and each holiday, whose hours they depend on."""
    lists: States = {
        f"{view.code} from {version.valid_from.isoformat()}": {
            "version": version.number,
            "currency": view.currency,
            "parent": view.parent,
            "purpose": view.purpose.value,
            "zones": version.zones,
            "rates": version.rates,
            "exchange": version.exchange,
        }
        for view in catalogue.price_lists(ctx)
        for version in view.versions
    }
    holidays = ctx.db.scalars(select(Holiday))
    return lists | {f"holiday {row.day}": {"name": row.name, "as_weekday": row.as_weekday} for row in holidays}


def price_list_choice(ctx: Context) -> States:
    """Customer groups, the lists assigned to plans and groups, and host contracts."""
    groups = {
        f"customer group {group.code}": {"name": group.name, "rank": group.rank} for group in party.customer_groups(ctx)
    }
    lists = {
        f"{view.to} from {view.valid_from.isoformat()}": {
            "price_list": view.price_list,
            "to": view.valid_to and view.valid_to.isoformat(),
        }
        for view in editing.price_list_assignments(ctx)
        if view.to.customer_id is None
    }
    contracts = {
        f"host contract {view.code}": {
            "operator": view.operator,
            "price_list": view.price_list,
            "from": view.valid_from.isoformat(),
            "to": view.valid_to and view.valid_to.isoformat(),
        }
        for view in editing.host_contracts(ctx)
    }
    return {**groups, **lists, **contracts}


def offerings(ctx: Context) -> States:
    """Each offering on sale, hidden ones included, by code."""
    ids = ctx.db.scalars(select(Offering.id).where(Offering.valid_to.is_(None))).all()
    return {view.offering.code: _offering(view) for view in catalogue.offering_views(ctx, ids).values()}


def _offering(view: OfferingView) -> Mapping[str, Any]:
    row = view.offering
    return {
        "version": row.version,
        "kind": row.kind.value,
        "payment_mode": row.payment_mode.value,
        "name": row.name,
        "description": row.description,
        "characteristics": row.characteristics,
        "price_list": row.price_list,
        "spend_limit_micros": row.spend_limit_micros,
        "offline_debit": row.offline_debit,
        "position": row.position,
        "hidden": row.hidden,
        "shared_version": row.shared_version,
        "prices": [
            {
                "kind": price.kind.value,
                "amount": str(Money(price.amount_micros, price.currency)),
                "tax_class": price.tax_class,
                "period_days": price.period_days,
            }
            for price in view.prices
        ],
        "allowances": [_allowance(item) for item in view.allowances],
        "discounts": [_discount(item) for item in view.discounts],
        "online": row.online,
    }


def _allowance(item: OfferingAllowance) -> Mapping[str, Any]:
    return {
        "code": item.code,
        "quantity": f"{item.quantity} {item.unit.value}",
        "services": item.services,
        "zones": item.zones,
        "priority": item.priority,
        "rollover_periods": item.rollover_periods,
        "rollover_limit": item.rollover_limit,
        "shared": item.shared,
    }


def _discount(item: OfferingDiscount) -> Mapping[str, Any]:
    return {
        "code": item.code,
        "percent": f"{item.basis_points / 100:g}",
        "services": item.services,
        "zones": item.zones,
    }


def letters(ctx: Context) -> States:
    """Each template by letter, language and channel."""
    rows = ctx.db.scalars(select(LetterTemplate))
    return {f"{row.code}.{row.language}.{row.channel}": {"subject": row.subject, "body": row.body} for row in rows}


def loyalty(ctx: Context) -> States:
    """The programme, its rules and its rewards."""
    programmes = {f"programme {row.code}": {"name": row.name} for row in ctx.db.scalars(select(Programme))}
    rules = {
        f"rule {row.code}": {
            "trigger": row.trigger.value,
            "points": row.points,
            "per_micros": row.per_micros,
            "months": [entry["month"] for entry in row.months or []],
        }
        for row in ctx.db.scalars(select(AccrualRule))
    }
    rewards = {
        f"reward {row.code}": {
            "name": row.name,
            "points": row.points,
            "quantity": f"{row.quantity} {row.unit.value}",
            "services": row.services,
            "zones": row.zones,
            "valid_days": row.valid_days,
            "hidden": row.hidden,
        }
        for row in ctx.db.scalars(select(Reward))
    }
    return {**programmes, **rules, **rewards}


def inventory(ctx: Context) -> States:
    """How many SIMs of each batch and numbers of each group there are, whoever holds them."""
    sims = ctx.db.execute(select(Sim.kind, Sim.batch, func.count()).group_by(Sim.kind, Sim.batch))
    numbers = ctx.db.execute(select(Number.group, func.count()).group_by(Number.group))
    states: States = {f"{kind} SIMs of batch '{batch}'": {"count": count} for kind, batch, count in sims}
    return states | {f"{group} numbers": {"count": count} for group, count in numbers}


def number_data(ctx: Context) -> States:
    """How many entries of number data hold now, by kind."""
    held = mediation.numbers.number_data_state(ctx)
    counts = {"short codes": held.short_codes, "ported numbers": held.ported_numbers + held.ported_ranges}
    return {kind: {"count": count} for kind, count in counts.items() if count}


def clients(ctx: Context) -> States:
    """The brand's API clients by name."""
    rows = ctx.db.scalars(select(ApiClient).order_by(ApiClient.created_at))
    return {row.name: {"client_id": row.client_id, "scopes": row.scopes, "active": row.active} for row in rows}


def usage_sources(ctx: Context) -> States:
    """Where usage files come from, by code; whether one is paused, and its secret, are not the manifest's."""
    return {
        row.code: {
            "name": row.name,
            "operator": row.operator,
            "kind": row.kind.value,
            "format": row.format,
            "settings": row.settings,
            "schedule": row.schedule,
            "expected_minutes": row.expected_minutes,
            "sequence_pattern": row.sequence_pattern,
        }
        for row in sources.usage_sources(ctx)
    }
