"""Being told to stop: Ctrl-C, SIGTERM, a closed terminal."""

import signal
import threading


class Stopped(Exception):
    """Somebody asked to stop in the middle; what was begun is taken up at the next start."""


def stop_on_signals() -> threading.Event:
    """An event that SIGINT, SIGTERM and SIGHUP set; call it from the main thread."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def check(stop: threading.Event) -> None:
    """Raise Stopped if it was asked for."""
    if stop.is_set():
        raise Stopped
