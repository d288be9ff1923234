"""Audit functions, number sequences, and the functions of rated events' partitions and of purses."""

from alembic import op

from mvne_platform.migrations import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(ddl.AUDIT_FUNCTIONS)
    for kind in ("customer", "account", "order", "subscription"):
        op.execute(ddl.sequence(f"{kind}_number"))
    op.execute(ddl.RATED_EVENT_PARTITIONS)
    op.execute(ddl.PURSE_FUNCTIONS)
    op.execute(ddl.to_app_role("GRANT EXECUTE ON FUNCTION ensure_rated_event_partition(date) TO {app}"))
