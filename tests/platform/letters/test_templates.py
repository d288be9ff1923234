from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from mvne_platform import letters
from mvne_platform.catalogue import PaymentMode
from mvne_platform.letters import LETTERS, Channel, LetterTemplate, TemplateChanges, TemplateDraft, TemplateFault
from mvne_platform.letters.rules import Text, faults, write
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.letters.texts import ALL, MAIL_DA, MAIL_EN, SMS_DA, SMS_EN

LANGUAGES = ("da", "en")
VALUES = {"brand": "Fjord", "given_name": "Anna", "family_name": "Sørensen", "msisdn": "+4520000001", "plan": "Smart"}


def test_a_complete_set_has_no_fault() -> None:
    assert faults(ALL, languages=LANGUAGES) == []
    assert faults([MAIL_DA, MAIL_EN], languages=LANGUAGES) == []


@pytest.mark.parametrize(
    ("change", "part", "message"),
    [
        ({"code": "goodbye"}, "code",
         f"the platform sends no letter 'goodbye'; it sends {', '.join(LETTERS)}"),
        ({"language": "de"}, "language", "'de' is none of da, en"),
        ({"subject": None}, "subject", "an e-mail needs a subject of one line, at most 200 characters"),
        ({"subject": "a\nBcc: x"}, "subject", "an e-mail needs a subject of one line, at most 200 characters"),
        ({"subject": "{{ pin }}"}, "subject",
         "unknown value pin; this letter has brand, family_name, given_name, msisdn, plan"),
        ({"body": "  "}, "body", "a text of 1 to 50000 characters is needed"),
        ({"body": "x" * 50_001}, "body", "a text of 1 to 50000 characters is needed"),
        ({"body": "{% for x in plan %}{% endfor %}"}, "body", "line 1: a letter may not use loops"),
        ({"channel": Channel.SMS}, "subject", "an SMS has no subject"),
    ],
)  # fmt: skip
def test_the_wrong_part_of_a_template_is_named(change: dict[str, Any], part: str, message: str) -> None:
    assert TemplateFault(0, part, message) in faults([replace(MAIL_DA, **change), *ALL], languages=LANGUAGES)


def test_the_same_text_twice_is_a_fault() -> None:
    assert faults([*ALL, MAIL_DA], languages=LANGUAGES) == [
        TemplateFault(4, "code", "the letter 'welcome' has this text twice")
    ]


def test_missing_letters_are_named_never_skipped() -> None:
    assert faults([], languages=LANGUAGES) == [TemplateFault(None, "code", "the letter 'welcome' has no template")]
    assert faults([MAIL_DA, MAIL_EN, SMS_DA], languages=LANGUAGES) == [
        TemplateFault(None, "language", "the letter 'welcome' by sms lacks the language 'en'")
    ]
    assert faults(ALL, languages=(*LANGUAGES, "sv")) == [
        TemplateFault(None, "language", "the letter 'welcome' by email lacks the language 'sv'"),
        TemplateFault(None, "language", "the letter 'welcome' by sms lacks the language 'sv'"),
    ]


@pytest.mark.parametrize(
    ("mode", "codes"),
    [
        (PaymentMode.POSTPAID, ["invoice"]),
        (PaymentMode.HYBRID, ["invoice", "top_up_received"]),
        (PaymentMode.PREPAID, ["renewal_failed", "plan_lapsed", "top_up_received"]),
    ],
)
def test_what_is_needed_follows_from_how_the_brand_is_paid(mode: PaymentMode, codes: list[str]) -> None:
    assert faults(ALL, languages=LANGUAGES, payment_modes=[mode]) == [
        TemplateFault(None, "code", f"the letter '{code}' has no template") for code in codes
    ]


def test_every_letter_can_be_written_with_its_values() -> None:
    for code, kind in LETTERS.items():
        body = " ".join(f"{{{{ {name} }}}}" for name in sorted(kind.variables))
        draft = TemplateDraft(code=code, language="da", channel=Channel.SMS, body=body)
        values = {name: name.upper() for name in kind.variables}
        assert write(draft, values).body == " ".join(sorted(values.values()))


def test_a_letter_is_written() -> None:
    assert write(MAIL_DA, {**VALUES, "plan": "S&M"}) == Text(
        "Velkommen til Fjord, Anna",
        "<p>Hej Anna!</p><p>Dit nummer er <b>+4520000001</b> på S&amp;M.</p>",
    )
    assert write(SMS_DA, VALUES) == Text(None, "Velkommen, Anna!")
    assert write(replace(MAIL_EN, subject="Hi {{ given_name }}"), {**VALUES, "given_name": "A\r\nBcc: b"}) == Text(
        "Hi A Bcc: b", "Hello A\r\nBcc: b,\nyour number is +4520000001 on Smart."
    )


def test_an_sms_that_becomes_too_long_is_refused() -> None:
    with pytest.raises(letters.LetterTooLong, match="670 characters"):
        write(SMS_EN, {**VALUES, "given_name": "x" * 700})


def stored(ctx: Context) -> list[tuple[str, str, str, str | None]]:
    rows = ctx.db.scalars(select(LetterTemplate).order_by(LetterTemplate.channel, LetterTemplate.language))
    return [(one.code, one.language, one.channel.value, one.subject) for one in rows]


def test_setting_the_templates_is_setting_all_of_them(ctx: Context) -> None:
    assert letters.set_templates(ctx, ALL) == TemplateChanges(created=4)
    assert letters.set_templates(ctx, ALL) == TemplateChanges(unchanged=4)
    changed = replace(MAIL_EN, subject="Hello from {{ brand }}")
    assert letters.set_templates(ctx, [MAIL_DA, changed]) == TemplateChanges(changed=1, unchanged=1, removed=2)
    assert stored(ctx) == [
        ("welcome", "da", "email", "Velkommen til {{ brand }}, {{ given_name }}"),
        ("welcome", "en", "email", "Hello from {{ brand }}"),
    ]


@pytest.mark.parametrize(
    ("drafts", "field", "message"),
    [
        ([MAIL_DA], ("templates", "language"), "the letter 'welcome' by email lacks the language 'en'"),
        ([], ("templates", "code"), "the letter 'welcome' has no template"),
        ([MAIL_DA, replace(MAIL_EN, body="{{ x }}")], ("templates", "1", "body"), "unknown value x"),
    ],
)
def test_a_wrong_set_changes_nothing(
    ctx: Context, drafts: list[TemplateDraft], field: tuple[str, ...], message: str
) -> None:
    letters.set_templates(ctx, ALL)
    before = stored(ctx)
    with pytest.raises(letters.TemplateRefused, match=message) as refused:
        letters.set_templates(ctx, drafts)
    assert (refused.value.code, refused.value.field) == ("TEMPLATE_REFUSED", field)
    assert stored(ctx) == before


def test_setting_templates_needs_the_permission(ctx: Context) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"letter.read"}))
    with pytest.raises(PermissionMissing, match=r"brand\.apply"):
        letters.set_templates(ctx, ALL)
    assert stored(ctx) == []
