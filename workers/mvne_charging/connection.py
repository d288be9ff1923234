"""One database connection that asyncio waits for, as thin as libpq allows: a statement in its transaction, one way."""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import Connection, OperationalError, pq

from mvne_platform.charging.online import fronting as statements
from mvne_platform.runtime.db import Scope

_BINARY = pq.Format.BINARY
_CONNECT_SECONDS = 5
LOOK_SECONDS = 1.0
_CHARGE, _PLAIN = b"charge", b"plain"
Numbers = tuple[frozenset[int], frozenset[int]]


class StatementFailed(Exception):
    """The database refused the statement; nothing of it was written."""


class ChargingConnection:
    """Executes `charge_plain` and `charge_online` for one brand, in whose scope the connection is all its life.

    Calls travel together: in pipeline mode everything up to the sync is one transaction.
    """

    def __init__(self, opened: Connection[Any], scope: Scope) -> None:
        self._opened = opened
        self._connection = opened.pgconn
        self._scope = [part.encode() for part in (scope.role, scope.search_path, scope.actor, scope.request_id)]
        self._sent = (False, False)
        self._loop = asyncio.get_running_loop()
        self._socket: int | None = None
        self._answer: asyncio.Future[Numbers] | None = None
        self._collected: list[pq.abc.PGresult] = []

    @classmethod
    async def open(cls, url: str, scope: Scope) -> "ChargingConnection":
        """Connect and prepare; raises OperationalError."""
        opened = await asyncio.to_thread(_open, url)
        made = cls(opened, scope)
        made._prepare()
        made._begin()
        return made

    def execute(
        self, plain: Sequence[bytes | None] | None, general: Sequence[bytes | None] | None
    ) -> "asyncio.Future[Numbers]":
        """Send one call or both; the future gets the numbers of what each has written, below zero of what was locked.

        It raises StatementFailed, and OperationalError when the connection is lost: then nobody knows what happened.
        """
        answer: asyncio.Future[Numbers] = self._loop.create_future()
        self._answer = answer
        self._collected = []
        self._sent = (plain is not None, general is not None)
        try:
            for name, values in ((_PLAIN, plain), (_CHARGE, general)):
                if values is not None:
                    self._connection.send_query_prepared(name, values, [_BINARY] * len(values), _BINARY)
            self._connection.pipeline_sync()
            self._flush()
        except OperationalError as error:
            self._lost(error)
        return answer

    def close(self) -> None:
        """Give the connection up. A lost one no longer knows its socket, and the loop would go on calling for it."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket = None
        self._opened.close()

    def _begin(self) -> None:
        self._connection.nonblocking = 1
        self._connection.enter_pipeline_mode()
        self._socket = self._connection.socket
        self._loop.add_reader(self._socket, self._readable)
        self._loop.call_later(LOOK_SECONDS, self._look)

    def _prepare(self) -> None:
        """Prepared with the brand's scope set: what the plan names is found as the calls will find it."""
        for step in (
            self._connection.exec_params(statements.SCOPE, self._scope, statements.SCOPE_TYPES),
            self._connection.prepare(_CHARGE, statements.CHARGE, statements.CHARGE_TYPES),
            self._connection.prepare(_PLAIN, statements.PLAIN, statements.PLAIN_TYPES),
        ):
            if step.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
                raise OperationalError(step.error_message.decode(errors="replace"))

    def _flush(self) -> None:
        if self._connection.flush():
            self._loop.add_writer(self._opened.fileno(), self._writable)

    def _writable(self) -> None:
        try:
            if not self._connection.flush():
                self._loop.remove_writer(self._opened.fileno())
        except OperationalError as error:
            self._lost(error)

    def _look(self) -> None:
        """Read without having been called: of a socket that was reset the loop may tell nobody anything."""
        if self._answer is not None:
            self._readable()
        if self._socket is not None:
            self._loop.call_later(LOOK_SECONDS, self._look)

    def _readable(self) -> None:
        try:
            self._connection.consume_input()
            while not self._connection.is_busy():
                if self._take(self._connection.get_result()):
                    return
                if self._connection.status == pq.ConnStatus.BAD:
                    self._lost(OperationalError("The database closed the connection."))
                    return
        except OperationalError as error:
            self._lost(error)

    def _take(self, result: "pq.abc.PGresult | None") -> bool:
        """Collect a result; True when nothing more comes for now."""
        if result is None:
            return self._answer is None
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._finish()
            return True
        self._collected.append(result)
        return False

    def _finish(self) -> None:
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        failed = [one for one in self._collected if one.status != pq.ExecStatus.TUPLES_OK]
        if failed:
            answer.set_exception(StatementFailed(failed[0].error_message.decode(errors="replace")))
            return
        found = iter(self._collected)
        plain, general = (_numbers(next(found)) if sent else frozenset() for sent in self._sent)
        answer.set_result((plain, general))

    def _lost(self, error: OperationalError) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.close()


def _open(url: str) -> Connection[Any]:
    return psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)


def _numbers(rows: "pq.abc.PGresult") -> frozenset[int]:
    return frozenset(int.from_bytes(rows.get_value(row, 0) or b"", signed=True) for row in range(rows.ntuples))
