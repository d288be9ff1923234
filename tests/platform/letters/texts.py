"""Templates of a small brand."""

from mvne_platform.letters import Channel, TemplateDraft

MAIL_DA = TemplateDraft(
    code="welcome", language="da", channel=Channel.EMAIL, subject="Velkommen til {{ brand }}, {{ given_name }}",
    body="<p>Hej {{ given_name }}!</p><p>Dit nummer er <b>{{ msisdn }}</b> på {{ plan }}.</p>",
)  # fmt: skip
MAIL_EN = TemplateDraft(
    code="welcome", language="en", channel=Channel.EMAIL, subject="Welcome to {{ brand }}",
    body="Hello {{ given_name }},\nyour number is {{ msisdn }} on {{ plan }}.\n",
)  # fmt: skip
SMS_DA = TemplateDraft(code="welcome", language="da", channel=Channel.SMS, body="Velkommen, {{ given_name }}! ")
SMS_EN = TemplateDraft(code="welcome", language="en", channel=Channel.SMS, body="Welcome, {{ given_name }}!")
ALL = [MAIL_DA, MAIL_EN, SMS_DA, SMS_EN]
