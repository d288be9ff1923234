"""The two histories and the SQL between their revisions."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class History:
    """One line of revisions; `schema` is fixed for the platform and the search path's first for brands."""

    name: str
    schema: str | None

    @property
    def folder(self) -> Path:
        """Where the history's revisions are."""
        return HERE / self.name / "versions"


HISTORIES = {"platform": History("platform", "platform"), "brand": History("brand", None)}


def config(name: str, output: io.StringIO | None = None) -> Config:
    """Alembic's configuration of a history."""
    made = Config(output_buffer=output or io.StringIO())
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("version_locations", str(HISTORIES[name].folder))
    made.set_main_option("path_separator", "os")
    made.attributes["history"] = name
    return made


@cache
def head(name: str) -> str | None:
    """The newest revision of a history; None while it has none."""
    return ScriptDirectory.from_config(config(name)).get_current_head()


@cache
def upgrade_sql(name: str, start: str | None) -> str:
    """The SQL from revision `start` (None: nothing yet) to the newest; rendered once, run in many schemas."""
    output = io.StringIO()
    command.upgrade(config(name, output), f"{start or 'base'}:head", sql=True)
    return output.getvalue()
