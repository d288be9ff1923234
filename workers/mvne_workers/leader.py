"""One scheduler leads; the others stand by and take over when the leader's connection is gone."""

from types import TracebackType
from typing import Self

import psycopg

from mvne_platform.runtime import settings

LOCK = "SELECT pg_try_advisory_lock(hashtextextended('mvne/scheduler', 0))"
HELD = """
SELECT EXISTS (
  SELECT FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = hashtextextended('mvne/scheduler', 0)
)"""


def somebody_leads() -> bool:
    """Whether a scheduler leads now; raises psycopg.OperationalError when the database is away."""
    with psycopg.connect(settings().database_url) as connection:
        return connection.execute(HELD).fetchone() == (True,)


class Leadership:
    """A session lock in the database: lost with the connection, never held by two."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self.held = False

    def claim(self) -> bool:
        """Take or keep the lead; raises psycopg.OperationalError when the database is away."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(settings().database_url, autocommit=True)
                self.held = False
            if self.held:
                self._connection.execute("SELECT 1")
            else:
                self.held = bool(self._connection.execute(LOCK).fetchone() == (True,))
        except psycopg.OperationalError:
            self.release()
            raise
        return self.held

    def release(self) -> None:
        """Give the lead away."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self.held = None, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
