"""Triggers that open purses, and raise their versions with whatever a charge looks at."""

# The purse is the lock of what is in it, so it is there before anything else of a subscription or group is. Its version
# tells whoever remembers it that something a charge looks at has changed: what it holds, or the subscription's terms
# (state, plan, number, groups). Arrays, not
# joins with the transition tables: a plan made for many rows would read all purses for a few.
PURSE_FUNCTIONS = """
CREATE FUNCTION purse_opened() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO purse (id) SELECT id FROM moved;
  RETURN NULL;
END $$;

CREATE FUNCTION purse_moved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  purses uuid[] := ARRAY(SELECT DISTINCT purse_id FROM moved);
BEGIN
  -- Settlement books what was reserved: what is available stays as everybody has read it.
  IF current_setting('mvne.purses', true) = 'unmoved' THEN
    RETURN NULL;
  END IF;
  UPDATE purse SET version = version + 1 WHERE id = ANY(purses);
  RETURN NULL;
END $$;

CREATE FUNCTION purse_terms_moved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  purses uuid[];
BEGIN
  IF TG_TABLE_NAME = 'subscription' THEN
    purses := ARRAY(SELECT id FROM moved);
  ELSIF TG_TABLE_NAME = 'customer_group_member' THEN
    purses := ARRAY(SELECT id FROM subscription WHERE customer_id = ANY(ARRAY(SELECT customer_id FROM moved)));
  ELSE
    purses := ARRAY(SELECT DISTINCT subscription_id FROM moved);
  END IF;
  UPDATE purse SET version = version + 1 WHERE id = ANY(purses);
  RETURN NULL;
END $$;
"""

PURSE_TRIGGERS = """
CREATE TRIGGER purse_opened AFTER INSERT ON subscription REFERENCING NEW TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_opened();
CREATE TRIGGER purse_opened AFTER INSERT ON sharing_group REFERENCING NEW TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_opened();
CREATE TRIGGER purse_moved_insert AFTER INSERT ON bucket REFERENCING NEW TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_moved();
CREATE TRIGGER purse_moved_update AFTER UPDATE ON bucket REFERENCING NEW TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_moved();
CREATE TRIGGER purse_moved_delete AFTER DELETE ON bucket REFERENCING OLD TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_moved();
CREATE TRIGGER purse_terms_moved AFTER UPDATE ON subscription REFERENCING NEW TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_terms_moved();
""" + "".join(
    f"""
CREATE TRIGGER purse_terms_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS moved
FOR EACH STATEMENT EXECUTE FUNCTION purse_terms_moved();
"""
    for table in ("subscription_identifier", "product", "sharing_member", "customer_group_member")
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)
