"""The delivered files, copied as text into temporary tables."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

HERE = Path(__file__).parent

# Characters that stand in no file: each line arrives whole, whatever is wrong with it.
_WHOLE_LINES = "COPY incoming_line (line) FROM STDIN (FORMAT csv, DELIMITER E'\\x1e', QUOTE E'\\x1f')"
_CDR_COLUMNS = (
    "accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, started, answered, ended, "
    "duration, billsec, disposition, amaflags, uniqueid, userfield"
)
# By format: how the bytes are copied, and how the copied rows are kept under their file's digest.
_WAYS = {
    "mvne-csv": (
        _WHOLE_LINES,
        "INSERT INTO raw_line SELECT %s, n, line FROM incoming_line",
        "TRUNCATE incoming_line RESTART IDENTITY",
    ),
    "asterisk": (
        f"COPY incoming_cdr ({_CDR_COLUMNS}) FROM STDIN (FORMAT csv)",
        f"INSERT INTO raw_cdr SELECT %s, n, {_CDR_COLUMNS} FROM incoming_cdr",  # noqa: S608  # a constant of this file
        "TRUNCATE incoming_cdr RESTART IDENTITY",
    ),
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """A kept copy of a file that was handed to the platform, and the format it was handed in as."""

    path: Path
    format: str


def copy_all(connection: psycopg.Connection, files: list[Delivered], zone: str) -> None:
    """Fill `raw_event` from the files; the same bytes twice count once. `zone` is where Asterisk's clock hangs."""
    connection.execute((HERE / "raw.sql").read_bytes())
    for file in files:
        content = file.path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        fresh = connection.execute(
            "INSERT INTO delivered VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING name",
            [digest, file.path.name, file.format],
        ).fetchone()
        if fresh:
            _copy(connection, file.format, content, digest)
    connection.execute("SELECT set_config('reconciliation.zone', %s, true)", [zone])
    connection.execute((HERE / "events.sql").read_bytes())


def _copy(connection: psycopg.Connection, form: str, content: bytes, digest: str) -> None:
    into, keep, clear = _WAYS[form]
    with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
        copy.write(content)
    connection.execute(keep.encode(), [digest])
    connection.execute(clear.encode())
