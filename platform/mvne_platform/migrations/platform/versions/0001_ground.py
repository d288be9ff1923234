"""The audit functions of the platform's own tables."""

from alembic import op

from mvne_platform.migrations import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(ddl.AUDIT_FUNCTIONS)
    # The web's readiness probe compares this revision with its own; web has no DDL login to ask with.
    op.execute("GRANT SELECT ON platform.alembic_version TO mvne_platform")
