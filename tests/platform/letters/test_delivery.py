"""Letters through the real carriers' counterparts: a mail server and an SMS gateway."""

import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from mvne_platform import letters, party
from mvne_platform.kernel import uuid7
from mvne_platform.letters import Letter, LetterState, jobs
from mvne_platform.letters.adapters import CARRIERS, Carrier, Delivery, Message, smtp
from mvne_platform.party import NewCustomer
from mvne_platform.runtime import Context, OutsideUnavailable
from mvne_platform.runtime.settings import Address, Settings, settings
from mvne_simulators.messages import create_app
from tests.platform.letters.texts import ALL
from tests.platform.outside_world import TOKEN, closed_address, reaching, serving, step

VALUES = {"msisdn": "+4520000001", "plan": "Smart"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ctx: Context) -> Iterator[httpx2.Client]:
    """Where letters end: the mail server and the gateway from their operator's side."""
    listener = socket.create_server(("127.0.0.1", 0))
    with serving(create_app(tmp_path / "messages.sqlite", TOKEN, listener)) as url:
        mail_server(monkeypatch, f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with reaching(monkeypatch, sms=url), httpx2.Client(base_url=url, headers=headers) as client:
            yield client


def mail_server(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    known: Settings = settings()
    monkeypatch.setitem(known.outside, "smtp", Address(url))


def messages(world: httpx2.Client, to: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = world.get("/v1/messages", params={"to": to}).json()["messages"]
    return found


def written(ctx: Context, email: str = "anna@example.com", msisdn: str = "+4520000001") -> tuple[Letter, Letter]:
    letters.set_templates(ctx, ALL)
    anna = party.create_customer(ctx, NewCustomer(given_name="Anna", family_name="Sørensen", email=email))
    mail, sms = letters.send(
        ctx, customer_id=anna.id, code="welcome", occasion_id=uuid7(), values=VALUES, msisdn=msisdn
    )
    return mail, sms


def deliver(ctx: Context, letter: Letter) -> None:
    assert step(ctx, jobs.deliver, letter_id=str(letter.id)) is None


def test_a_mail_arrives_as_html_with_its_words_beside_it(ctx: Context, world: httpx2.Client) -> None:
    mail, _ = written(ctx)
    deliver(ctx, mail)
    assert (mail.state, mail.sent_at, mail.error) == (LetterState.SENT, ctx.now, None)
    [arrived] = messages(world, "anna@example.com")
    assert arrived["subject"] == "Velkommen til Test Brand, Anna"
    assert arrived["html"] == "<p>Hej Anna!</p><p>Dit nummer er <b>+4520000001</b> på Smart.</p>\n"
    assert arrived["text"] == "Hej Anna!\nDit nummer er +4520000001 på Smart.\n"
    assert arrived["from"] == "post@testbrand.example"
    assert arrived["message_id"] == f"<{mail.id}@testbrand.example>"
    assert jobs.deliver.prepare(ctx, str(mail.id)) is None


def test_an_sms_arrives_once_however_often_it_is_handed_over(ctx: Context, world: httpx2.Client) -> None:
    _, sms = written(ctx)
    prepared = jobs.deliver.prepare(ctx, str(sms.id))
    assert [jobs.deliver.perform(prepared) for _ in range(2)] == [Delivery(), Delivery()]
    deliver(ctx, sms)
    assert sms.state is LetterState.SENT
    [arrived] = messages(world, "+4520000001")
    assert (arrived["from"], arrived["text"], arrived["state"]) == ("TestBrand", "Velkommen, Anna!", "delivered")


@pytest.mark.parametrize(("email", "error"), [("unknown@example.com", "550 5.1.1 No such mailbox")])
def test_a_mailbox_that_is_not_there_fails_the_letter(
    ctx: Context, world: httpx2.Client, email: str, error: str
) -> None:
    mail, _ = written(ctx, email)
    deliver(ctx, mail)
    assert (mail.state, mail.error, mail.sent_at) == (LetterState.FAILED, error, None)
    assert messages(world, email) == []


@pytest.mark.parametrize(
    ("msisdn", "error"),
    [("+4520099901", "unknown_recipient: Nobody has the number +4520099901."), ("+4520099904", "undelivered")],
)
def test_a_number_that_cannot_be_reached_fails_the_letter(
    ctx: Context, world: httpx2.Client, msisdn: str, error: str
) -> None:
    _, sms = written(ctx, msisdn=msisdn)
    deliver(ctx, sms)
    assert (sms.state, sms.error) == (LetterState.FAILED, error)


def test_a_busy_mailbox_and_a_gateway_out_of_order_are_tried_again(ctx: Context, world: httpx2.Client) -> None:
    mail, sms = written(ctx, "later@example.com", "+4520099903")
    for letter, reason in ((mail, "450 4.2.1"), (sms, "503")):
        for _ in range(2):
            with pytest.raises(OutsideUnavailable, match=reason):
                deliver(ctx, letter)
            assert letter.state is LetterState.QUEUED
        deliver(ctx, letter)
        assert letter.state is LetterState.SENT


def test_a_lost_answer_of_the_gateway_sends_no_second_message(ctx: Context, world: httpx2.Client) -> None:
    _, sms = written(ctx, msisdn="+4520099905")
    with pytest.raises(OutsideUnavailable, match="sms did not answer"):
        deliver(ctx, sms)
    deliver(ctx, sms)
    assert sms.state is LetterState.SENT
    assert len(messages(world, "+4520099905")) == 1


def test_whoever_is_silent_for_too_long_fails_the_letter(
    ctx: Context, world: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, sms = written(ctx)
    nobody = closed_address()
    mail_server(monkeypatch, nobody.replace("http", "smtp"))
    with pytest.raises(OutsideUnavailable, match="The mail server did not answer: ConnectionRefusedError"):
        deliver(ctx, mail)
    with reaching(monkeypatch, sms=nobody), pytest.raises(OutsideUnavailable, match="sms did not answer"):
        deliver(ctx, sms)
    prepared = jobs.deliver.prepare(ctx, str(mail.id))
    jobs.deliver.give_up(ctx, prepared, OutsideUnavailable("The mail server did not answer: TimeoutError"))
    assert (mail.state, mail.error) == (LetterState.FAILED, "The mail server did not answer: TimeoutError")
    jobs.deliver.record(ctx, prepared, Delivery())
    assert mail.state is LetterState.FAILED


def test_without_an_address_the_mail_waits(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    mail, _ = written(ctx)
    monkeypatch.delitem(settings().outside, "smtp", raising=False)
    with pytest.raises(OutsideUnavailable, match="MVNE_SMTP_URL is not set"):
        deliver(ctx, mail)


@pytest.mark.parametrize("carrier", list(CARRIERS.values()), ids=[f"{c}-{n}" for c, n in CARRIERS])
def test_every_carrier_takes_the_same_message_in_the_same_way(world: httpx2.Client, carrier: Carrier) -> None:
    """The contract of the port."""
    recipient = "anna@example.com" if carrier is smtp.send else "+4520000001"
    sender = "post@testbrand.example" if carrier is smtp.send else "TestBrand"
    message = Message(
        letter_id=UUID(int=5), sender=sender, sender_name="Prøve, A/S", recipient=recipient, subject="Hej ",
        body="Blåbærgrød",
    )  # fmt: skip
    assert carrier(message) == Delivery()
    assert carrier(message) == Delivery()
    arrived = messages(world, recipient)
    assert {str(one["text"]).strip() for one in arrived} == {"Blåbærgrød"}
    assert len({one["message_id"] for one in arrived}) == 1
    for secret in (recipient, "Blåbærgrød", "Hej"):
        assert secret not in repr(message)


def test_a_sender_with_a_comma_is_one_sender() -> None:
    message = Message(
        letter_id=UUID(int=5), sender="post@b.example", sender_name='Prøve, "A"', recipient="a@b.example",
        subject="Hej", body="x",
    )  # fmt: skip
    mail = smtp.compose(message)
    assert [(one.display_name, one.addr_spec) for one in mail["From"].addresses] == [('Prøve, "A"', "post@b.example")]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == "x\n"


def test_plain_text_has_the_words_and_neither_head_nor_script() -> None:
    head = "<head><title>T</title><style>b{}</style></head>"
    html = f"<html>{head}<body><h1>Hi &amp; hej</h1>a<br>b<script>x</script></body></html>"
    assert smtp.plain_text(html) == "Hi & hej\na\nb\n"
