"""Everything that was sent, in the order it came."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict, cast

from mvne_simulators.web import rfc3339

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    message_id TEXT NOT NULL,
    at REAL NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('delivered', 'undelivered')),
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_sms_per_id ON message (message_id) WHERE channel = 'sms';
CREATE INDEX IF NOT EXISTS message_to ON message (recipient, position);
"""

Channel = Literal["mail", "sms"]


class Attachment(TypedDict):
    """What is known of an attachment; its content is not kept."""

    filename: str
    content_type: str
    bytes: int


class Content(TypedDict, total=False):
    """What a message says: mail has subject, html and attachments, SMS has segments and encoding."""

    text: str
    subject: str
    html: str | None
    attachments: list[Attachment]
    segments: int
    encoding: str


@dataclass(frozen=True)
class Message:
    """One message to one recipient; `state` is delivered or undelivered."""

    channel: Channel
    message_id: str
    sender: str
    recipient: str
    state: str
    content: Content


MessageView = TypedDict(
    "MessageView",
    {
        "position": int,
        "channel": str,
        "message_id": str,
        "at": str,
        "from": str,
        "to": str,
        "state": str,
        "text": str,
        "subject": NotRequired[str],
        "html": NotRequired[str | None],
        "attachments": NotRequired[list[Attachment]],
        "segments": NotRequired[int],
        "encoding": NotRequired[str],
    },
)
"""A message in an answer."""


def keep(db: sqlite3.Connection, message: Message, at: float) -> None:
    """Add a message."""
    db.execute(
        "INSERT INTO message (channel, message_id, at, sender, recipient, state, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            message.channel,
            message.message_id,
            at,
            message.sender,
            message.recipient,
            message.state,
            json.dumps(message.content),
        ),
    )


@dataclass(frozen=True)
class Filter:
    """Which messages: of one recipient, of one channel, older than a position."""

    to: str | None = None
    channel: str | None = None
    before: int | None = None


def newest(db: sqlite3.Connection, wanted: Filter, first: int) -> list[MessageView]:
    """The newest messages that match, as the API shows them."""
    rows = db.execute(
        "SELECT * FROM message WHERE (?1 IS NULL OR recipient = ?1) AND (?2 IS NULL OR channel = ?2) "
        "AND (?3 IS NULL OR position < ?3) ORDER BY position DESC LIMIT ?4",
        (wanted.to, wanted.channel, wanted.before, first),
    )
    return [_view(row) for row in rows]


def sms(db: sqlite3.Connection, message_id: str) -> MessageView | None:
    """The SMS with the sender's id."""
    row = db.execute("SELECT * FROM message WHERE channel = 'sms' AND message_id = ?", (message_id,)).fetchone()
    return None if row is None else _view(row)


def stats(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Messages by channel and state; `repeated` are mails whose Message-ID and recipient came before."""
    found: dict[str, dict[str, int]] = {
        "mail": {"delivered": 0, "repeated": 0},
        "sms": {"delivered": 0, "undelivered": 0},
    }
    for channel, state, number in db.execute("SELECT channel, state, count(*) FROM message GROUP BY 1, 2"):
        found[channel][state] = number
    distinct = "SELECT count(*) FROM (SELECT DISTINCT message_id, recipient FROM message WHERE channel = 'mail')"
    found["mail"]["repeated"] = found["mail"]["delivered"] - db.execute(distinct).fetchone()[0]
    return found


def _view(row: sqlite3.Row) -> MessageView:
    envelope = {
        "position": row["position"],
        "channel": row["channel"],
        "message_id": row["message_id"],
        "at": rfc3339(row["at"]),
        "from": row["sender"],
        "to": row["recipient"],
        "state": row["state"],
    }
    return cast("MessageView", envelope | json.loads(row["body"]))
