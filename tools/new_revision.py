"""Write the next Alembic revision of a history from the difference between its schema and the models.

    python -m tools.new_revision brand "add eSIM profiles"

It starts a PostgreSQL of its own, applies the history, compares, and writes the file; read it before you commit it.
Changes of existing tables come from the comparison; for new tables rights, audit triggers and row security are added.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateTableOp, UpgradeOps
from alembic.script import Script
from sqlalchemy import Connection, Table, create_engine

from mvne_cli.embedded import EmbeddedPostgres
from mvne_platform.migrations import all_models, prepare_cluster
from mvne_platform.migrations.cluster import Passwords, prepare_database
from mvne_platform.migrations.history import HISTORIES, config
from mvne_platform.migrations.runner import create_brand_schema, migrate_platform
from mvne_tenants import models as tenant_models

# The platform's history holds the tables of the package above it too.
TABLES_OF_ABOVE = (tenant_models.BrandApplication,)
HIDDEN = ("_encrypted", "_hash", "code_digest")
SCRATCH = "scratch"


def main(history: str, message: str) -> None:
    """Compare and write."""
    operations = differences(history)
    if not operations.ops:
        print(f"{history}: models and history are equal; nothing to write.")
        return
    print(write(history, message, operations))


def differences(history: str) -> UpgradeOps:
    """What the next revision would have to do; its `ops` are empty when models and history are equal."""
    scratch = Path("var/tmp")
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder, EmbeddedPostgres(Path(folder), durable=False) as server:
        engine = create_engine(prepared(server.dsn, SCRATCH).replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            operations = difference(connection, history)
        engine.dispose()
    return operations


def prepared(superuser_dsn: str, slug: str) -> str:
    """Make an installation with one brand's schema in a fresh cluster; answers the admin's DSN."""
    prepare_cluster(superuser_dsn, "mvne", Passwords("scratch", "scratch"))
    base = superuser_dsn.rsplit("/", 1)[0]
    prepare_database(f"{base}/mvne")
    host = base.rsplit("@", 1)[1]
    admin = f"postgresql://mvne_admin:scratch@{host}/mvne"
    migrate_platform(admin)
    create_brand_schema(admin, slug)
    return admin


def difference(connection: Connection, history: str) -> UpgradeOps:
    """What must be done to the schema to reach the models."""
    schema = HISTORIES[history].schema
    if schema is None:
        # The brand's schema alone: what else is in the path would be compared too.
        connection.exec_driver_sql(f"SET ROLE {SCRATCH}_owner")
        connection.exec_driver_sql(f"SET search_path TO {SCRATCH}")
        connection.dialect.default_schema_name = SCRATCH
    options = {
        "include_schemas": bool(schema),
        "include_name": lambda name, kind, parents: kind != "schema" or name == schema,
        "version_table_schema": schema,
        "include_object": lambda thing, name, kind, reflected, other: not (reflected and _not_ours(name)),
    }
    context = MigrationContext.configure(connection, opts=options)
    produced = produce_migrations(context, all_models.METADATA[history])
    return produced.upgrade_ops or UpgradeOps([])


def _not_ours(name: str | None) -> bool:
    return name == "alembic_version" or bool(name and name.startswith("rated_event_"))


def write(history: str, message: str, operations: UpgradeOps) -> str:
    """Render the revision's file; answers its path."""
    created = [op.table_name for op in operations.ops if isinstance(op, CreateTableOp)]
    rendered = render_python_code(operations).splitlines()
    body = [line for line in rendered if not line.lstrip().startswith("#")]
    body += [f"    op.execute({call})" for call in extras(history, created)]
    folder = HISTORIES[history].folder
    revision = command.revision(config(history), message, rev_id=next_id(history), version_path=str(folder))
    path = Path(cast("Script", revision).path)
    heads = ["from sqlalchemy import BigInteger, Text, Uuid", "from sqlalchemy.dialects import postgresql"]
    heads += ["", "from mvne_platform.migrations import ddl"]
    text = path.read_text().replace("import sqlalchemy as sa\n", "\n".join(["import sqlalchemy as sa", *heads, ""]))
    path.write_text(text.replace("    pass", "\n".join(body)))
    for arguments in (["check", "--quiet", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(path)], check=True)
    return str(path)


def next_id(history: str) -> str:
    """Answer the next number: 0001, 0002 and so on."""
    return f"{len(list(HISTORIES[history].folder.glob('[0-9]*.py'))) + 1:04d}"


def extras(history: str, created: Iterable[str]) -> Iterable[str]:
    """Rights, audit and row security of new tables, in the order of the models."""
    for model in all_models.models(history):
        table = model.__table__
        if table.name in created:
            yield from (brand_extras if history == "brand" else platform_extras)(model, table)


def brand_extras(model: Any, table: Table) -> Iterable[str]:
    """A brand's application role gets exactly the model's rights; audited tables get their triggers; then the rest."""
    rights = str(model.__rights__)
    if model.__updates__:
        rights = rights.replace("update", f"update ({', '.join(model.__updates__)})")
    yield f"ddl.grant({table.name!r}, {rights!r})"
    if model.__audited__:
        yield audit_call(model)
    yield from model.__ddl__


def platform_extras(model: Any, table: Table) -> Iterable[str]:
    """Edges and brands get the model's rights on a platform table."""
    yield f"ddl.grant_platform({table.name!r}, {str(model.__rights__)!r}, 'mvne_platform')"
    if model.__brand_rights__ is not None:
        yield f"ddl.grant_platform({table.name!r}, {str(model.__brand_rights__)!r}, 'mvne_brand')"
    if model.__row_security__:
        yield f"ddl.row_security({table.name!r})"
    if model.__audited__:
        yield audit_call(model)


def audit_call(model: Any) -> str:
    """The triggers, with the key columns, the columns no log may show, and those whose change is no news."""
    table: Table = model.__table__
    keys = ",".join(column.name for column in table.primary_key)
    hidden = ",".join(column.name for column in table.columns if column.name.endswith(HIDDEN))
    return f"ddl.audit({table.name!r}, {keys!r}, {hidden!r}, {','.join(model.__audit_ignores__)!r})"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
