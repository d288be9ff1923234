"""tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Text, Uuid
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
        "customer_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_group")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_group_code")),
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
        "failure_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("rate_again", "write_off", name="batchkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("selection", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running", "done", "stopped", name="batchstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("last", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'running') = (finished_at IS NULL)", name=op.f("ck_failure_batch_finished")),
        sa.CheckConstraint("closed <= looked_at AND looked_at <= total", name=op.f("ck_failure_batch_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure_batch")),
    )
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
        "number_data_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "portability",
                "short_codes",
                name="numberdatakind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_data_load")),
    )
    op.create_index(op.f("ix_number_data_load_kind_id"), "number_data_load", ["kind", "id"], unique=False)
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
        sa.Column("online", postgresql.JSONB(astext_type=Text()), nullable=True),
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
        "online_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_charge")),
    )
    op.create_index(
        "ix_online_charge_correlation",
        "online_charge",
        ["correlation"],
        unique=False,
        postgresql_where=sa.text("correlation IS NOT NULL"),
    )
    op.create_table(
        "partial_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "joined", name="callstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'joined') = (joined_at IS NOT NULL)", name=op.f("ck_partial_call_joined")),
        sa.CheckConstraint("(joined_at IS NULL) = (key IS NULL)", name=op.f("ck_partial_call_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_call")),
        sa.UniqueConstraint("call", name=op.f("uq_partial_call_call")),
    )
    op.create_index(
        "ix_partial_call_open",
        "partial_call",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "ported_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("single", sa.Boolean(), sa.Computed("first = last", persisted=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("single"), "="),
            (sa.text("int8range(first, last, '[]')"), "&&"),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_ported_number_one_operator",
        ),
        sa.CheckConstraint(
            "first BETWEEN 100000 AND last AND last <= 999999999999999", name=op.f("ck_ported_number_digits")
        ),
        sa.CheckConstraint("length(first::text) = length(last::text)", name=op.f("ck_ported_number_length")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_ported_number_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ported_number")),
    )
    op.create_table(
        "price_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.CheckConstraint("purpose IN ('retail', 'wholesale')", name=op.f("ck_price_list_purpose")),
        sa.ForeignKeyConstraint(["parent_id"], ["price_list.id"], name=op.f("fk_price_list_parent_id_price_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("code", name=op.f("uq_price_list_code")),
    )
    op.create_index(op.f("ix_price_list_parent_id"), "price_list", ["parent_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "purse",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rated_until", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purse")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "rated_event",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("other_party", sa.Text(), nullable=True),
        sa.Column("visited_network", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("number_class", sa.Text(), nullable=True),
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
        sa.Column("itemised", sa.Boolean(), nullable=False),
        sa.Column("price_list_version_id", sa.Uuid(), nullable=True),
        sa.Column("rate_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("accrued_micros", sa.BigInteger(), nullable=False),
        sa.Column("debited_micros", sa.BigInteger(), nullable=False),
        sa.Column("wholesale_micros", sa.BigInteger(), nullable=True),
        sa.Column("wholesale_rate_id", sa.Uuid(), nullable=True),
        sa.Column("bucket_ids", postgresql.ARRAY(Uuid()), nullable=True),
        sa.Column("bucket_units", postgresql.ARRAY(BigInteger()), nullable=True),
        sa.Column("trace", postgresql.ARRAY(BigInteger()), nullable=True),
        sa.Column("bill_period", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("file_row", sa.BigInteger(), nullable=True),
        sa.Column("charge_id", sa.Uuid(), nullable=True),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(file_id, charge_id) = 1 AND (file_id IS NULL) = (file_row IS NULL) AND (charge_id IS NULL) = (settlement_id IS NULL)",
            name=op.f("ck_rated_event_origin"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", "key", name=op.f("pk_rated_event")),
        postgresql_partition_by="RANGE (key)",
    )
    op.create_table(
        "replay_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_list", sa.Text(), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "done", name="replaystate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("shares_done", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("shares_done <= shares", name=op.f("ck_replay_run_shares")),
        sa.CheckConstraint("until > since", name=op.f("ck_replay_run_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay_run")),
    )
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
        "short_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Boolean(), nullable=False),
        sa.Column(
            "number_class",
            sa.Enum(
                "emergency",
                "freephone",
                "helpline",
                name="numberclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("code"), "="),
            (sa.column("prefix"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_short_code_one_meaning",
        ),
        sa.CheckConstraint("code ~ '^(\\+[1-9][0-9]{1,14}|[0-9*#]{1,15})$'", name=op.f("ck_short_code_code")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_short_code_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_code")),
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
        "unsettled_charge",
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.Column("booking", sa.Text(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "usage_format",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_-]{0,39}$'", name=op.f("ck_usage_format_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_format")),
        sa.UniqueConstraint("code", name=op.f("uq_usage_format_code")),
    )
    op.create_table(
        "usage_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "directory",
                "sftp",
                "upload",
                "push",
                name="sourcekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("secret_encrypted", sa.Text(), nullable=True),
        sa.Column("schedule", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("expected_minutes", sa.BigInteger(), nullable=True),
        sa.Column("sequence_pattern", sa.Text(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("schedule_number", sa.BigInteger(), nullable=False),
        sa.Column("pull_number", sa.BigInteger(), nullable=True),
        sa.Column("pull_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_pull_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pull_error_code", sa.Text(), nullable=True),
        sa.Column("pull_error", sa.Text(), nullable=True),
        sa.Column("pulls_failed", sa.BigInteger(), nullable=False),
        sa.Column("last_file_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_-]{0,39}$'", name=op.f("ck_usage_source_code")),
        sa.CheckConstraint("(pull_error IS NULL) = (pull_error_code IS NULL)", name=op.f("ck_usage_source_pull_error")),
        sa.CheckConstraint("expected_minutes > 0", name=op.f("ck_usage_source_expected")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_source")),
        sa.UniqueConstraint("code", name=op.f("uq_usage_source_code")),
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
        "customer_group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("group_id"), "="),
            (sa.column("customer_id"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_customer_group_member_once",
        ),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_customer_group_member_span")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_group_member_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["customer_group.id"], name=op.f("fk_customer_group_member_group_id_customer_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_group_member")),
    )
    op.create_index(
        op.f("ix_customer_group_member_customer_id"), "customer_group_member", ["customer_id"], unique=False
    )
    op.create_table(
        "fact_position",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_position_fact_id_fact")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_fact_position")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_fact_position_fact_id")),
    )
    op.create_table(
        "host_contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"), using="gist", name="ex_host_contract_one_at_a_time"
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_host_contract_span")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_host_contract_price_list_id_price_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_contract")),
        sa.UniqueConstraint("code", name=op.f("uq_host_contract_code")),
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
        sa.Column("rollover_periods", sa.BigInteger(), nullable=False),
        sa.Column("rollover_limit", sa.BigInteger(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_offering_allowance_quantity")),
        sa.CheckConstraint("rollover_periods >= 0 AND rollover_limit > 0", name=op.f("ck_offering_allowance_rollover")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_offering_allowance_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_allowance")),
        sa.UniqueConstraint("offering_id", "code", name=op.f("uq_offering_allowance_offering_id_code")),
    )
    op.create_index(op.f("ix_offering_allowance_offering_id"), "offering_allowance", ["offering_id"], unique=False)
    op.create_table(
        "offering_discount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("basis_points", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("zones", postgresql.ARRAY(Text()), nullable=False),
        sa.CheckConstraint("basis_points BETWEEN 1 AND 10000", name=op.f("ck_offering_discount_basis_points")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_offering_discount_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_discount")),
        sa.UniqueConstraint("offering_id", "code", name=op.f("uq_offering_discount_offering_id_code")),
    )
    op.create_index(op.f("ix_offering_discount_offering_id"), "offering_discount", ["offering_id"], unique=False)
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
        "price_list_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("customer_group", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("coalesce(plan, '')"), "="),
            (sa.text("coalesce(customer_group, '')"), "="),
            (sa.text("coalesce(customer_id::text, '')"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_price_list_assignment_one_list",
        ),
        sa.CheckConstraint(
            "num_nonnulls(plan, customer_group, customer_id) = 1", name=op.f("ck_price_list_assignment_subject")
        ),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_price_list_assignment_span")),
        sa.ForeignKeyConstraint(
            ["customer_group"],
            ["customer_group.code"],
            name=op.f("fk_price_list_assignment_customer_group_customer_group"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_price_list_assignment_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_list_assignment_price_list_id_price_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list_assignment")),
    )
    op.create_index(
        op.f("ix_price_list_assignment_customer_id"), "price_list_assignment", ["customer_id"], unique=False
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
                "discarded",
                name="filestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.Column("rejection_code", sa.Text(), nullable=True),
        sa.Column("lenient", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("bytes_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("rated", sa.BigInteger(), nullable=False),
        sa.Column("not_chargeable", sa.BigInteger(), nullable=False),
        sa.Column("barred", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("correlated", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'loaded') = (rows_total IS NOT NULL)", name=op.f("ck_usage_file_loaded")),
        sa.CheckConstraint("state <> 'rejected' OR rejection IS NOT NULL", name=op.f("ck_usage_file_rejected")),
        sa.CheckConstraint("(rejection IS NULL) = (rejection_code IS NULL)", name=op.f("ck_usage_file_rejection")),
        sa.CheckConstraint("(series IS NULL) = (sequence IS NULL)", name=op.f("ck_usage_file_sequence")),
        sa.CheckConstraint(
            "least(rated, not_chargeable, barred, duplicate, failed, correlated, written_off, collected) >= 0",
            name=op.f("ck_usage_file_counts"),
        ),
        sa.CheckConstraint(
            "rows_done = rated + not_chargeable + barred + duplicate + failed + correlated + written_off + collected",
            name=op.f("ck_usage_file_accounted"),
        ),
        sa.CheckConstraint("rows_total IS NULL OR rows_total = rows_done", name=op.f("ck_usage_file_total")),
        sa.ForeignKeyConstraint(["source_id"], ["usage_source.id"], name=op.f("fk_usage_file_source_id_usage_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_usage_file_digest")),
    )
    op.create_index(
        "ix_usage_file_sequence",
        "usage_file",
        ["source_id", "series", "sequence"],
        unique=False,
        postgresql_where=sa.text("sequence IS NOT NULL"),
    )
    op.create_index(op.f("ix_usage_file_source_id"), "usage_file", ["source_id"], unique=False)
    op.create_index(op.f("ix_usage_file_state_id"), "usage_file", ["state", "id"], unique=False)
    op.create_table(
        "usage_gap_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_usage_gap_waiver_range")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["usage_source.id"], name=op.f("fk_usage_gap_waiver_source_id_usage_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_gap_waiver")),
    )
    op.create_index(
        op.f("ix_usage_gap_waiver_source_id_series"), "usage_gap_waiver", ["source_id", "series"], unique=False
    )
    op.create_table(
        "usage_notice",
        sa.Column("purse_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["purse_id"], ["purse.id"], name=op.f("fk_usage_notice_purse_id_purse")),
        sa.PrimaryKeyConstraint("purse_id", "code", "period", "percent", name=op.f("pk_usage_notice")),
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
        "partial_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["partial_call.id"], name=op.f("fk_partial_record_call_id_partial_call")),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_partial_record_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_record")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_partial_record_call_id_number")),
        sa.UniqueConstraint("file_id", "row", name=op.f("uq_partial_record_file_id_row")),
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
        "usage_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("rows_from", sa.BigInteger(), nullable=False),
        sa.Column("rows_to", sa.BigInteger(), nullable=False),
        sa.Column("rows", postgresql.ARRAY(BigInteger()), nullable=True),
        sa.Column("first_key", sa.Uuid(), nullable=True),
        sa.Column("last_key", sa.Uuid(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(first_key IS NULL) = (last_key IS NULL)", name=op.f("ck_usage_chunk_keys")),
        sa.CheckConstraint("rows_from <= rows_to", name=op.f("ck_usage_chunk_rows")),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_chunk_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_chunk")),
    )
    op.create_index(
        "uq_usage_chunk_rows",
        "usage_chunk",
        ["file_id", "rows_from"],
        unique=True,
        postgresql_where=sa.text("rows IS NULL"),
    )
    op.create_table(
        "usage_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "duplicate",
                "failed",
                "correlated",
                name="exceptionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_exception_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_exception")),
    )
    op.create_index(op.f("ix_usage_exception_file_id_row"), "usage_exception", ["file_id", "row"], unique=True)
    op.create_index(
        op.f("ix_usage_exception_kind_reason_id"), "usage_exception", ["kind", "reason", "id"], unique=False
    )
    op.create_table(
        "usage_file_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "rejected",
                "retried",
                "released",
                "discarded",
                name="filedeed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_file_action_file_id_usage_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_file_action")),
    )
    op.create_index(op.f("ix_usage_file_action_file_id_id"), "usage_file_action", ["file_id", "id"], unique=False)
    op.create_table(
        "usage_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "taken", "refused", "wanted", name="itemstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tidy_pending", sa.Boolean(), nullable=False),
        sa.Column("tidy_error", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name=op.f("ck_usage_item_refused")),
        sa.ForeignKeyConstraint(["file_id"], ["usage_file.id"], name=op.f("fk_usage_item_file_id_usage_file")),
        sa.ForeignKeyConstraint(["source_id"], ["usage_source.id"], name=op.f("fk_usage_item_source_id_usage_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_item")),
        sa.UniqueConstraint(
            "source_id",
            "name",
            "size_bytes",
            "modified_ns",
            name=op.f("uq_usage_item_source_id_name_size_bytes_modified_ns"),
        ),
    )
    op.create_index(
        "ix_usage_item_refused",
        "usage_item",
        ["source_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'refused'"),
    )
    op.create_index(
        "ix_usage_item_to_tidy",
        "usage_item",
        ["source_id", "id"],
        unique=False,
        postgresql_where=sa.text("tidy_pending"),
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("treatment", sa.Text(), nullable=False),
        sa.Column("inherited", sa.Boolean(), nullable=False),
        sa.CheckConstraint("treatment IN ('normal', 'barred', 'free')", name=op.f("ck_zone_treatment")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_version_id_price_list_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_zone_version_id_code")),
    )
    op.create_table(
        "charging_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "ended", name="sessionstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("identifier_kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "voice_out",
                "voice_in",
                "voice_forwarded",
                "sms_out",
                "mms_out",
                "data",
                "content",
                "roaming_voice_out",
                "roaming_voice_in",
                "roaming_sms_out",
                "roaming_mms_out",
                "roaming_data",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("other_party", sa.Text(), nullable=True),
        sa.Column("visited_network", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("number_class", sa.Text(), nullable=True),
        sa.Column("attributes", postgresql.JSON(astext_type=Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("bucket_ids", postgresql.ARRAY(Uuid()), nullable=False),
        sa.Column("bucket_units", postgresql.ARRAY(BigInteger()), nullable=False),
        sa.Column("accrued_micros", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("counters_held", sa.Boolean(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.Column("short", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("0 <= used AND used <= granted AND sequence >= 0", name=op.f("ck_charging_session_units")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_charging_session_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charging_session")),
    )
    op.create_index(
        "ix_charging_session_expiry",
        "charging_session",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_charging_session_open",
        "charging_session",
        ["subscription_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "counter",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_counter_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "code", "period_start", name=op.f("pk_counter")),
    )
    op.create_table(
        "failure_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exception_id", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "corrected",
                "failed",
                "rated",
                "written_off",
                name="failuredeed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(action = 'corrected') = (record IS NOT NULL)", name=op.f("ck_failure_action_record")),
        sa.CheckConstraint("action IN ('rated', 'failed') OR why IS NOT NULL", name=op.f("ck_failure_action_why")),
        sa.CheckConstraint(
            "action NOT IN ('rated', 'failed') OR reason IS NOT NULL", name=op.f("ck_failure_action_reason")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["failure_batch.id"], name=op.f("fk_failure_action_batch_id_failure_batch")
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"], ["usage_exception.id"], name=op.f("fk_failure_action_exception_id_usage_exception")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure_action")),
    )
    op.create_index(op.f("ix_failure_action_exception_id_id"), "failure_action", ["exception_id", "id"], unique=False)
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
        "late_usage",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_late_usage_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_late_usage")),
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
        sa.Column("band_policy", sa.Text(), nullable=False),
        sa.Column("tier_mode", sa.Text(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=True),
        sa.CheckConstraint("band_policy IN ('at_start', 'split')", name=op.f("ck_rate_band_policy")),
        sa.CheckConstraint("tier_mode IN ('graduated', 'volume')", name=op.f("ck_rate_tier_mode")),
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
        "replay_result",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("charged_micros", sa.BigInteger(), nullable=False),
        sa.Column("replayed_micros", sa.BigInteger(), nullable=False),
        sa.Column("wholesale_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["replay_run.id"], name=op.f("fk_replay_result_run_id_replay_run")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_replay_result_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("run_id", "subscription_id", name=op.f("pk_replay_result")),
    )
    op.create_index(op.f("ix_replay_result_subscription_id"), "replay_result", ["subscription_id"], unique=False)
    op.create_table(
        "rerating_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("requested", "late_usage", name="cause", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("price_list", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "computing",
                "computed",
                "booking",
                "booked",
                "discarded",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("shares_done", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("shares_done <= shares", name=op.f("ck_rerating_run_shares")),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_rerating_run_period")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_rerating_run_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rerating_run")),
    )
    op.create_table(
        "sharing_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id >= 'ffffffff-ffff-8000-8000-000000000000'::uuid", name=op.f("ck_sharing_group_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_sharing_group_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["subscription.id"], name=op.f("fk_sharing_group_owner_id_subscription")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_group")),
    )
    op.create_index(op.f("ix_sharing_group_account_id"), "sharing_group", ["account_id"], unique=False)
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
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("called ~ '^[0-9]{0,15}$'", name=op.f("ck_zone_network_called")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_network_version_id_price_list_version")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_network_zone_id_zone")),
        sa.PrimaryKeyConstraint("version_id", "mcc", "mnc", "called", name=op.f("pk_zone_network")),
    )
    op.create_table(
        "zone_operator",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["price_list_version.id"], name=op.f("fk_zone_operator_version_id_price_list_version")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_operator_zone_id_zone")),
        sa.PrimaryKeyConstraint("version_id", "operator", name=op.f("pk_zone_operator")),
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
        "bucket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purse_id", sa.Uuid(), sa.Computed("coalesce(subscription_id, group_id)", persisted=True), nullable=False
        ),
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
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("zones", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("rollover_limit", sa.BigInteger(), nullable=True),
        sa.Column("rollovers_left", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("alone", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("(unit = 'money') = (currency IS NOT NULL)", name=op.f("ck_bucket_currency")),
        sa.CheckConstraint("unit <> 'money' OR group_id IS NULL", name=op.f("ck_bucket_money_owner")),
        sa.CheckConstraint("unit = 'money' OR amount >= reserved", name=op.f("ck_bucket_available")),
        sa.CheckConstraint("num_nonnulls(subscription_id, group_id) = 1", name=op.f("ck_bucket_owner")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_bucket_reserved")),
        sa.CheckConstraint("rollovers_left >= 0 AND rollover_limit > 0", name=op.f("ck_bucket_rollover")),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.id"], name=op.f("fk_bucket_group_id_sharing_group")),
        sa.ForeignKeyConstraint(["purse_id"], ["purse.id"], name=op.f("fk_bucket_purse_id_purse")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_bucket_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bucket")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(op.f("ix_bucket_product_id"), "bucket", ["product_id"], unique=False)
    op.create_index(op.f("ix_bucket_purse_id_valid_to"), "bucket", ["purse_id", "valid_to"], unique=False)
    op.create_index(
        "uq_bucket_main_money",
        "bucket",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("unit = 'money' AND code = 'main'"),
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
        "rate_tier",
        sa.Column("rate_id", sa.Uuid(), nullable=False),
        sa.Column("from_volume", sa.BigInteger(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_volume > 0 AND price_micros >= 0", name=op.f("ck_rate_tier_tier")),
        sa.ForeignKeyConstraint(["rate_id"], ["rate.id"], name=op.f("fk_rate_tier_rate_id_rate")),
        sa.PrimaryKeyConstraint("rate_id", "from_volume", name=op.f("pk_rate_tier")),
    )
    op.create_table(
        "rerated_event",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
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
        sa.Column("itemised", sa.Boolean(), nullable=False),
        sa.Column("price_list_version_id", sa.Uuid(), nullable=True),
        sa.Column("rate_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("zone_before", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("accrued_micros", sa.BigInteger(), nullable=False),
        sa.Column("debited_micros", sa.BigInteger(), nullable=False),
        sa.Column("wholesale_micros", sa.BigInteger(), nullable=True),
        sa.Column("wholesale_rate_id", sa.Uuid(), nullable=True),
        sa.Column("bucket_ids", postgresql.ARRAY(Uuid()), nullable=True),
        sa.Column("bucket_units", postgresql.ARRAY(BigInteger()), nullable=True),
        sa.Column("trace", postgresql.ARRAY(BigInteger()), nullable=True),
        sa.Column("accrued_delta_micros", sa.BigInteger(), nullable=False),
        sa.Column("debited_delta_micros", sa.BigInteger(), nullable=False),
        sa.Column("bill_period", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["rerating_run.id"], name=op.f("fk_rerated_event_run_id_rerating_run")),
        sa.PrimaryKeyConstraint("subscription_id", "key", "id", name=op.f("pk_rerated_event")),
    )
    op.create_index(
        op.f("ix_rerated_event_subscription_id_bill_period"),
        "rerated_event",
        ["subscription_id", "bill_period"],
        unique=False,
    )
    op.create_table(
        "rerating_change",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("before_micros", sa.BigInteger(), nullable=False),
        sa.Column("after_micros", sa.BigInteger(), nullable=False),
        sa.Column("accrued_delta_micros", sa.BigInteger(), nullable=False),
        sa.Column("debited_delta_micros", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "computed", "booked", "stale", name="changestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["billing_account.id"], name=op.f("fk_rerating_change_account_id_billing_account")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["rerating_run.id"], name=op.f("fk_rerating_change_run_id_rerating_run")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_rerating_change_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("run_id", "subscription_id", name=op.f("pk_rerating_change")),
    )
    op.create_index(
        op.f("ix_rerating_change_run_id_account_id"), "rerating_change", ["run_id", "account_id"], unique=False
    )
    op.create_index(op.f("ix_rerating_change_subscription_id"), "rerating_change", ["subscription_id"], unique=False)
    op.create_table(
        "sharing_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("subscription_id"), "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_sharing_member_one_group",
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_sharing_member_span")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["sharing_group.id"], name=op.f("fk_sharing_member_group_id_sharing_group")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_sharing_member_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_member")),
    )
    op.create_index(op.f("ix_sharing_member_group_id"), "sharing_member", ["group_id"], unique=False)
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
                "rollover",
                "sharing",
                "rerating",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_ledger_entry_delta")),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"], name=op.f("fk_ledger_entry_bucket_id_bucket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "bucket_id", "reason", "reason_id", name=op.f("uq_ledger_entry_bucket_id_reason_reason_id")
        ),
    )
    op.create_index(op.f("ix_ledger_entry_bucket_id_id"), "ledger_entry", ["bucket_id", "id"], unique=False)
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
    op.execute(ddl.grant("charging_session", "select, insert, update"))
    op.execute(ddl.CHARGE_ONLINE)
    op.execute(ddl.CHARGE_PLAIN)
    op.execute(ddl.ANALYZE_ONLINE)
    op.execute(ddl.to_app_role("GRANT EXECUTE ON FUNCTION analyze_online() TO {app}"))
    op.execute(ddl.grant("counter", "select, insert, update"))
    op.execute(ddl.grant("customer", "select, insert, update"))
    op.execute(ddl.audit("customer", "id", "", ""))
    op.execute(ddl.grant("customer_group", "select, insert, update"))
    op.execute(ddl.audit("customer_group", "id", "", ""))
    op.execute(ddl.grant("customer_group_member", "select, insert, update"))
    op.execute(ddl.audit("customer_group_member", "id", "", ""))
    op.execute(ddl.grant("fact", "select, insert"))
    op.execute(ddl.grant("fact_position", "select, insert"))
    op.execute(ddl.grant("failure_action", "select, insert"))
    op.execute(ddl.grant("failure_batch", "select, insert, update"))
    op.execute(ddl.audit("failure_batch", "id", "", "cursor,looked_at,closed"))
    op.execute(ddl.grant("holiday", "select, insert, update"))
    op.execute(ddl.audit("holiday", "day", "", ""))
    op.execute(ddl.grant("host_contract", "select, insert, update"))
    op.execute(ddl.audit("host_contract", "id", "", ""))
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
    op.execute(ddl.grant("late_usage", "select, insert, update, delete"))
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
    op.execute(ddl.grant("number_data_load", "select, insert"))
    op.execute(ddl.audit("number_data_load", "id", "", ""))
    op.execute(ddl.grant("offering", "select, insert, update"))
    op.execute(ddl.audit("offering", "id", "", ""))
    op.execute(ddl.grant("offering_allowance", "select, insert, update"))
    op.execute(ddl.audit("offering_allowance", "id", "", ""))
    op.execute(ddl.grant("offering_discount", "select, insert, update"))
    op.execute(ddl.audit("offering_discount", "id", "", ""))
    op.execute(ddl.grant("offering_price", "select, insert, update"))
    op.execute(ddl.audit("offering_price", "id", "", ""))
    op.execute(ddl.grant("online_charge", "select, insert"))
    op.execute(ddl.grant("order_item", "select, insert, update"))
    op.execute(ddl.audit("order_item", "id", "", ""))
    op.execute(ddl.grant("outbox", "select, insert, update, delete"))
    op.execute(ddl.grant("partial_call", "select, insert, update"))
    op.execute(ddl.grant("partial_record", "select, insert"))
    op.execute(ddl.grant("payment", "select, insert, update"))
    op.execute(ddl.audit("payment", "id", "method_encrypted", ""))
    op.execute(ddl.grant("points_entry", "select, insert"))
    op.execute(ddl.grant("ported_number", "select, insert, update, delete"))
    op.execute(ddl.grant("price_list", "select, insert, update"))
    op.execute(ddl.audit("price_list", "id", "", ""))
    op.execute(ddl.grant("price_list_assignment", "select, insert, update"))
    op.execute(ddl.audit("price_list_assignment", "id", "", ""))
    op.execute(ddl.grant("price_list_version", "select, insert, update"))
    op.execute(ddl.audit("price_list_version", "id", "", ""))
    op.execute(ddl.grant("product", "select, insert, update"))
    op.execute(ddl.audit("product", "id", "", ""))
    op.execute(ddl.grant("product_order", "select, insert, update"))
    op.execute(ddl.audit("product_order", "id", "", ""))
    op.execute(ddl.grant("programme", "select, insert, update"))
    op.execute(ddl.audit("programme", "id", "", ""))
    op.execute(ddl.grant("purse", "select, insert, update"))
    op.execute(ddl.PURSE_TRIGGERS)
    op.execute(ddl.grant("quote", "select, insert, update"))
    op.execute(ddl.audit("quote", "id", "", ""))
    op.execute(ddl.grant("rate", "select, insert, update"))
    op.execute(ddl.grant("rate_tier", "select, insert, update"))
    op.execute(ddl.grant("rated_event", "select, insert"))
    op.execute(ddl.grant("receivable_entry", "select, insert"))
    op.execute(ddl.grant("redemption", "select, insert, update"))
    op.execute(ddl.audit("redemption", "id", "", ""))
    op.execute(ddl.grant("replay_result", "select, insert, update"))
    op.execute(ddl.grant("replay_run", "select, insert, update"))
    op.execute(ddl.audit("replay_run", "id", "", ""))
    op.execute(ddl.grant("rerated_event", "select, insert"))
    op.execute(ddl.grant("rerating_change", "select, insert, update"))
    op.execute(ddl.grant("rerating_run", "select, insert, update"))
    op.execute(ddl.audit("rerating_run", "id", "", ""))
    op.execute(ddl.grant("reward", "select, insert, update"))
    op.execute(ddl.audit("reward", "id", "", ""))
    op.execute(ddl.grant("sharing_group", "select, insert, update"))
    op.execute(ddl.audit("sharing_group", "id", "", ""))
    op.execute(ddl.grant("sharing_member", "select, insert, update"))
    op.execute(ddl.audit("sharing_member", "id", "", ""))
    op.execute(ddl.grant("short_code", "select, insert, update, delete"))
    op.execute(ddl.audit("short_code", "id", "", ""))
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
    op.execute(ddl.grant("unsettled_charge", "select, insert, update, delete"))
    op.execute(ddl.grant("usage_chunk", "select, insert"))
    op.execute(ddl.grant("usage_exception", "select, insert"))
    op.execute(ddl.grant("usage_file", "select, insert, update"))
    op.execute(ddl.audit("usage_file", "id", "", ""))
    op.execute(ddl.grant("usage_file_action", "select, insert"))
    op.execute(ddl.grant("usage_format", "select, insert, update"))
    op.execute(ddl.audit("usage_format", "id", "", ""))
    op.execute(ddl.grant("usage_gap_waiver", "select, insert"))
    op.execute(ddl.audit("usage_gap_waiver", "id", "", ""))
    op.execute(ddl.grant("usage_item", "select, insert, update"))
    op.execute(ddl.grant("usage_notice", "select, insert"))
    op.execute(ddl.grant("usage_source", "select, insert, update"))
    op.execute(
        ddl.audit(
            "usage_source",
            "id",
            "secret_encrypted",
            "pull_number,pull_until,next_pull_at,pulled_at,pull_error_code,pull_error,pulls_failed,last_file_at,test,schedule_number",
        )
    )
    op.execute(ddl.grant("voucher", "select, insert, update"))
    op.execute(ddl.audit("voucher", "id", "code_digest", ""))
    op.execute(ddl.grant("voucher_attempt", "select, insert"))
    op.execute(ddl.grant("voucher_batch", "select, insert, update"))
    op.execute(ddl.audit("voucher_batch", "id", "", ""))
    op.execute(ddl.grant("zone", "select, insert, update"))
    op.execute(ddl.audit("zone", "id", "", ""))
    op.execute(ddl.grant("zone_network", "select, insert, update"))
    op.execute(ddl.grant("zone_operator", "select, insert, update"))
    op.execute(ddl.grant("zone_prefix", "select, insert, update"))
