"""Engines and sessions. The first statement of each transaction says whose it is."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from mvne_platform.runtime.settings import settings

_SCOPE = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true),"
    " set_config('mvne.actor', %s, true), set_config('mvne.request', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may touch, and in whose name."""

    role: str
    search_path: str
    actor: str = "system"
    request_id: str = ""


PLATFORM_ROLE = "mvne_platform"


def scoped_engine(url: str, **options: Any) -> Engine:
    """An engine whose every transaction begins with its scope; without one it can read nothing."""
    engine = create_engine(_with_driver(url), pool_pre_ping=False, pool_recycle=1800, **options)
    event.listen(engine, "begin", _enter_scope)
    return engine


def _enter_scope(connection: Connection) -> None:
    scope: Scope | None = connection.get_execution_options().get("scope")
    if scope is not None:
        parameters = (scope.role, scope.search_path, scope.actor, scope.request_id)
        connection.exec_driver_sql(_SCOPE, parameters)


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def app_engine() -> Engine:
    """The pool of web and worker: logs in as a role that owns nothing."""
    return scoped_engine(settings().database_url, pool_size=5, max_overflow=20)


@cache
def admin_engine() -> Engine:
    """The pool with DDL rights; worker and command line only. Raises LookupError elsewhere."""
    url = settings().admin_url
    if url is None:
        raise LookupError("MVNE_ADMIN_DATABASE_URL is not set: this process may not change schemas.")
    return scoped_engine(url, pool_size=1, max_overflow=4)


@event.listens_for(Session, "do_orm_execute")
def _read_what_was_locked(execution: ORMExecuteState) -> None:
    """Whoever waited for a lock decides by what the other one left, not by what was read before the wait.

    Left alone, SQLAlchemy locks the row and answers the object it had already. Own changes are flushed first.
    """
    if execution.is_select and getattr(execution.statement, "_for_update_arg", None) is not None:
        execution.update_execution_options(populate_existing=True)


def session(scope: Scope, engine: Engine | None = None, *, snapshot: bool = False) -> Session:
    """A session in `scope`; the edge that opens it commits it. `snapshot`: all it reads is as of one instant."""
    bound = (engine or app_engine()).execution_options(scope=scope)
    if snapshot:
        bound = bound.execution_options(isolation_level="REPEATABLE READ")
    return Session(bind=bound, expire_on_commit=False)
