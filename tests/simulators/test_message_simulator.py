import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mvne_simulators.messages import create_app
from mvne_simulators.messages.mail import text_of
from mvne_simulators.messages.sms import segments
from mvne_simulators.serving import bind
from tests.simulators.simulated import TOKEN, Clock


@pytest.fixture
def smtp_socket(free_port: Callable[[], int]) -> Iterator[socket.socket]:
    with bind("127.0.0.1", free_port()) as listener:
        yield listener


@pytest.fixture
def messages(
    tmp_path: Path, clock: Clock, smtp_socket: socket.socket, client_of: Callable[[Starlette], TestClient]
) -> TestClient:
    return client_of(create_app(tmp_path / "messages.db", TOKEN, smtp_socket, clock))


@pytest.fixture
def smtp(messages: TestClient, smtp_socket: socket.socket) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", smtp_socket.getsockname()[1], local_hostname="test.localhost") as client:
        yield client


def send(messages: TestClient, message_id: str, to: str = "+4520000001", text: str = "Hello") -> Any:
    return messages.put(f"/v1/sms/{message_id}", json={"from": "Fjord", "to": to, "text": text})


def mail(to: str, text: str = "Your invoice", message_id: str = "<1@fjord>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Fjord <bills@fjord.test>", to, "Faktura for æbler"
    message["Message-ID"] = message_id
    message.set_content(text)
    return message


def listed(messages: TestClient, query: str = "") -> Any:
    return messages.get(f"/v1/messages{query}").json()["messages"]


def test_an_sms_is_delivered_once(messages: TestClient) -> None:
    delivered = send(messages, "m1")
    assert delivered.status_code == 200
    assert delivered.json() == {"state": "delivered", "segments": 1, "encoding": "gsm7"}
    assert send(messages, "m1").json() == delivered.json()
    assert send(messages, "m1", text="Other").json()["error"]["code"] == "id_reused"
    kept = {
        "position": 1,
        "channel": "sms",
        "message_id": "m1",
        "at": "2026-10-01T12:00:00.000Z",
        "from": "Fjord",
        "to": "+4520000001",
        "state": "delivered",
        "text": "Hello",
        "segments": 1,
        "encoding": "gsm7",
    }
    assert listed(messages) == [kept]
    assert messages.get("/v1/sms/m1").json() == kept
    assert messages.get("/v1/sms/m2").status_code == 404
    assert messages.get("/v1/stats").json()["sms"] == {"delivered": 1, "undelivered": 0, "received": 3}


def test_the_end_of_the_number_asks_for_a_fault(messages: TestClient) -> None:
    unknown = send(messages, "m1", "+4520099901")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "unknown_recipient")
    for _ in range(3):
        assert send(messages, "m2", "+4520099902").status_code == 503
    assert [send(messages, "m3", "+4520099903").status_code for _ in range(4)] == [503, 503, 200, 200]
    assert send(messages, "m4", "+4520099904").json()["state"] == "undelivered"
    with pytest.raises(ConnectionAbortedError):
        send(messages, "m5", "+4520099905")
    assert send(messages, "m5", "+4520099905").json()["state"] == "delivered"
    assert [one["message_id"] for one in listed(messages)] == ["m5", "m4", "m3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, (1, "gsm7")),
        ("a" * 161, (2, "gsm7")),
        ("a" * 306, (2, "gsm7")),
        ("a" * 307, (3, "gsm7")),
        ("€" * 80, (1, "gsm7")),
        ("€" * 81, (2, "gsm7")),
        ("a" * 152 + "€" + "a" * 152, (3, "gsm7")),
        ("æøåÆØÅ", (1, "gsm7")),
        ("č" * 70, (1, "ucs2")),
        ("č" * 71, (2, "ucs2")),
        ("😀" * 35, (1, "ucs2")),
        ("😀" * 36, (2, "ucs2")),
        ("č" * 66 + "😀" + "č" * 66, (3, "ucs2")),
    ],
)
def test_segments_are_counted_as_networks_do(text: str, expected: tuple[int, str]) -> None:
    assert segments(text) == expected


def test_an_sms_that_is_too_long_or_has_no_number_is_refused(messages: TestClient) -> None:
    assert send(messages, "m1", text="č" * 671).json()["error"]["code"] == "too_long"
    assert send(messages, "m1", to="20000001").json()["error"]["code"] == "invalid"
    assert send(messages, "m1", text="").json()["error"]["code"] == "invalid"
    assert listed(messages) == []


