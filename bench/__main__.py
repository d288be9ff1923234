"""Run the benchmarks whose names begin with the given prefix; print a table and write `var/bench.json`."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import api, facts, orders, rating, tenants
from bench.measure import Result
from bench.place import Place

BENCHMARKS = {
    "api.offerings": api.offerings,
    "orders.place": orders.place,
    "rating.scalar": rating.scalar,
    "tenant.create": tenants.create,
    "facts.relay": facts.relay,
}
REPORT = Path("var/bench.json")


def main(prefix: str = "") -> int:
    """Run, print, write; 2 when no benchmark has the prefix."""
    chosen = {name: run for name, run in BENCHMARKS.items() if name.startswith(prefix)}
    console = Console()
    if not chosen:
        console.print(f"No benchmark begins with '{prefix}'. There are: {', '.join(BENCHMARKS)}.")
        return 2
    with Place() as place:
        results = list(_run(chosen, place, console))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    console.print(_table(results))
    return 0


def _run(chosen: dict, place: Place, console: Console) -> Iterator[Result]:
    for name, run in chosen.items():
        console.print(f"[dim]{name} …[/dim]")
        yield run(place)


def _table(results: list[Result]) -> Table:
    table = Table("name", title="ours beside the ceiling; a ratio of 1 is the ceiling", title_justify="left")
    for heading in ("value", "ceiling", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    for result in results:
        figures = (f"{result.value:,.3g}", f"{result.ceiling:,.3g}", f"{result.ratio:.2f}")
        table.add_row(result.name, *figures, result.unit)
    return table


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
