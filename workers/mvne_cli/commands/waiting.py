"""Waiting until a background process has done what was asked of it."""

import time
from collections.abc import Callable

import click

from mvne_cli.output import WRONG, refuse

PAUSE_SECONDS = 0.2
# Long enough for a scheduler that takes over the lead from a killed one.
NOBODY_WORKS_SECONDS = 15.0

wait_option = click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait until the background processes have done it."
)


def until(done: Callable[[], object], somebody_works: Callable[[], bool], *, what: str, as_json: bool) -> None:
    """Ask `done` again and again; give up, with exit code 1, when no scheduler leads for some seconds."""
    seen = time.monotonic()
    while not done():
        if somebody_works():
            seen = time.monotonic()
        elif time.monotonic() - seen > NOBODY_WORKS_SECONDS:
            refuse(
                "NOBODY_WORKS",
                f"{what} was asked for and is kept, but no scheduler runs that would do it. "
                "Start `mvne up`, or `mvne scheduler` and `mvne worker`.",
                as_json=as_json,
                status=WRONG,
            )
        time.sleep(PAUSE_SECONDS)
