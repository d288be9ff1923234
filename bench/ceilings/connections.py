"""Raw connections, one for each thread, closed together."""

import threading
from types import TracebackType
from typing import Any, Self

import psycopg


class Connections:
    """Opens a connection when a thread first asks, and keeps it; `with` closes all of them."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._own = threading.local()
        self._all: list[psycopg.Connection[Any]] = []

    def own(self) -> psycopg.Connection[Any]:
        """The calling thread's."""
        connection: psycopg.Connection[Any] | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = psycopg.connect(self._dsn)
            self._all.append(connection)
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._all:
            connection.close()
