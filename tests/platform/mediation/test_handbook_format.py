"""The handbook's described format gives what the handbook says."""

import json
import re
from pathlib import Path

from mvne_platform.catalogue import UNITS
from mvne_platform.kernel import Unit
from mvne_platform.mediation import FormatSettings, Position, UsageEvent
from mvne_platform.mediation.formats import Marks, examine, marks_of, read_description, reader_of

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "add-a-cdr-format.md").read_text("utf-8")
QUANTITY = {Unit.SECOND: ("duration_s", "s"), Unit.BYTE: ("bytes", "B"), Unit.MESSAGE: ("count", "")}


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def table() -> list[list[str]]:
    """The rows of the table of events, without its head."""
    lines = GUIDE.split("It gives three events:")[1].strip().splitlines()[2:5]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def shown(event: UsageEvent) -> list[str]:
    name, unit = QUANTITY[UNITS[event.service]]
    return [
        event.natural_key[-1],
        event.service.value,
        f"{event.start:%Y-%m-%d %H:%M:%S}",
        f"{getattr(event, name)} {unit}",
        event.other_party or "",
        event.visited_network or "",
    ]


def test_the_described_example_is_read_as_the_handbook_says(tmp_path: Path) -> None:
    settings = FormatSettings("BA", "UTC", read_description(json.loads(block("json"))), frozenset(), "nordnet")
    path = tmp_path / "nordnet.txt"
    path.write_text(block("text"), "iso-8859-1")
    examine("nordnet", path, settings)
    assert marks_of(path, settings) == Marks(42, 3)
    rows = list(reader_of("nordnet", settings)(path, settings, Position()))
    assert [shown(row.outcome) for row in rows if isinstance(row.outcome, UsageEvent)] == table()
