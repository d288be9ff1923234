"""A row that was waited for is read anew, however it is locked."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from mvne_platform.runtime import Context, Job, brand_work
from mvne_platform.runtime.models import JobRow
from tests.plugins.database import Database

NEVER = Job("test.never", "events", lambda ctx: None)

LOCKS: dict[str, Callable[[Context, UUID], JobRow | None]] = {
    "get": lambda ctx, job_id: ctx.db.get(JobRow, job_id, with_for_update=True),
    "get_one, shared with foreign keys": lambda ctx, job_id: ctx.db.get_one(
        JobRow, job_id, with_for_update={"key_share": True}
    ),
    "select": lambda ctx, job_id: ctx.db.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update()),
    "one of many": lambda ctx, job_id: ctx.db.scalars(select(JobRow).with_for_update(skip_locked=True)).one(),
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_a_lock_shows_what_others_committed_since_the_row_was_read(
    database: Database, lock: Callable[[Context, UUID], JobRow | None]
) -> None:
    with brand_work("testbrand") as ctx:
        job_id = ctx.later(NEVER)
    with brand_work("testbrand") as ctx:
        read = ctx.db.get_one(JobRow, job_id)
        with brand_work("testbrand") as other:
            other.db.get_one(JobRow, job_id).attempts = 7
        assert read.attempts == 0

        locked = lock(ctx, job_id)

        assert locked is read
        assert read.attempts == 7


def test_a_lock_keeps_what_the_transaction_changed_itself(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        row = ctx.db.get_one(JobRow, ctx.later(NEVER))
        row.last_error = "mine, not flushed yet"
        assert ctx.db.get_one(JobRow, row.id, with_for_update=True).last_error == "mine, not flushed yet"
