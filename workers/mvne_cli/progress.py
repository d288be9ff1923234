"""What `mvne up` shows while it works: a spinner in a terminal, plain lines in a pipe or a log."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.markup import escape

from mvne_cli.output import console

_NAME_WIDTH = 12


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show what is being done; at the end, how long it took."""
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{name} …"):
            yield
    else:
        yield
    console.print(f"{name:<{_NAME_WIDTH}}{time.monotonic() - started:6.1f} s", style="dim", highlight=False)


def tell(message: str) -> None:
    """A line beside whatever is shown; may come from any thread."""
    console.print(f"[yellow]•[/yellow] {escape(message)}", highlight=False, soft_wrap=True)


class Milestones:
    """How far each of several stories is, told by threads of their own: one line that changes, or a line each time."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._status = console.status("") if console.is_terminal else None

    def say(self, story: str, what: str) -> None:
        """A story has come to a point."""
        with self._lock:
            self._said[story] = what
            if self._status is None:
                seconds = f"{time.monotonic() - self._began:6.1f} s"
                console.print(f"{story:<{_NAME_WIDTH}}{seconds}  {escape(what)}", style="dim", highlight=False)
            else:
                self._status.update("   ".join(f"[bold]{name}[/bold] {escape(at)}" for name, at in self._said.items()))

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
