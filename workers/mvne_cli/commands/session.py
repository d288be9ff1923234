"""What commands share: the installation they work on, and domain refusals as exit code 2."""

import functools
from collections.abc import Callable
from typing import Any

import click

from mvne_cli.embedded import EmbeddedPostgresError
from mvne_cli.installation import Installation
from mvne_cli.output import refuse
from mvne_platform.kernel import DomainError


def on_installation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the process the installation's settings first; turn refusals into words and exit code 2."""

    @functools.wraps(function)
    @click.pass_obj
    def wrapped(data: Any, *arguments: Any, **options: Any) -> Any:
        as_json = options.get("as_json", False)
        installation = Installation(data)
        if not installation.exists:
            refuse("NO_INSTALLATION", f"There is no installation in {data}. `mvne up` makes one.", as_json=as_json)
        try:
            installation.enter()
            return function(*arguments, **options)
        except DomainError as error:
            refuse(error.code, error.message, as_json=as_json, faults=getattr(error, "faults", ()))
        except EmbeddedPostgresError as error:
            refuse(error.code, str(error), as_json=as_json)

    return wrapped
