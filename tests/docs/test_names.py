"""Names that the handbook quotes are there in the code, and pages that the code names are there in the handbook."""

import re

import pytest

from tests.docs.quoted import HOUSES, ROOT, is_there, quoted
from tools.handbook.pages import DOCS, pages


@pytest.mark.parametrize(
    "name",
    [
        "balances.top_up",
        "mvne_platform.rating.ScalarRater",
        "tests/golden/billing/",
        "platform/mvne_platform/<domain>/rules.py",
        "reactions/top_up_renews_plan.py",
        "bucket.amount",
        "platform.timer",
        "order.place",
        "provisioning.send_request",
        "ctx.later(job, …)",
        "MONTH_OUT_OF_ORDER",
        "UsageChunkRated",
        "placeOrder",
        "letters/welcome.en.email.j2",
        "make run",
    ],
)
def test_what_is_there_is_found(name: str) -> None:
    assert is_there(name)


@pytest.mark.parametrize(
    "name",
    [
        "balances.topp_up",
        "mvne_platform.rating.VectorRater",
        "tests/golden/bills/",
        "reactions/top_up_renews_the_plan.py",
        "platform.timers",
        "ctx.soon(job)",
        "MONTH_OUT_OF_ODER",
        "UsageChunkRatedd",
        "plaaceOrder",
    ],
)
def test_what_is_not_there_is_found_out(name: str) -> None:
    assert not is_there(name)


def test_fenced_examples_are_not_names() -> None:
    text = "Use `balances.top_up`:\n\n```python\nacme.send(`x`)\n```\n\nand `bucket.amount`."
    assert list(quoted(text)) == ["balances.top_up", "bucket.amount"]


def test_every_name_a_page_quotes_is_there() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: `{name}`"
        for page in pages()
        for name in quoted(page.read_text(encoding="utf-8"))
        if not is_there(name)
    ]
    assert missing == []


def test_every_page_the_code_names_is_there() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), found)
        for house in HOUSES[:-1]
        if house != "tests"
        for path in (ROOT / house).rglob("*.py")
        for found in re.findall(r"docs/([\w/-]+\.md)", path.read_text(encoding="utf-8"))
    }
    assert sorted(f"{path}: {found}" for path, found in named if not (DOCS / found).is_file()) == []
