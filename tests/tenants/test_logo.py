"""Logos that do nothing but look."""

import pytest

from mvne_tenants.manifest.logo import MAX_LOGO_BYTES, logo_faults


def svg(inside: str, attributes: str = 'viewBox="0 0 9 9"') -> str:
    """A drawing of which `inside` begins on line 2."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {spaces} {attributes}>\n{inside}\n</svg>\n"


def test_a_drawing_is_a_logo() -> None:
    drawing = svg(
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>\n'
        '<g fill="url(#g)" style="stroke: #000"><path d="M0 0h9v9z"/><text x="1">Mini</text></g>'
    )
    assert logo_faults("logo.svg", drawing) == []


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<script>alert(1)</script>", "LOGO_ELEMENT"),
        ('<path d="M0 0" onclick="alert(1)"/>', "LOGO_SCRIPT"),
        ('<path d="M0 0" ONLOAD="alert(1)"/>', "LOGO_SCRIPT"),
        ('<image href="https://elsewhere.example/a.png"/>', "LOGO_ELEMENT"),
        ("<foreignObject><p>text</p></foreignObject>", "LOGO_ELEMENT"),
        ("<style>@import 'a.css'</style>", "LOGO_ELEMENT"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "LOGO_ELEMENT"),
        ('<use href="#a"/>', "LOGO_ELEMENT"),
        ('<linearGradient xlink:href="https://elsewhere.example/g"/>', "LOGO_EXTERNAL"),
        ('<path fill="url(https://elsewhere.example/a)"/>', "LOGO_EXTERNAL"),
        ('<path style="fill: u\\72l(//elsewhere.example/a)"/>', "LOGO_EXTERNAL"),
        ('<path fill="url( \'#a\' )" mask="url(other.svg#a)"/>', "LOGO_EXTERNAL"),
        ('<p xmlns="http://www.w3.org/1999/xhtml">text</p>', "LOGO_ELEMENT"),
        ("<?xml-stylesheet href='a.css'?>", "LOGO_INSTRUCTION"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>', "LOGO_DOCTYPE"),
    ],
)
def test_what_could_act_or_fetch_is_refused_by_line(inside: str, code: str) -> None:
    assert (2, code) in [(fault.line, fault.code) for fault in logo_faults("logo.svg", svg(inside))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html/>", "LOGO_NOT_SVG"),
        ("<svg/>", "LOGO_NOT_SVG"),
        (svg("", attributes=""), "LOGO_NO_VIEW_BOX"),
        (svg("<path"), "LOGO_SYNTAX"),
        ("", "LOGO_SYNTAX"),
        (svg("x" * MAX_LOGO_BYTES), "LOGO_TOO_LARGE"),
        (svg("<g/>" * 400), "LOGO_TOO_LARGE"),
    ],
)
def test_what_is_no_logo_is_refused(text: str, code: str) -> None:
    assert code in [fault.code for fault in logo_faults("logo.svg", text)]
