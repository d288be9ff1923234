"""What a brand's story is played on: its doors, its journal, its calendar."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mvne_cli.demo.cast import Cast
from mvne_cli.demo.doors import Door
from mvne_cli.demo.journal import Journal

YEAR, MONTH = 2026, 10


@dataclass(frozen=True)
class Stage:
    """One brand's doors and surroundings. `say` tells people how far the story is."""

    cast: Cast
    storefront: Door
    console: Door
    journal: Journal
    data: Path
    zone: str
    currency: str
    stop: threading.Event
    say: Callable[[str], None]

    @property
    def brand(self) -> str:
        """The brand's slug."""
        return self.cast.brand

    def once(self, step: str, work: Callable[[str], Any]) -> Any:
        """Do a step unless it was done before; answers what it answered. `work` is given its idempotency key."""
        if step in self.journal:
            return self.journal[step]
        return self.journal.note(step, work(f"demo-{self.brand}-{step}".replace(" ", "-")))

    def at(self, day: int, hour: int = 0) -> datetime:
        """An hour of a day of the demo's month on the brand's wall, in UTC; day 32 is the first of November."""
        wall = date.fromordinal(date(YEAR, MONTH, 1).toordinal() + day - 1)
        return datetime.combine(wall, time(hour), ZoneInfo(self.zone)).astimezone(UTC)
