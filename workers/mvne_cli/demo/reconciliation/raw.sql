-- The delivered files as text, row by row, in temporary tables of the connection's own.
CREATE TEMPORARY TABLE delivered (digest text PRIMARY KEY, name text NOT NULL, format text NOT NULL);
CREATE TEMPORARY TABLE incoming_line (n integer GENERATED ALWAYS AS IDENTITY, line text);
CREATE TEMPORARY TABLE raw_line (digest text, n integer, line text);
CREATE TEMPORARY TABLE incoming_cdr (
  n integer GENERATED ALWAYS AS IDENTITY,
  accountcode text, src text, dst text, dcontext text, clid text, channel text, dstchannel text, lastapp text,
  lastdata text, started text, answered text, ended text, duration text, billsec text, disposition text, amaflags text,
  uniqueid text, userfield text
);
CREATE TEMPORARY TABLE raw_cdr (
  digest text, n integer,
  accountcode text, src text, dst text, dcontext text, clid text, channel text, dstchannel text, lastapp text,
  lastdata text, started text, answered text, ended text, duration text, billsec text, disposition text, amaflags text,
  uniqueid text, userfield text
);
