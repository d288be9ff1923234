"""A brand's template is text with values. Whatever else it tries is refused when it is set, and again when rendered."""

import jinja2
import pytest
from jinja2.exceptions import SecurityError

from mvne_platform.letters import LetterTooLong
from mvne_platform.letters.sandbox import faults_of, is_html, render

VARIABLES = frozenset({"given_name", "plan"})
VALUES = {"given_name": "Anna", "plan": "Smart & <b>bold</b>"}


def fault(source: str) -> str:
    found = list(faults_of(source, VARIABLES))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hi {{ given_name }}!", "Hi Anna!"),
        ("{{ given_name|upper }}{# aside #}", "ANNA"),
        ("{% if plan == 'x' %}a{% elif given_name %}b{% else %}c{% endif %}", "b"),
        ("{{ 'a' if given_name != 'Bo' and not plan == '' else 'b' }}", "a"),
        ("{{ given_name ~ ', ' ~ given_name|lower|trim }}", "Anna, anna"),
        ("{% if plan is defined %}{{ plan }}{% endif %}", "Smart & <b>bold</b>"),
        ("{{ given_name|default('you') }}", "Anna"),
        ("{% raw %}{{ }}{% endraw %}", "{{ }}"),
        ("", ""),
    ],
)
def test_text_with_values_and_conditions_is_what_a_letter_needs(source: str, text: str) -> None:
    assert list(faults_of(source, VARIABLES)) == []
    assert render(source, VALUES, at_most=100) == text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\n{{ given_name", "line 2: unexpected end of template, expected 'end of print statement'."),
        ("{% for x in given_name %}{{ x }}{% endfor %}", "line 1: a letter may not use loops"),
        ("{% set a = 'x' %}{{ a ~ a }}", "line 1: a letter may not use `set`"),
        ("{% set a %}x{% endset %}", "line 1: a letter may not use `set`"),
        ("{{ 'x' * 1000000000 }}", "line 1: a letter may not use arithmetic"),
        ("{{ 10 ** 10 ** 10 }}", "line 1: a letter may not use arithmetic"),
        ("{{ '%1000000000d' % 1 }}", "line 1: a letter may not use arithmetic"),
        ("{{ plan + plan }}", "line 1: a letter may not use Add"),
        ("{{ range(1000000000) }}", "line 1: a letter may not use calls"),
        ("{{ lipsum(1000) }}", "line 1: a letter may not use calls"),
        ("{{ plan.format(1) }}", "line 1: a letter may not use calls"),
        ("{{ plan.__class__.__mro__ }}", "line 1: a letter may not use parts of a value"),
        ("{{ plan['__class__'] }}", "line 1: a letter may not use parts of a value"),
        ("{% include 'secret' %}", "line 1: a letter may not use Include"),
        ("{% extends 'base' %}", "line 1: a letter may not use Extends"),
        ("{% import 'os' as os %}", "line 1: a letter may not use Import"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "line 1: a letter may not use Macro"),
        ("{% block b %}{% endblock %}", "line 1: a letter may not use Block"),
        ("{% filter upper %}x{% endfilter %}", "line 1: a letter may not use FilterBlock"),
        ("{{ [1, 2] }}", "line 1: a letter may not use List"),
        ("{{ {'a': 1} }}", "line 1: a letter may not use Dict"),
        ("{% if not not ((plan)) %}{{ " + "not " * 60 + "plan }}{% endif %}",
         "conditions or parentheses are nested too deeply"),
        ("{{ " + "(" * 5_000 + "plan" + ")" * 5_000 + " }}", "conditions or parentheses are nested too deeply"),
        ("{{ plan ~ password }}", "unknown value password; this letter has given_name, plan"),
        ("{{ self }}", "unknown value self; this letter has given_name, plan"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_by_what_it_is_made_of(source: str, message: str) -> None:
    assert fault(source) == message


@pytest.mark.parametrize("name", ["safe", "format", "replace", "center", "indent", "attr", "map", "nobody"])
def test_only_a_few_filters_are_there(name: str) -> None:
    assert fault("{{ plan|" + name + " }}").startswith(f"line 1: a letter may not use the filter '{name}'; there are")
    with pytest.raises(jinja2.TemplateAssertionError):
        render("{{ plan|" + name + " }}", VALUES, at_most=100)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(3) }}",
        "{{ plan.__class__ }}",
        "{{ plan.format.__globals__ }}",
        "{{ password }}",
        "{% for x in range(10) %}{% endfor %}",
    ],
)
def test_the_sandbox_refuses_again_what_was_never_checked(source: str) -> None:
    with pytest.raises((SecurityError, jinja2.UndefinedError)):
        render(source, VALUES, at_most=100)


def test_a_letter_cannot_outgrow_its_channel() -> None:
    assert render("{{ plan }}", {"plan": "x" * 100}, at_most=100) == "x" * 100
    with pytest.raises(LetterTooLong, match="longer than 100 characters"):
        render("{{ plan }}{{ plan }}", {"plan": "x" * 51}, at_most=100)


def test_values_are_escaped_in_html_and_left_alone_in_text() -> None:
    assert render("<p>{{ plan }}</p>", VALUES, at_most=100, html=True) == ("<p>Smart &amp; &lt;b&gt;bold&lt;/b&gt;</p>")
    assert render("<p>{{ '<i>' ~ plan|upper }}</p>", {"plan": "<x>"}, at_most=100, html=True) == (
        "<p>&lt;i&gt;&lt;X&gt;</p>"
    )
    assert render("{{ plan }}", VALUES, at_most=100) == "Smart & <b>bold</b>"


@pytest.mark.parametrize(
    ("source", "kind"),
    [("<p>Hi</p>", "html"), ("Hi<br>you", "html"), ("1 < 2 > 0 </", "text"), ("Hi {{ plan }}", "text")],
)
def test_markup_makes_a_text_html(source: str, kind: str) -> None:
    assert is_html(source) is (kind == "html")
