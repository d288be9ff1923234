"""The mail server: takes everything, except from recipients whose local part asks for a fault.

| local part | outcome |
| --- | --- |
| `unknown` | 550, for good |
| `busy` | 450, always |
| `later`, `later+…` | 450 the first two times per recipient, then taken |
"""

import asyncio
import contextlib
import email.policy
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from html.parser import HTMLParser

from aiosmtpd.smtp import SMTP, Envelope, Session

from mvne_simulators.messages import inbox
from mvne_simulators.messages.inbox import Attachment, Content, Message
from mvne_simulators.state import State, count

MAX_MAIL_BYTES = 5 * 1024 * 1024
FAILURES_BEFORE_SUCCESS = 2
_log = logging.getLogger(__name__)


class Sink:
    """What the SMTP server does with each recipient and each mail."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state, self._clock = state, clock

    async def handle_RCPT(  # noqa: N802 aiosmtpd finds its hooks by these names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer one recipient."""
        local_part = address.rpartition("@")[0].lower()
        if local_part == "unknown":
            return "550 5.1.1 No such mailbox"
        if local_part == "busy" or (local_part.partition("+")[0] == "later" and self._is_early(address)):
            return "450 4.2.1 The mailbox is busy, try again"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient taken"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 as above
        """Keep the mail once per recipient."""
        message_id, content = parse(envelope.original_content or b"")
        with self._state.transaction() as db:
            for recipient in envelope.rcpt_tos:
                kept = Message("mail", message_id, envelope.mail_from or "", recipient, "delivered", content)
                inbox.keep(db, kept, self._clock())
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """Answer a failure of our own; a full disk may be mended, so the mail can come again."""
        if isinstance(error, sqlite3.OperationalError):
            return "452 4.3.1 The state file cannot be written, try again"
        _log.error("the mail server failed", exc_info=error)
        return "554 5.3.0 The mail cannot be taken"

    def _is_early(self, address: str) -> bool:
        with self._state.transaction() as db:
            return count(db, f"mail.later.{address.lower()}") <= FAILURES_BEFORE_SUCCESS


@contextlib.asynccontextmanager
async def serve(sink: Sink, listener: socket.socket) -> AsyncIterator[None]:
    """Speak SMTP on a bound socket, on the running event loop."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            sink,
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="messages.localhost",
            ident="mail sink",
            timeout=60,
            loop=loop,
        ),
        sock=listener,
    )
    try:
        yield
    finally:
        server.close()


def parse(raw: bytes) -> tuple[str, Content]:
    """Message-ID and content of a mail; a part that cannot be decoded is shown with replacement characters."""
    mail = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw)
    plain, html = _body(mail, "plain"), _body(mail, "html")
    content = Content(
        subject=_printable(str(mail.get("subject", ""))),
        text=plain if plain is not None else text_of(html or ""),
        html=html,
        attachments=[_attachment(part) for part in mail.iter_attachments()],
    )
    return _printable(str(mail.get("message-id", ""))).strip(), content


def text_of(html: str) -> str:
    """The words of an HTML text, one block a line."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    _SILENT = frozenset({"script", "style", "head", "title"})
    _BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silenced: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silenced.append(tag)
        self.words.append("\n" if tag in self._BLOCKS else " " if tag == "td" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silenced:
            self._silenced.remove(tag)
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silenced:
            self.words.append(data.replace("\n", " "))


def _body(mail: EmailMessage, subtype: str) -> str | None:
    part = mail.get_body((subtype,))
    if part is None:
        return None
    try:
        text = str(part.get_content())
    except (LookupError, KeyError):
        # A charset Python has never heard of.
        text = _payload(part).decode("utf-8", "replace")
    return _printable(text).replace("\r\n", "\n")


def _attachment(part: MIMEPart) -> Attachment:
    filename = _printable(part.get_filename() or "unnamed")
    return Attachment(filename=filename, content_type=part.get_content_type(), bytes=len(_payload(part)))


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _printable(text: str) -> str:
    """Raw bytes in a header become surrogates, which neither SQLite nor JSON takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
