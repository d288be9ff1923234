"""Alembic's environment for both histories: it renders SQL; the runner executes it, schema by schema."""

from alembic import context

from mvne_platform.migrations.history import HISTORIES

history = HISTORIES[context.config.attributes["history"]]
context.configure(
    dialect_name="postgresql",
    dialect_opts={"paramstyle": "named"},
    literal_binds=True,
    transactional_ddl=False,
    version_table_schema=history.schema,
)
context.run_migrations()
