"""Who may do what with a table, and the trail of who did: rights, row security, audit triggers."""

AUDIT_FUNCTIONS = """
CREATE FUNCTION audit_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_variable
DECLARE
  keys text[] := string_to_array(TG_ARGV[0], ',');
  hidden text[] := string_to_array(TG_ARGV[1], ',');
  ignored text[] := string_to_array(TG_ARGV[2], ',');
  actor text := coalesce(current_setting('mvne.actor', true), '');
  request text := coalesce(current_setting('mvne.request', true), '');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit (table_name, row_id, operation, actor, request_id, at, before, after)
    SELECT TG_TABLE_NAME, audit_key(to_jsonb(n), keys), TG_OP, actor, request, clock_timestamp(),
      NULL, to_jsonb(n) - hidden
    FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit (table_name, row_id, operation, actor, request_id, at, before, after)
    SELECT TG_TABLE_NAME, audit_key(to_jsonb(o), keys), TG_OP, actor, request, clock_timestamp(),
      to_jsonb(o) - hidden, NULL
    FROM old_rows o;
  ELSE
    INSERT INTO audit (table_name, row_id, operation, actor, request_id, at, before, after)
    SELECT TG_TABLE_NAME, k.key, TG_OP, actor, request, clock_timestamp(), o.row - hidden, n.row - hidden
    FROM (SELECT audit_key(to_jsonb(r), keys) AS key, to_jsonb(r) AS row FROM old_rows r) o
    FULL JOIN (SELECT audit_key(to_jsonb(r), keys) AS key, to_jsonb(r) AS row FROM new_rows r) n ON n.key = o.key
    CROSS JOIN LATERAL (SELECT coalesce(n.key, o.key) AS key) k
    WHERE (o.row - ignored) IS DISTINCT FROM (n.row - ignored);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_key(data jsonb, keys text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(data ->> k.name, '/' ORDER BY k.position) FROM unnest(keys) WITH ORDINALITY AS k(name, position)
$$;

REVOKE ALL ON FUNCTION audit_statement() FROM PUBLIC;
"""


def to_app_role(statement: str) -> str:
    """A statement whose `{app}` is the application role of the current schema's brand."""
    role = "quote_ident(current_schema() || '_app')"
    return f"DO $do$ BEGIN EXECUTE replace($sql${statement}$sql$, '{{app}}', {role}); END $do$"


def sequence(name: str) -> str:
    """A sequence the brand's application role may draw from."""
    return f'CREATE SEQUENCE "{name}"; ' + to_app_role(f'GRANT USAGE ON SEQUENCE "{name}" TO {{app}}')


def grant(table: str, rights: str) -> str:
    """Give the brand's application role `rights` on a table, and nothing more."""
    return to_app_role(f'GRANT {rights} ON "{table}" TO {{app}}')


def grant_platform(table: str, rights: str, role: str) -> str:
    """Give one of the platform's roles `rights` on a table of the schema platform."""
    return f'GRANT {rights} ON platform."{table}" TO {role}'


def audit(table: str, keys: str, hidden: str = "", ignored: str = "") -> str:
    """Statement triggers that write every change of a table, bulk changes included, to `audit`.

    `hidden` columns are left out of what is shown; an update of `ignored` columns alone is not written at all.
    """
    arguments = f"'{keys}', '{hidden}', '{ignored}'"
    parts = []
    for event, transition in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        parts.append(
            f'CREATE TRIGGER audit_{event.lower()} AFTER {event} ON "{table}" REFERENCING {transition} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_statement({arguments});"
        )
    return "\n".join(parts)


def row_security(table: str) -> str:
    """Let a brand's session see and write only rows whose `brand_role` is its own role."""
    return (
        f'ALTER TABLE platform."{table}" ENABLE ROW LEVEL SECURITY;\n'
        f'CREATE POLICY own_rows ON platform."{table}" TO mvne_brand '
        "USING (brand_role = current_user) WITH CHECK (brand_role = current_user);\n"
        f'CREATE POLICY edges ON platform."{table}" TO mvne_platform USING (true) WITH CHECK (true);'
    )
