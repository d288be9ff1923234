"""A brand's roles and schema by plain SQL on one raw connection: no registry, no locks, no search for what exists.

`ddl` is the text of the schema as the migrations render it; it is executed in one call.
"""

import psycopg
from psycopg import sql

_ROLES = """
CREATE ROLE {owner} NOLOGIN;
CREATE ROLE {app} NOLOGIN;
GRANT {owner} TO mvne_admin WITH INHERIT FALSE, SET TRUE;
GRANT {app} TO mvne_app WITH INHERIT FALSE, SET TRUE;
GRANT mvne_brand TO {app} WITH INHERIT TRUE, SET FALSE;
CREATE SCHEMA {schema} AUTHORIZATION {owner};
SET LOCAL ROLE {owner};
GRANT USAGE ON SCHEMA {schema} TO {app};
SET LOCAL search_path TO {schema}, extensions;
"""


def create(admin_dsn: str, slug: str, ddl: str) -> None:
    """Make the brand's roles and every object of its schema."""
    names = {"owner": f"{slug}_owner", "app": f"{slug}_app", "schema": slug}
    with psycopg.connect(admin_dsn) as connection:
        before = sql.SQL(_ROLES).format(**{part: sql.Identifier(name) for part, name in names.items()})
        connection.execute(before.as_bytes(connection) + ddl.encode())
