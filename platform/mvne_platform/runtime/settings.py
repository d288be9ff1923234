"""Settings of one process, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

OUTSIDE_SYSTEMS = ("network", "partners", "sms", "smtp")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an outside system is, and the bearer token it wants."""

    url: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses and secrets; `admin_url` is present in worker and command line only."""

    database_url: str = field(repr=False)
    admin_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    data: Path
    # Below it, a folder of each brand's own holds the directories that its usage sources may read.
    usage_folders: Path
    port: int
    development: bool
    outside: dict[str, Address]

    @property
    def console_host(self) -> str:
        """The host name of the staff console."""
        return "console.localhost"


def from_environment(env: Mapping[str, str]) -> Settings:
    """Read MVNE_* and PORT; KeyError names the variable that is missing."""
    data = Path(env.get("MVNE_DATA", "var"))
    return Settings(
        database_url=env["MVNE_DATABASE_URL"],
        admin_url=env.get("MVNE_ADMIN_DATABASE_URL"),
        secret_key=env["MVNE_SECRET_KEY"],
        data=data,
        usage_folders=Path(env.get("MVNE_USAGE_FOLDERS", data / "sources")),
        port=int(env.get("PORT", "8000")),
        development=env.get("MVNE_ENVIRONMENT", "production") == "development",
        outside={
            name: Address(env[f"MVNE_{name.upper()}_URL"], env.get(f"MVNE_{name.upper()}_TOKEN", ""))
            for name in OUTSIDE_SYSTEMS
            if f"MVNE_{name.upper()}_URL" in env
        },
    )


@cache
def settings() -> Settings:
    """The process's settings; KeyError names the variable that is missing."""
    return from_environment(os.environ)
