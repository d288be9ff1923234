from uuid import UUID

import pytest
from sqlalchemy import func, select

from mvne_platform import letters, party
from mvne_platform.kernel import uuid7
from mvne_platform.letters import LETTERS, Channel, Letter, LetterState, LetterTemplate
from mvne_platform.party import Customer, NewCustomer
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import JobRow
from tests.platform.letters.texts import ALL, MAIL_DA, MAIL_EN

VALUES = {"msisdn": "+4520000001", "plan": "Smart"}
OCCASION = UUID("01970000-0000-7000-8000-00000000000b")


def customer(ctx: Context, language: str = "da", phone: str | None = None) -> Customer:
    new = NewCustomer(
        given_name="Anna", family_name="Sørensen", email="anna@example.com", phone=phone, language=language
    )
    return party.create_customer(ctx, new)


def welcome(ctx: Context, anna: Customer, **more: str) -> list[Letter]:
    return letters.send(ctx, customer_id=anna.id, code="welcome", occasion_id=OCCASION, values=VALUES, **more)


def jobs(ctx: Context) -> list[tuple[str, str, dict[str, str]]]:
    return [(job.name, job.queue, job.arguments) for job in ctx.db.scalars(select(JobRow).order_by(JobRow.id))]


def test_every_channel_with_a_template_in_the_customers_language(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    mail, sms = welcome(ctx, customer(ctx, "en"), msisdn="+4520000001")
    assert (mail.channel, mail.recipient, mail.subject) == (Channel.EMAIL, "anna@example.com", "Welcome to Test Brand")
    assert mail.body == "Hello Anna,\nyour number is +4520000001 on Smart."
    assert (sms.channel, sms.recipient, sms.subject, sms.body) == (
        Channel.SMS, "+4520000001", None, "Welcome, Anna!",
    )  # fmt: skip
    assert (mail.state, mail.created_at, mail.sent_at) == (LetterState.QUEUED, ctx.now, None)
    assert jobs(ctx) == [
        ("letters.deliver", "letters", {"letter_id": str(mail.id)}),
        ("letters.deliver", "letters", {"letter_id": str(sms.id)}),
    ]


def test_the_same_occasion_is_written_to_once(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    anna = customer(ctx)
    first = [letter.id for letter in welcome(ctx, anna, msisdn="+4520000001")]
    promised = jobs(ctx)
    assert [letter.id for letter in welcome(ctx, anna, msisdn="+4520000001")] == first
    assert jobs(ctx) == promised
    assert ctx.db.scalar(select(func.count()).select_from(Letter)) == 2


def test_a_language_the_brand_lost_falls_back_to_its_first(ctx: Context) -> None:
    letters.set_templates(ctx, [MAIL_DA, MAIL_EN])
    anna = customer(ctx)
    anna.language = "sv"
    [mail] = welcome(ctx, anna)
    assert mail.subject == "Velkommen til Test Brand, Anna"


def test_a_customer_without_a_number_leaves_a_failed_sms_not_nothing(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    mail, sms = welcome(ctx, customer(ctx))
    assert (sms.state, sms.recipient, sms.error) == (
        LetterState.FAILED, "", "the customer has no number for an SMS",
    )  # fmt: skip
    assert [arguments for *_, arguments in jobs(ctx)] == [{"letter_id": str(mail.id)}]


def test_the_customers_own_phone_does_if_no_line_is_named(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    _, sms = welcome(ctx, customer(ctx, phone="+4530303030"))
    assert sms.recipient == "+4530303030"


def test_a_missing_template_is_refused_by_name(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    anna = customer(ctx)
    values = {"invoice_number": "T-1", "amount": "100,00 kr.", "due_on": "14. okt.", "period": "september"}
    with pytest.raises(letters.TemplateMissing, match="no template for the letter 'invoice' in 'da'") as refused:
        letters.send(ctx, customer_id=anna.id, code="invoice", occasion_id=OCCASION, values=values)
    assert refused.value.code == "TEMPLATE_MISSING"
    assert ctx.db.scalar(select(func.count()).select_from(Letter)) == 0


def test_an_optional_letter_without_a_template_is_the_brands_choice(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    values = {"order_number": "O000001"}
    anna = customer(ctx)
    assert LETTERS["identity_declined"].optional
    assert letters.send(ctx, customer_id=anna.id, code="identity_declined", occasion_id=OCCASION, values=values) == []
    assert ctx.db.scalar(select(func.count()).select_from(Letter)) == 0


@pytest.mark.parametrize("values", [{}, {"plan": "Smart"}, {**VALUES, "pin": "1234"}])
def test_values_that_are_not_the_kinds_are_a_mistake_of_ours(ctx: Context, values: dict[str, str]) -> None:
    letters.set_templates(ctx, ALL)
    with pytest.raises(ValueError, match="'welcome' has the values"):
        letters.send(ctx, customer_id=customer(ctx).id, code="welcome", occasion_id=OCCASION, values=values)
    assert jobs(ctx) == []


def test_letters_are_read_newest_first_with_permission(ctx: Context) -> None:
    letters.set_templates(ctx, [MAIL_DA, MAIL_EN])
    anna = customer(ctx)
    written = [
        letters.send(ctx, customer_id=anna.id, code="welcome", occasion_id=uuid7(), values=VALUES)[0].id
        for _ in range(3)
    ]
    assert [letter.id for letter in letters.letters_of(ctx, anna.id, 2)] == written[:0:-1]
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    with pytest.raises(PermissionMissing, match=r"letter\.read"):
        letters.letters_of(ctx, anna.id)


def test_an_unknown_customer_gets_nothing(ctx: Context) -> None:
    letters.set_templates(ctx, ALL)
    with pytest.raises(party.UnknownCustomer):
        letters.send(ctx, customer_id=uuid7(), code="welcome", occasion_id=OCCASION, values=VALUES)
    assert ctx.db.scalar(select(func.count()).select_from(LetterTemplate)) == 4
