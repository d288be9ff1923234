"""tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from mvne_platform.migrations import ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="platform",
    )
    op.create_table(
        "brand",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("brand_role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("manifest_digest", sa.Text(), nullable=False),
        sa.Column("clock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_target", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9]{1,29}$'", name=op.f("ck_brand_slug")),
        sa.CheckConstraint(
            "state IN ('sandbox', 'live', 'suspended', 'closing', 'closed')", name=op.f("ck_brand_state")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_brand")),
        sa.UniqueConstraint("brand_role", name=op.f("uq_brand_brand_role")),
        schema="platform",
    )
    op.create_table(
        "brand_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "running",
                "applied",
                "failed",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("credentials_encrypted", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_application")),
        schema="platform",
    )
    op.create_index(
        op.f("ix_brand_application_slug_id"), "brand_application", ["slug", "id"], unique=False, schema="platform"
    )
    op.create_table(
        "directory_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_role", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("kind"), "="),
            (sa.column("value"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="ex_directory_entry_one_holder",
        ),
        sa.CheckConstraint("kind IN ('msisdn', 'imsi', 'iccid', 'account')", name=op.f("ck_directory_entry_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_entry")),
        schema="platform",
    )
    op.create_table(
        "doorbell",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("brand_role", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doorbell")),
        schema="platform",
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        schema="platform",
    )
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_token")),
        schema="platform",
    )
    op.create_table(
        "shared_catalogue_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_shared_catalogue_version")),
        schema="platform",
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("private_encrypted", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        schema="platform",
    )
    op.create_index(op.f("ix_signing_key_issuer"), "signing_key", ["issuer"], unique=False, schema="platform")
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_staff_email")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        schema="platform",
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_role", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        schema="platform",
    )
    op.create_index(
        op.f("ix_timer_brand_role_due_at"), "timer", ["brand_role", "due_at"], unique=False, schema="platform"
    )
    op.create_index(op.f("ix_timer_due_at"), "timer", ["due_at"], unique=False, schema="platform")
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["platform.brand.slug"], name=op.f("fk_host_slug_brand")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host")),
        schema="platform",
    )
    op.create_table(
        "staff_grant",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["platform.staff.id"], name=op.f("fk_staff_grant_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "brand", "role", name=op.f("pk_staff_grant")),
        schema="platform",
    )
    op.execute(ddl.grant_platform("audit", "select", "mvne_platform"))
    op.execute(ddl.grant_platform("brand", "select, insert, update", "mvne_platform"))
    op.execute(ddl.grant_platform("brand", "select", "mvne_brand"))
    op.execute(ddl.row_security("brand"))
    op.execute(ddl.audit("brand", "slug", "", "clock_at,clock_target"))
    op.execute(ddl.grant_platform("brand_application", "select, insert, update", "mvne_platform"))
    op.execute(ddl.grant_platform("directory_entry", "select, insert, update", "mvne_platform"))
    op.execute(ddl.grant_platform("directory_entry", "select, insert, update", "mvne_brand"))
    op.execute(ddl.row_security("directory_entry"))
    op.execute(ddl.grant_platform("doorbell", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.grant_platform("doorbell", "select, insert", "mvne_brand"))
    op.execute(ddl.row_security("doorbell"))
    op.execute(ddl.grant_platform("host", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.audit("host", "host", "", ""))
    op.execute(ddl.grant_platform("job", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.grant_platform("revoked_token", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.grant_platform("shared_catalogue_version", "select, insert", "mvne_platform"))
    op.execute(ddl.grant_platform("shared_catalogue_version", "select", "mvne_brand"))
    op.execute(ddl.grant_platform("signing_key", "select, insert, update", "mvne_platform"))
    op.execute(ddl.audit("signing_key", "kid", "private_encrypted", ""))
    op.execute(ddl.grant_platform("staff", "select, insert, update", "mvne_platform"))
    op.execute(ddl.audit("staff", "id", "password_hash", ""))
    op.execute(ddl.grant_platform("staff_grant", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.audit("staff_grant", "staff_id,brand,role", "", ""))
    op.execute(ddl.grant_platform("timer", "select, insert, update, delete", "mvne_platform"))
    op.execute(ddl.grant_platform("timer", "select, insert, update, delete", "mvne_brand"))
    op.execute(ddl.row_security("timer"))
