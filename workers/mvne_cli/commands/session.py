"""What commands share: the installation they work on, and refusals as words and exit code 2."""

import functools
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from mvne_cli.embedded import EmbeddedPostgresError
from mvne_cli.installation import Damaged, Installation
from mvne_cli.output import WRONG, refuse
from mvne_cli.patience import is_database_away
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.work import find_brand

_AWAY = "The database does not answer, or went away. Is `mvne up` running? The database said:"


def on_installation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the process the installation's settings first; turn refusals into words and exit codes."""

    @functools.wraps(function)
    @click.pass_obj
    def wrapped(data: Path, *arguments: Any, **options: Any) -> Any:
        as_json = options.get("as_json", False)
        installation = Installation(data)
        if "MVNE_DATABASE_URL" not in os.environ and not installation.exists:
            refuse("NO_INSTALLATION", f"There is no installation in {data}. `mvne up` makes one.", as_json=as_json)
        try:
            with installation.entered():
                return function(*arguments, **options)
        except DomainError as error:
            refuse(error.code, error.message, as_json=as_json, faults=_parts(error) if as_json else ())
        except EmbeddedPostgresError as error:
            refuse(error.code, str(error), as_json=as_json)
        except Damaged as error:
            refuse("INSTALLATION_DAMAGED", str(error), as_json=as_json)
        except Exception as error:
            if not is_database_away(error):
                raise
            message = (
                "The database does not answer. Is `mvne up` running? Its log: postgres/server.log in the data folder."
            )
            refuse("DATABASE_AWAY", message, as_json=as_json, status=WRONG)

    return wrapped


def brand_work_of(slug: str) -> AbstractContextManager[Context]:
    """A transaction of a brand that exists; raises UnknownBrand for any other name."""
    find_brand(slug)
    return brand_work(slug)


def _parts(error: DomainError) -> tuple[Any, ...]:
    """The single points of a refusal that has several; its message lists them too."""
    return tuple(getattr(error, "faults", None) or getattr(error, "missing", None) or ())
