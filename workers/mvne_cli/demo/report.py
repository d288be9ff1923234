"""What the demo's month came to: what happened per brand, and whether it reconciles."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

from mvne_cli.demo import traffic
from mvne_cli.demo.reconciliation import Line, reconcile
from mvne_cli.demo.reconciliation.outside import Simulators
from mvne_cli.output import console
from mvne_platform.kernel import Money
from mvne_platform.runtime import Brand, brand_work, settings
from mvne_platform.runtime.work import find_brand

_HAPPENED = text((Path(__file__).parent / "happened.sql").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of what happened: a number, and where there is one its amount."""

    what: str
    number: int
    amount: Money | None

    def __str__(self) -> str:
        return f"{self.number:,}" if self.amount is None else f"{self.number:,} · {round(self.amount.amount, 2):,}"


def happened(brand: str) -> list[Happened]:
    """What happened in a brand so far."""
    with brand_work(brand) as ctx:
        rows = ctx.db.execute(_HAPPENED).all()
        currency = ctx.brand.currency
    return [
        Happened(row.what, int(row.number), None if row.micros is None else Money(int(row.micros), currency))
        for row in rows
    ]


def compare(brand: str) -> list[Line]:
    """A brand's reconciliation against the kept copies of its files and against the simulators."""
    found = find_brand(brand)
    admin = settings().admin_url
    if admin is None:
        raise LookupError("MVNE_ADMIN_DATABASE_URL is not set: reconciling needs the DDL login.")
    files = traffic.delivered(settings().data, brand)
    return reconcile(
        admin,
        brand,
        files,
        zone=_asterisk_zone(found),
        outside=_simulators().seen_by(
            currency=found.currency,
            mail_sender=found.profile["senders"]["email"],
            text_sender=found.profile["senders"]["sms"],
        ),
    )


def show_happened(found: dict[str, list[Happened]]) -> None:
    """One table for all brands."""
    table = Table(title="what happened", title_justify="left", header_style="bold")
    table.add_column("")
    for brand in found:
        table.add_column(f"{brand} ({find_brand(brand).currency})", justify="right")
    for lines in zip(*found.values(), strict=True):
        table.add_row(escape(lines[0].what), *map(str, lines))
    console.print(table)


def show_reconciliation(found: dict[str, list[Line]]) -> None:
    """One table for all brands: a number where files and platform agree, both where they do not."""
    table = Table(title="reconciliation", title_justify="left", header_style="bold")
    table.add_column("")
    for brand in found:
        table.add_column(brand, justify="right")
    for lines in zip(*found.values(), strict=True):
        table.add_row(escape(lines[0].what), *map(_shown, lines))
    console.print(table)
    differences = [line for lines in found.values() for line in lines if not line.holds]
    if differences:
        console.print(f"[red]{len(differences)} differences[/red] between files and platform.", highlight=False)
    else:
        console.print("[green]OK[/green] Files, platform and the world outside agree.", highlight=False)


def holds(found: dict[str, list[Line]]) -> bool:
    """Whether nothing differs."""
    return all(line.holds for lines in found.values() for line in lines)


def as_json(happenings: dict[str, list[Happened]], lines: dict[str, list[Line]]) -> dict[str, Any]:
    """Both for scripts; amounts as decimal text."""
    return {
        brand: {
            "happened": [
                {"what": one.what.strip(), "number": one.number, "amount": str(one.amount) if one.amount else None}
                for one in happenings[brand]
            ],
            "reconciliation": [
                {"what": one.what, "outside": str(one.outside), "platform": str(one.platform), "holds": one.holds}
                for one in lines[brand]
            ],
        }
        for brand in happenings
    }


def brands_of_demo() -> Sequence[str]:
    """The demo's brands that exist."""
    folder = settings().data / "demo" / "delivered"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _shown(line: Line) -> str:
    if line.holds:
        return f"{_number(line.outside)}"
    return f"[red]{_number(line.outside)} ≠ {_number(line.platform)}[/red]"


def _number(value: Decimal | int) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def _asterisk_zone(brand: Brand) -> str:
    zone = brand.profile.get("usage", {}).get(traffic.ASTERISK, {}).get("time_zone", brand.time_zone)
    return str(zone)


def _simulators() -> Simulators:
    outside = settings().outside
    return Simulators(outside["network"].url, outside["partners"].url, outside["sms"].url, outside["network"].token)