def test_a_mail_is_kept_for_each_recipient(messages: TestClient, smtp: smtplib.SMTP) -> None:
    message = mail("anna@example.test")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice 1.pdf")
    smtp.send_message(message, to_addrs=["anna@example.test", "bo@example.test"])
    for_bo, for_anna = listed(messages)
    assert for_anna == {
        "position": 1,
        "channel": "mail",
        "message_id": "<1@fjord>",
        "at": "2026-10-01T12:00:00.000Z",
        "from": "bills@fjord.test",
        "to": "anna@example.test",
        "state": "delivered",
        "subject": "Faktura for æbler",
        "text": "Your invoice\n",
        "html": None,
        "attachments": [{"filename": "invoice 1.pdf", "content_type": "application/pdf", "bytes": 8}],
    }
    assert for_bo == {**for_anna, "position": 2, "to": "bo@example.test"}


def test_a_mail_that_came_twice_is_counted_as_repeated(messages: TestClient, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail("anna@example.test"))
    smtp.send_message(mail("anna@example.test"))
    smtp.send_message(mail("anna@example.test", message_id="<2@fjord>"))
    assert messages.get("/v1/stats").json()["mail"] == {"delivered": 3, "repeated": 1}


def test_the_recipient_of_a_mail_asks_for_a_fault(messages: TestClient, smtp: smtplib.SMTP) -> None:
    codes = []
    for to in ("unknown@x.test", "busy@x.test", "busy@x.test", *["later+anna@x.test"] * 3):
        try:
            smtp.send_message(mail(to))
        except smtplib.SMTPRecipientsRefused as refused:
            codes.append(refused.recipients[to][0])
        else:
            codes.append(250)
    assert codes == [550, 450, 450, 450, 450, 250]
    assert [one["to"] for one in listed(messages)] == ["later+anna@x.test"]


def test_odd_mails_are_kept_too(messages: TestClient, smtp: smtplib.SMTP) -> None:
    smtp.sendmail(
        "a@x.test", ["b@x.test"], b"Subject: caf\xe9\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff!"
    )
    smtp.sendmail("a@x.test", ["b@x.test"], b"")
    empty, odd = listed(messages)
    assert (odd["text"], odd["message_id"], "caf" in odd["subject"]) == ("\ufffd!\n", "", True)
    assert (empty["text"], empty["subject"]) == ("", "")


def test_html_mail_is_shown_as_text() -> None:
    head = "<head><title>x</title><style>p{}</style></head>"
    assert (
        text_of(f"{head}<h1>Faktura</h1><p>Total:\n <b>50&nbsp;kr</b></p><script>x</script>") == "Faktura\nTotal: 50 kr"
    )


def test_messages_are_filtered_and_paged_newest_first(messages: TestClient, smtp: smtplib.SMTP) -> None:
    for number in (1, 2, 3):
        send(messages, f"m{number}", f"+452000000{number}")
    smtp.send_message(mail("anna@example.test"))
    assert [one["channel"] for one in listed(messages)] == ["mail", "sms", "sms", "sms"]
    assert [one["message_id"] for one in listed(messages, "?to=%2B4520000002")] == ["m2"]
    assert [one["message_id"] for one in listed(messages, "?to=+4520000002")] == ["m2"]
    assert len(listed(messages, "?channel=mail")) == 1
    page = messages.get("/v1/messages?channel=sms&first=2").json()
    assert ([one["message_id"] for one in page["messages"]], page["next"]) == (["m3", "m2"], "2")
    page = messages.get(f"/v1/messages?channel=sms&first=2&after={page['next']}").json()
    assert ([one["message_id"] for one in page["messages"]], page["next"]) == (["m1"], None)
    for query in ("?channel=fax", "?after=x", "?first=501"):
        assert messages.get(f"/v1/messages{query}").status_code == 422


def test_the_page_escapes_what_strangers_wrote(messages: TestClient, smtp: smtplib.SMTP) -> None:
    empty = messages.get("/", headers={"Authorization": ""})
    assert (empty.status_code, "No message yet" in empty.text) == (200, True)
    send(messages, "m1", text="<script>alert(1)</script>")
    message = mail("anna@example.test")
    message.set_content("<img src=x onerror=alert(2)><p>Dear &lt;b&gt; Anna</p>", subtype="html")
    message.replace_header("Subject", "<i>hi</i>")
    smtp.send_message(message)
    page = messages.get("/?to=%22%3E%3Cu%3E", headers={"Authorization": ""})
    assert "<u>" not in page.text
    page = messages.get("/", headers={"Authorization": ""})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "&lt;i&gt;hi&lt;/i&gt;" in page.text
    assert "Dear &lt;b&gt; Anna" in page.text
    assert not any(tag in page.text for tag in ("<script", "<img", "<i>"))
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_leads_to_older_messages(messages: TestClient) -> None:
    for number in range(101):
        send(messages, f"m{number}", text=f"text {number}.")
    page = messages.get("/?channel=sms").text
    assert ("text 100." in page, "text 0." in page) == (True, False)
    assert 'href="?to=&amp;channel=sms&amp;after=2"' in page
    older = messages.get("/?channel=sms&after=2").text
    assert ("text 0." in older, "Older messages" in older) == (True, False)
