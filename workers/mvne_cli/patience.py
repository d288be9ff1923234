"""Outliving a database or a simulator that goes away for a moment, in a process that works on it directly."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import httpx2
import psycopg

from mvne_cli.stopping import check
from mvne_platform.runtime.db import admin_engine, app_engine

Result = TypeVar("Result")
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.5


def is_database_away(error: BaseException) -> bool:
    """Whether no connection could be made, or it was lost (SQLAlchemy wraps psycopg's error)."""
    return isinstance(getattr(error, "orig", error), psycopg.OperationalError)


def patiently(stop: threading.Event, work: Callable[[], Result]) -> Result:
    """Do what may be repeated from its start, again while database or simulators are away.

    Raises Stopped, or the last error when patience ends.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return work()
        except Exception as error:
            is_passing = is_database_away(error) or isinstance(error, httpx2.TransportError)
            if not is_passing or time.monotonic() > deadline:
                raise
        forget_connections()
        stop.wait(PAUSE_SECONDS)
        check(stop)


def forget_connections() -> None:
    """Close pooled connections: they may be dead, and the next use makes new ones."""
    for engine in (app_engine, admin_engine):
        if engine.cache_info().currsize:
            engine().dispose()
