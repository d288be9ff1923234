"""A mail server over SMTP (RFC 5321). HTML gets a plain text beside it.

A server cannot be asked whether it has a message already: when its answer is lost, the mail goes out again under the
same Message-ID, by which mailboxes recognise it.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from html.parser import HTMLParser
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from mvne_platform.letters.adapters.port import Delivery, Message
from mvne_platform.letters.sandbox import is_html
from mvne_platform.runtime import OutsideUnavailable, settings

TIMEOUT_SECONDS = 10.0
_PORTS = {"smtp": 25, "smtps": 465}
_PERMANENT = 500


def send(message: Message, /) -> Delivery:
    """See Carrier."""
    address = settings().outside.get("smtp")
    if address is None:
        raise OutsideUnavailable("MVNE_SMTP_URL is not set: the platform does not know where the mail server is.")
    try:
        with _connection(_url(address.url), _domain(message)) as server:
            server.send_message(compose(message))
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reason = next(iter(refusal.recipients.values()))
        return _refused(code, reason)
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code, refusal.smtp_error)
    except smtplib.SMTPNotSupportedError as refusal:
        return Delivery(str(refusal))
    except (OSError, smtplib.SMTPException) as failure:
        raise OutsideUnavailable(f"The mail server did not answer: {type(failure).__name__}") from failure
    return Delivery()


def compose(message: Message) -> EmailMessage:
    """The message as RFC 5322 has it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((message.sender_name, message.sender))
    mail["To"] = message.recipient
    mail["Subject"] = message.subject or ""
    mail["Message-ID"] = f"<{message.letter_id}@{_domain(message)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers
    if is_html(message.body):
        mail.set_content(plain_text(message.body))
        mail.add_alternative(message.body, subtype="html")
    else:
        mail.set_content(message.body)
    return mail


def plain_text(html: str) -> str:
    """The words of an HTML text, one block a line."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _url(text: str) -> SplitResult:
    """`smtp://host:port` or `smtps://user:password@host`; a bare `host:port` is SMTP."""
    return urlsplit(text if "://" in text else f"smtp://{text}")


def _connection(url: SplitResult, domain: str) -> smtplib.SMTP:
    """Connect in the name of the sender's domain: left alone, smtplib would ask the DNS for this machine's."""
    host, port = url.hostname or "localhost", url.port or _PORTS.get(url.scheme, 25)
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, domain, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, domain, timeout=TIMEOUT_SECONDS)
    if url.username and url.password:
        server.login(unquote(url.username), unquote(url.password))
    return server


def _domain(message: Message) -> str:
    return message.sender.rpartition("@")[2]


def _refused(code: int, reason: bytes | str) -> Delivery:
    text = f"{code} {reason.decode('utf-8', 'replace') if isinstance(reason, bytes) else reason}"
    if code < _PERMANENT:
        raise OutsideUnavailable(f"The mail server answered {text}")
    return Delivery(text[:300])


class _Words(HTMLParser):
    _BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "hr", "table", "ul", "ol"})
    _SILENT = frozenset({"head", "style", "script", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, *_attributes: Any) -> None:
        self._silent += tag in self._SILENT
        self.words.append("\n" if tag in self._BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT
        self.words.append("\n" if tag in self._BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if self._silent <= 0:
            self.words.append(data)
