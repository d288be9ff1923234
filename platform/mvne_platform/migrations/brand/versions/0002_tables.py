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
        "api_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("token_seconds", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_api_client_client_id")),
    )
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
        sa.CheckConstraint("operation IN ('INSERT', 'UPDATE', 'DELETE')", name=op.f("ck_audit_operation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_actor_id"), "audit", ["actor", "id"], unique=False)
    op.create_index(op.f("ix_audit_table_name_row_id_id"), "audit", ["table_name", "row_id", "id"], unique=False)
    op.create_table(
        "bill_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "completed", name="runstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("accounts_total", sa.BigInteger(), nullable=False),
        sa.Column("accounts_done", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_run")),
        sa.UniqueConstraint("period_end", name=op.f("uq_bill_run_period_end")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "individual", "organization", name="customerkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_number")),
    )
    op.create_index(
        "ix_customer_email",
        "customer",
        [sa.literal_column("lower(email)").label("lower_email")],
        unique=False,
        postgresql_ops={"lower_email": "text_pattern_ops"},
    )
    op.create_index(
        "ix_customer_family_name",
        "customer",
        [
            sa.literal_column("lower(family_name)").label("lower_family_name"),
            sa.literal_column("lower(given_name)").label("lower_given_name"),
        ],
        unique=False,
        postgresql_ops={"lower_family_name": "text_pattern_ops", "lower_given_name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_customer_given_name",
        "customer",
        [sa.literal_column("lower(given_name)").label("lower_given_name")],
        unique=False,
        postgresql_ops={"lower_given_name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_customer_phone", "customer", ["phone"], unique=False, postgresql_ops={"phone": "text_pattern_ops"}
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index(op.f("ix_fact_kind_id"), "fact", ["kind", "id"], unique=False)
    op.create_index(op.f("ix_fact_subject_id_id"), "fact", ["subject_id", "id"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("as_weekday", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "idempotency",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "invoice_sequence",
        sa.Column("legal_entity", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("legal_entity", name=op.f("pk_invoice_sequence")),
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
    )
    op.create_index("ix_job_not_relayed", "job", ["id"], unique=False, postgresql_where=sa.text("relayed_at IS NULL"))
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
        sa.UniqueConstraint("code", "language", "channel", name=op.f("uq_letter_template_code_language_channel")),
    )
    op.create_table(
        "number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("msisdn", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "free",
                "reserved",
                "assigned",
                "quarantine",
                "retired",
                name="resourcestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reserved_for", sa.Uuid(), nullable=True),
        sa.Column("free_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('reserved', 'assigned')) = (reserved_for IS NOT NULL)", name=op.f("ck_number_holder")
        ),
        sa.CheckConstraint("msisdn ~ '^\\+[1-9][0-9]{5,14}$'", name=op.f("ck_number_msisdn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number")),
        sa.UniqueConstraint("msisdn", name=op.f("uq_number_msisdn")),
    )
    op.create_index(
        "ix_number_free", "number", ["group", "msisdn"], unique=False, postgresql_where=sa.text("state = 'free'")
    )
    op.create_index(
        "ix_number_holder",
        "number",
        ["reserved_for"],
        unique=False,
        postgresql_where=sa.text("reserved_for IS NOT NULL"),
    )
    op.create_table(
        "offering",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("plan", "add_on", name="offeringkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "payment_mode",
            sa.Enum(
                "prepaid",
                "postpaid",
                "hybrid",
                name="paymentmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("characteristics", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("price_list", sa.Text(), nullable=True),
        sa.Column("spend_limit_micros", sa.BigInteger(), nullable=True),
        sa.Column("offline_debit", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("shared_version", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("offline_debit IN ('full', 'available', 'refuse')", name=op.f("ck_offering_offline_debit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_offering_code_version")),
    )
    op.create_index(
        "uq_offering_current", "offering", ["code"], unique=True, postgresql_where=sa.text("valid_to IS NULL")
    )
    op.create_table(
        "price_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("code", name=op.f("uq_price_list_code")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "rated_event",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("other_party", sa.Text(), nullable=True),
        sa.Column("visited_network", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "rated",
                "not_chargeable",
                "barred",
                name="ratedstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("price_list_version_id", sa.Uuid(), nullable=True),
        sa.Column("rate_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("accrued_micros", sa.BigInteger(), nullable=False),
        sa.Column("debited_micros", sa.BigInteger(), nullable=False),
        sa.Column("takes", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("trace", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("bill_period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("file_row", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", "key", name=op.f("pk_rated_event")),
        postgresql_partition_by="RANGE (key)",
    )
    op.create_index("ix_rated_event_file", "rated_event", ["file_id"], unique=False)
    op.create_table(
        "reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "money", "second", "byte", "message", name="unit", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("zones", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("code", name=op.f("uq_reward_code")),
    )
    op.create_table(
        "sim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("iccid", sa.Text(), nullable=False),
        sa.Column("imsi", sa.Text(), nullable=False),
        sa.Column("puk_encrypted", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "free",
                "reserved",
                "assigned",
                "quarantine",
                "retired",
                name="resourcestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reserved_for", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('reserved', 'assigned')) = (reserved_for IS NOT NULL)", name=op.f("ck_sim_holder")
        ),
        sa.CheckConstraint("iccid ~ '^89[0-9]{17,18}$'", name=op.f("ck_sim_iccid")),
        sa.CheckConstraint("imsi ~ '^[0-9]{14,15}$'", name=op.f("ck_sim_imsi")),
        sa.CheckConstraint("kind IN ('physical', 'esim')", name=op.f("ck_sim_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sim")),
        sa.UniqueConstraint("iccid", name=op.f("uq_sim_iccid")),
        sa.UniqueConstraint("imsi", name=op.f("uq_sim_imsi")),
    )
    op.create_index("ix_sim_free", "sim", ["kind", "iccid"], unique=False, postgresql_where=sa.text("state = 'free'"))
    op.create_index(
        "ix_sim_holder", "sim", ["reserved_for"], unique=False, postgresql_where=sa.text("reserved_for IS NOT NULL")
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate_millionths", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint("rate_millionths BETWEEN 0 AND 1000000", name=op.f("ck_tax_rate_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
        sa.UniqueConstraint(
            "country", "tax_class", "valid_from", name=op.f("uq_tax_rate_country_tax_class_valid_from")
        ),
    )
    op.create_table(
        "usage_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "loading",
                "loaded",
                "rejected",
                name="filestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("bytes_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("rated", sa.BigInteger(), nullable=False),
        sa.Column("not_chargeable", sa.BigInteger(), nullable=False),
        sa.Column("barred", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'loaded') = (rows_total IS NOT NULL)", name=op.f("ck_usage_file_loaded")),
        sa.CheckConstraint("(state = 'rejected') = (rejection IS NOT NULL)", name=op.f("ck_usage_file_rejected")),
        sa.CheckConstraint(
            "rows_done = rated + not_chargeable + barred + duplicate + failed", name=op.f("ck_usage_file_accounted")
        ),
        sa.CheckConstraint("rows_total IS NULL OR rows_total = rows_done", name=op.f("ck_usage_file_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_usage_file_digest")),
    )
    op.create_table(
        "voucher_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_attempt")),
    )
    op.create_index(op.f("ix_voucher_attempt_subscription_id"), "voucher_attempt", ["subscription_id"], unique=False)
    op.create_table(
        "voucher_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_micros > 0", name=op.f("ck_voucher_batch_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_batch")),
        sa.UniqueConstraint("code", name=op.f("uq_voucher_batch_code")),
    )
    op.create_table(
        "accrual_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "top_up", "bill", "tenure", name="accrualtrigger", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("per_micros", sa.BigInteger(), nullable=True),
        sa.Column("months", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.CheckConstraint("points > 0", name=op.f("ck_accrual_rule_points")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_accrual_rule_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accrual_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_accrual_rule_code")),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('billing', 'shipping')", name=op.f("ck_address_role")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_address_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_customer_id"), "address", ["customer_id"], unique=False)
    op.create_table(
        "billing_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("billed_until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_billing_account_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_account")),
        sa.UniqueConstraint("number", name=op.f("uq_billing_account_number")),
    )
    op.create_index(op.f("ix_billing_account_customer_id"), "billing_account", ["customer_id"], unique=False)
    op.create_table(
        "fact_position",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_position_fact_id_fact")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_fact_position")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_fact_position_fact_id")),
    )
    op.create_table(
        "identity_verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("document_number_encrypted", sa.Text(), nullable=False),
        sa.Column("document_country", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "manual",
                "approved",
                "declined",
                name="verificationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("evidence", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_identity_verification_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_verification")),
    )
    op.create_index(
        op.f("ix_identity_verification_customer_id"), "identity_verification", ["customer_id"], unique=False
    )
    op.create_index(op.f("ix_identity_verification_state_id"), "identity_verification", ["state", "id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "sent", "failed", name="letterstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_letter_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("code", "occasion_id", "channel", name=op.f("uq_letter_code_occasion_id_channel")),
    )
    op.create_index(op.f("ix_letter_customer_id_id"), "letter", ["customer_id", "id"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_member_points")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_member_customer_id_customer")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_member_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_member_customer_id")),
    )
    op.create_table(
        "offering_allowance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "money", "second", "byte", "message", name="unit", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("zones", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_offering_allowance_quantity")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_offering_allowance_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_allowance")),
        sa.UniqueConstraint("offering_id", "code", name=op.f("uq_offering_allowance_offering_id_code")),
    )
    op.create_index(op.f("ix_offering_allowance_offering_id"), "offering_allowance", ["offering_id"], unique=False)
    op.create_table(
        "offering_price",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("one_time", "recurring", name="pricekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("period_days", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_micros >= 0", name=op.f("ck_offering_price_amount")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_offering_price_offering_id_offering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_price")),
    )
    op.create_index(op.f("ix_offering_price_offering_id"), "offering_price", ["offering_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_outbox_fact_id_fact")),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "price_list_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("exchange", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_list_version_price_list_id_price_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list_version")),
        sa.UniqueConstraint("price_list_id", "valid_from", name=op.f("uq_price_list_version_price_list_id_valid_from")),
        sa.UniqueConstraint("price_list_id", "version", name=op.f("uq_price_list_version_price_list_id_version")),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("add_on_ids", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_quote_offering_id_offering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    op.create_table(
        "usage_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("rows_from", sa.BigInteger(), nullable=False),
        sa.Column("rows_to", sa.BigInteger(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rows_from <= rows_to", name=op.f("ck_usage_chunk_rows")),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_chunk_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_chunk")),
        sa.UniqueConstraint("file_id", "rows_from", name=op.f("uq_usage_chunk_file_id_rows_from")),
    )
    op.create_table(
        "usage_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("duplicate", "failed", name="exceptionkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_exception_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_exception")),
    )
    op.create_index(op.f("ix_usage_exception_file_id_row"), "usage_exception", ["file_id", "row"], unique=True)
    op.create_index(
        op.f("ix_usage_exception_kind_reason_id"), "usage_exception", ["kind", "reason", "id"], unique=False
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redeemed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["voucher_batch.id"], name=op.f("fk_voucher_batch_id_voucher_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_voucher_code_digest")),
    )
    op.create_index(op.f("ix_voucher_batch_id"), "voucher", ["batch_id"], unique=False)
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_micros", sa.BigInteger(), nullable=False),
        sa.Column("gross_micros", sa.BigInteger(), nullable=False),
        sa.Column(
            "document_state",
            sa.Enum("pending", "rendered", name="documentstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("document_path", sa.Text(), nullable=True),
        sa.Column("document_digest", sa.Text(), nullable=True),
        sa.CheckConstraint("gross_micros = net_micros + tax_micros", name=op.f("ck_invoice_sum")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_invoice_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["bill_run.id"], name=op.f("fk_invoice_run_id_bill_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("account_id", "period_end", name=op.f("uq_invoice_account_id_period_end")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_table(
        "points_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("accrual", "redemption", name="pointsreason", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_points_entry_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entry")),
        sa.UniqueConstraint("rule_id", "cause_id", name=op.f("uq_points_entry_rule_id_cause_id")),
    )
    op.create_index(op.f("ix_points_entry_member_id_id"), "points_entry", ["member_id", "id"], unique=False)
    op.create_table(
        "product_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "acknowledged",
                "held",
                "in_progress",
                "completed",
                "failed",
                "rejected",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("verification_id", sa.Uuid(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_product_order_customer_id_customer")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_product_order_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["identity_verification.id"],
            name=op.f("fk_product_order_verification_id_identity_verification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_order")),
        sa.UniqueConstraint("number", name=op.f("uq_product_order_number")),
        sa.UniqueConstraint("quote_id", name=op.f("uq_product_order_quote_id")),
        sa.UniqueConstraint("verification_id", name=op.f("uq_product_order_verification_id")),
    )
    op.create_index(op.f("ix_product_order_customer_id"), "product_order", ["customer_id"], unique=False)
    op.create_index(op.f("ix_product_order_state_id"), "product_order", ["state", "id"], unique=False)
    op.create_table(
        "receivable_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("delta_micros", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'payment')", name=op.f("ck_receivable_entry_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_receivable_entry_account_id_billing_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable_entry")),
        sa.UniqueConstraint("kind", "reference_id", name=op.f("uq_receivable_entry_kind_reference_id")),
    )
    op.create_index(op.f("ix_receivable_entry_account_id_id"), "receivable_entry", ["account_id", "id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "payment_mode",
            sa.Enum(
                "prepaid",
                "postpaid",
                "hybrid",
                name="paymentmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "active",
                "lapsed",
                "suspended",
                "terminated",
                name="subscriptionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("spend_limit_micros", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_subscription_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_subscription_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("number", name=op.f("uq_subscription_number")),
    )
    op.create_index(op.f("ix_subscription_account_id"), "subscription", ["account_id"], unique=False)
    op.create_index(op.f("ix_subscription_customer_id"), "subscription", ["customer_id"], unique=False)
    op.create_table(
        "time_band",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("start_minute", sa.BigInteger(), nullable=False),
        sa.Column("end_minute", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 10080", name=op.f("ck_time_band_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_time_band_version_id_price_list_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_band")),
    )
    op.create_index(op.f("ix_time_band_version_id"), "time_band", ["version_id"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("treatment", sa.Text(), nullable=False),
        sa.CheckConstraint("treatment IN ('normal', 'barred', 'free')", name=op.f("ck_zone_treatment")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_version_id_price_list_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_zone_version_id_code")),
    )
    op.create_table(
        "bucket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "money", "second", "byte", "message", name="unit", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("zones", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(unit = 'money') = (currency IS NOT NULL)", name=op.f("ck_bucket_currency")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_bucket_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bucket")),
    )
    op.create_index(op.f("ix_bucket_product_id"), "bucket", ["product_id"], unique=False)
    op.create_index(
        op.f("ix_bucket_subscription_id_priority_valid_to_id"),
        "bucket",
        ["subscription_id", "priority", "valid_to", "id"],
        unique=False,
    )
    op.create_index(
        "uq_bucket_main_money",
        "bucket",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("unit = 'money' AND code = 'main'"),
    )
    op.create_table(
        "counter",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_counter_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "code", "period_start", name=op.f("pk_counter")),
    )
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "recurring",
                "one_time",
                "usage",
                name="chargekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("exact_micros", sa.BigInteger(), nullable=False),
        sa.Column("net_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id_invoice")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_invoice_line_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("invoice_id", "line_number", name=op.f("uq_invoice_line_invoice_id_line_number")),
    )
    op.create_table(
        "invoice_tax",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("rate_millionths", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("base_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_tax_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("invoice_id", "tax_class", "rate_millionths", name=op.f("pk_invoice_tax")),
    )
    op.create_table(
        "network_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column(
            "operation",
            sa.Enum(
                "activate",
                "suspend",
                "resume",
                "terminate",
                name="networkoperation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "done", "failed", name="requeststate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_network_request_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_request")),
        sa.UniqueConstraint(
            "cause_id",
            "operation",
            "subscription_id",
            name=op.f("uq_network_request_cause_id_operation_subscription_id"),
        ),
    )
    op.create_index(op.f("ix_network_request_state_id"), "network_request", ["state", "id"], unique=False)
    op.create_index(op.f("ix_network_request_subscription_id"), "network_request", ["subscription_id"], unique=False)
    op.create_table(
        "order_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.BigInteger(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("add_on_ids", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("sim_id", sa.Uuid(), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["number_id"], ["number.id"], name=op.f("fk_order_item_number_id_number")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_order_item_offering_id_offering")),
        sa.ForeignKeyConstraint(["order_id"], ["product_order.id"], name=op.f("fk_order_item_order_id_product_order")),
        sa.ForeignKeyConstraint(["sim_id"], ["sim.id"], name=op.f("fk_order_item_sim_id_sim")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_order_item_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_item")),
        sa.UniqueConstraint("order_id", "line_number", name=op.f("uq_order_item_order_id_line_number")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_order_item_subscription_id")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method_encrypted", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "captured",
                "declined",
                "unsettled",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_micros > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_payment_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_payment_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_account_id"), "payment", ["account_id"], unique=False)
    op.create_index(op.f("ix_payment_subscription_id"), "payment", ["subscription_id"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("is_plan", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_product_offering_id_offering")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_product_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_subscription_id"), "product", ["subscription_id"], unique=False)
    op.create_index(
        "uq_product_one_plan",
        "product",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("is_plan AND valid_to IS NULL"),
    )
    op.create_table(
        "rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("connection_fee_micros", sa.BigInteger(), nullable=False),
        sa.Column("first_increment", sa.BigInteger(), nullable=False),
        sa.Column("next_increment", sa.BigInteger(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False),
        sa.Column("minimum_micros", sa.BigInteger(), nullable=True),
        sa.Column("maximum_micros", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("connection_fee_micros >= 0 AND price_micros >= 0", name=op.f("ck_rate_prices")),
        sa.CheckConstraint("first_increment > 0 AND next_increment > 0 AND per > 0", name=op.f("ck_rate_increments")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_rate_version_id_price_list_version")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_rate_zone_id_zone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint(
            "version_id", "zone_id", "service", "band", name=op.f("uq_rate_version_id_zone_id_service_band")
        ),
    )
    op.create_table(
        "subscription_identifier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "msisdn",
                "imsi",
                "iccid",
                "account",
                name="identifierkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("kind"), "="),
            (sa.column("value"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_subscription_identifier_one_holder",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_identifier_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_identifier")),
    )
    op.create_index(
        op.f("ix_subscription_identifier_kind_value_valid_from"),
        "subscription_identifier",
        ["kind", "value", "valid_from"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subscription_identifier_subscription_id"), "subscription_identifier", ["subscription_id"], unique=False
    )
    op.create_table(
        "zone_network",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("mcc", sa.Text(), nullable=False),
        sa.Column("mnc", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_network_version_id_price_list_version")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_network_zone_id_zone")),
        sa.PrimaryKeyConstraint("version_id", "mcc", "mnc", name=op.f("pk_zone_network")),
    )
    op.create_table(
        "zone_prefix",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("short_code", sa.Boolean(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("prefix ~ '^[0-9*#]{1,15}$'", name=op.f("ck_zone_prefix_prefix")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_prefix_version_id_price_list_version")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_prefix_zone_id_zone")),
        sa.PrimaryKeyConstraint("version_id", "prefix", "short_code", name=op.f("pk_zone_prefix")),
    )
    op.create_table(
        "charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "recurring",
                "one_time",
                "usage",
                name="chargekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_charge_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_line.id"], name=op.f("fk_charge_invoice_line_id_invoice_line")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_charge_product_id_product")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_charge_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("product_id", "kind", "period_start", name=op.f("uq_charge_product_id_kind_period_start")),
    )
    op.create_index(
        "ix_charge_unbilled",
        "charge",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("invoice_line_id IS NULL"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "top_up",
                "voucher",
                "grant",
                "usage",
                "renewal",
                "expiry",
                "redemption",
                "adjustment",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_ledger_entry_delta")),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"], name=op.f("fk_ledger_entry_bucket_id_bucket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "bucket_id", "reason", "reason_id", name=op.f("uq_ledger_entry_bucket_id_reason_reason_id")
        ),
    )
    op.create_index(op.f("ix_ledger_entry_bucket_id_id"), "ledger_entry", ["bucket_id", "id"], unique=False)
    op.create_table(
        "network_exchange",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sent", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("received", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["network_request.id"], name=op.f("fk_network_exchange_request_id_network_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_exchange")),
    )
    op.create_index(op.f("ix_network_exchange_request_id_id"), "network_exchange", ["request_id", "id"], unique=False)
    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"], name=op.f("fk_redemption_bucket_id_bucket")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_redemption_member_id_member")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("fk_redemption_reward_id_reward")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_redemption_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
    )
    op.create_index(op.f("ix_redemption_member_id"), "redemption", ["member_id"], unique=False)
    op.execute(ddl.grant("accrual_rule", "select, insert, update"))
    op.execute(ddl.audit("accrual_rule", "id", "", ""))
    op.execute(ddl.grant("address", "select, insert, update"))
    op.execute(ddl.audit("address", "id", "", ""))
    op.execute(ddl.grant("api_client", "select, insert, update"))
    op.execute(ddl.audit("api_client", "id", "secret_hash", ""))
    op.execute(ddl.grant("audit", "select"))
    op.execute(ddl.grant("bill_run", "select, insert, update"))
    op.execute(ddl.audit("bill_run", "id", "", ""))
    op.execute(ddl.grant("billing_account", "select, insert, update"))
    op.execute(ddl.audit("billing_account", "id", "", ""))
    op.execute(ddl.grant("bucket", "select, insert, update"))
    op.execute(ddl.grant("charge", "select, insert, update"))
    op.execute(ddl.audit("charge", "id", "", ""))
    op.execute(ddl.grant("counter", "select, insert, update"))
    op.execute(ddl.grant("customer", "select, insert, update"))
    op.execute(ddl.audit("customer", "id", "", ""))
    op.execute(ddl.grant("fact", "select, insert"))
    op.execute(ddl.grant("fact_position", "select, insert"))
    op.execute(ddl.grant("holiday", "select, insert, update"))
    op.execute(ddl.audit("holiday", "day", "", ""))
    op.execute(ddl.grant("idempotency", "select, insert, update, delete"))
    op.execute(ddl.grant("identity_verification", "select, insert, update"))
    op.execute(ddl.audit("identity_verification", "id", "document_number_encrypted", ""))
    op.execute(ddl.grant("invoice", "select, insert, update (document_state, document_path, document_digest)"))
    op.execute(ddl.audit("invoice", "id", "", ""))
    op.execute(ddl.grant("invoice_line", "select, insert"))
    op.execute(ddl.audit("invoice_line", "id", "", ""))
    op.execute(ddl.grant("invoice_sequence", "select, insert, update"))
    op.execute(ddl.audit("invoice_sequence", "legal_entity", "", ""))
    op.execute(ddl.grant("invoice_tax", "select, insert"))
    op.execute(ddl.audit("invoice_tax", "invoice_id,tax_class,rate_millionths", "", ""))
    op.execute(ddl.grant("job", "select, insert, update, delete"))
    op.execute(ddl.grant("ledger_entry", "select, insert"))
    op.execute(ddl.grant("letter", "select, insert, update"))
    op.execute(ddl.audit("letter", "id", "", ""))
    op.execute(ddl.grant("letter_template", "select, insert, update, delete"))
    op.execute(ddl.audit("letter_template", "id", "", ""))
    op.execute(ddl.grant("member", "select, insert, update"))
    op.execute(ddl.audit("member", "id", "", ""))
    op.execute(ddl.grant("network_exchange", "select, insert"))
    op.execute(ddl.grant("network_request", "select, insert, update"))
    op.execute(ddl.audit("network_request", "id", "", "attempts"))
    op.execute(ddl.grant("number", "select, insert, update"))
    op.execute(ddl.audit("number", "id", "", ""))
    op.execute(ddl.grant("offering", "select, insert, update"))
    op.execute(ddl.audit("offering", "id", "", ""))
    op.execute(ddl.grant("offering_allowance", "select, insert, update"))
    op.execute(ddl.audit("offering_allowance", "id", "", ""))
    op.execute(ddl.grant("offering_price", "select, insert, update"))
    op.execute(ddl.audit("offering_price", "id", "", ""))
    op.execute(ddl.grant("order_item", "select, insert, update"))
    op.execute(ddl.audit("order_item", "id", "", ""))
    op.execute(ddl.grant("outbox", "select, insert, update, delete"))
    op.execute(ddl.grant("payment", "select, insert, update"))
    op.execute(ddl.audit("payment", "id", "method_encrypted", ""))
    op.execute(ddl.grant("points_entry", "select, insert"))
    op.execute(ddl.grant("price_list", "select, insert, update"))
    op.execute(ddl.audit("price_list", "id", "", ""))
    op.execute(ddl.grant("price_list_version", "select, insert, update"))
    op.execute(ddl.audit("price_list_version", "id", "", ""))
    op.execute(ddl.grant("product", "select, insert, update"))
    op.execute(ddl.audit("product", "id", "", ""))
    op.execute(ddl.grant("product_order", "select, insert, update"))
    op.execute(ddl.audit("product_order", "id", "", ""))
    op.execute(ddl.grant("programme", "select, insert, update"))
    op.execute(ddl.audit("programme", "id", "", ""))
    op.execute(ddl.grant("quote", "select, insert, update"))
    op.execute(ddl.audit("quote", "id", "", ""))
    op.execute(ddl.grant("rate", "select, insert, update"))
    op.execute(ddl.grant("rated_event", "select, insert"))
    op.execute(ddl.grant("receivable_entry", "select, insert"))
    op.execute(ddl.grant("redemption", "select, insert, update"))
    op.execute(ddl.audit("redemption", "id", "", ""))
    op.execute(ddl.grant("reward", "select, insert, update"))
    op.execute(ddl.audit("reward", "id", "", ""))
    op.execute(ddl.grant("sim", "select, insert, update"))
    op.execute(ddl.audit("sim", "id", "puk_encrypted", ""))
    op.execute(ddl.grant("subscription", "select, insert, update"))
    op.execute(ddl.audit("subscription", "id", "", ""))
    op.execute(ddl.grant("subscription_identifier", "select, insert, update"))
    op.execute(ddl.audit("subscription_identifier", "id", "", ""))
    op.execute(ddl.grant("tax_rate", "select, insert, update"))
    op.execute(ddl.audit("tax_rate", "id", "", ""))
    op.execute(ddl.grant("time_band", "select, insert, update"))
    op.execute(ddl.audit("time_band", "id", "", ""))
    op.execute(ddl.grant("usage_chunk", "select, insert"))
    op.execute(ddl.grant("usage_exception", "select, insert"))
    op.execute(ddl.grant("usage_file", "select, insert, update"))
    op.execute(ddl.audit("usage_file", "id", "", ""))
    op.execute(ddl.grant("voucher", "select, insert, update"))
    op.execute(ddl.audit("voucher", "id", "code_digest", ""))
    op.execute(ddl.grant("voucher_attempt", "select, insert"))
    op.execute(ddl.grant("voucher_batch", "select, insert, update"))
    op.execute(ddl.audit("voucher_batch", "id", "", ""))
    op.execute(ddl.grant("zone", "select, insert, update"))
    op.execute(ddl.audit("zone", "id", "", ""))
    op.execute(ddl.grant("zone_network", "select, insert, update"))
    op.execute(ddl.grant("zone_prefix", "select, insert, update"))
