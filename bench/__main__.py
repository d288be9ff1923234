"""Run the benchmarks whose names begin with the given prefix; print a table and write `var/bench.json`."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import api, charging, durable, during, facts, orders, rating, rating_core, rating_growth, tenants
from bench.charging import NotGranted
from bench.footprint import Unequal
from bench.load import WrongAnswer
from bench.measure import Result
from bench.place import Place
from bench.processes import DidNotStart

Benchmark = Callable[[Place], Result]
BENCHMARKS: dict[str, Benchmark] = {
    "api.offerings": api.offerings,
    "rating.scalar": rating.scalar,
    "rating.core": rating_core.core,
    "rating.durable": durable.durable,
    "rating.growth.subscribers": rating_growth.subscribers,
    "rating.growth.prefixes": rating_growth.prefixes,
    "rating.growth.pricelists": rating_growth.price_lists,
    # Before any order: a brand's manifest is refused when another brand holds the numbers it lists.
    "tenant.create": tenants.create,
    "tenant.create.schema": tenants.schema,
    "orders.place": orders.place,
    "facts.relay": facts.relay,
    "charging.c32": charging.c32,
    "charging.c1": charging.c1,
    "charging.c32.same": charging.same,
    "charging.booked.c32": charging.booked,
    "charging.http.c32": charging.http,
    "charging.during_batch": charging.during_batch,
    "orders.during_batch": during.orders_during_batch,
}
REPORT = Path("var/bench.json")


def main(prefix: str = "") -> int:
    """Run, print, write; 2 when no benchmark has the prefix, 1 when ours and the ceiling do not do the same."""
    chosen = {name: run for name, run in BENCHMARKS.items() if name.startswith(prefix)}
    console = Console()
    if not chosen:
        console.print(f"No benchmark begins with '{prefix}'. There are: {', '.join(BENCHMARKS)}.")
        return 2
    try:
        with Place() as place:
            results = list(_run(chosen, place, console))
    except (Unequal, WrongAnswer, NotGranted, DidNotStart, TimeoutError) as error:
        console.print(f"Nothing was written: {error}", markup=False)
        return 1
    write(results, REPORT)
    console.print(_table(results))
    return 0


def write(results: Sequence[Result], report: Path) -> None:
    """Write the figures as JSON."""
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8")


def _run(chosen: dict[str, Benchmark], place: Place, console: Console) -> Iterator[Result]:
    for name, run in chosen.items():
        console.print(f"[dim]{name} …[/dim]")
        result = run(place)
        console.print(f"[dim]  {_shown(result.value)} beside {_shown(result.ceiling)}: {result.ratio:.3f}[/dim]")
        yield result


def _table(results: Sequence[Result]) -> Table:
    table = Table("name", title="ours beside the ceiling; a ratio of 1 is the ceiling", title_justify="left")
    for heading in ("value", "ceiling", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    for result in results:
        figures = (f"{_shown(result.value)}", f"{_shown(result.ceiling)}", f"{result.ratio:.3f}")
        table.add_row(result.name, *figures, result.unit)
    return table


def _shown(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
