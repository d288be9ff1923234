"""What the handbook says by table about the code is what the code says."""

from pathlib import Path

import pytest

from mvne_platform.access.roles import ROLES, SCOPES
from mvne_platform.migrations import all_models
from mvne_platform.reactions import REACTIONS
from tools.handbook import PARTS
from tools.handbook.__main__ import main
from tools.handbook.facts import all_facts
from tools.handbook.pages import DOCS, ROOT, UnknownPart, behind, filled, names_of_parts, pages
from tools.handbook.permissions import MEANING, every

PAGE = "Before.\n\n<!-- made: sum -->\n\n1 + 1 = 3\n\n<!-- end -->\n\nAfter.\n"


def test_no_page_is_behind_the_code() -> None:
    found = [str(page.relative_to(ROOT)) for page in behind(PARTS)]
    assert found == [], "behind the code; `python -m tools.handbook` writes them again"


def test_every_part_stands_on_one_page() -> None:
    used = [name for page in pages() for name in names_of_parts(page.read_text(encoding="utf-8"))]
    assert sorted(used) == sorted(PARTS)


def test_only_the_part_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    wanted = "Before.\n\n<!-- made: sum -->\n\n1 + 1 = 2\n\n<!-- end -->\n\nAfter.\n"
    assert behind({"sum": lambda: "1 + 1 = 2\n"}, tmp_path) == {page: wanted}
    page.write_text(wanted)
    assert behind({"sum": lambda: "1 + 1 = 2\n"}, tmp_path) == {}


def test_a_part_that_nothing_makes_is_refused() -> None:
    with pytest.raises(UnknownPart, match="Nothing makes the part 'sum'; there are: other"):
        filled(PAGE, {"other": str})


def test_a_wrong_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"python -m tools.handbook \[--check\]"):
        main(["--chekc"])
    assert capsys.readouterr().out == ""


def test_every_table_is_listed() -> None:
    page = (DOCS / "reference/database.md").read_text(encoding="utf-8")
    tables = {model.__tablename__ for history in ("brand", "platform") for model in all_models.models(history)}
    assert sorted(table for table in tables if f"| `{table}` |" not in page) == []
    assert len(tables) > 50  # the models were really there


def test_every_fact_is_told_with_who_emits_it() -> None:
    page = (DOCS / "reference/facts.md").read_text(encoding="utf-8")
    assert [kind.__name__ for kind in all_facts() if f"### {kind.__name__}\n" not in page] == []
    assert "emitted by: \n" not in page
    assert set(REACTIONS) <= set(all_facts())


def test_every_permission_has_a_meaning_and_no_meaning_lacks_a_permission() -> None:
    assert sorted(MEANING) == every()


def test_every_role_and_scope_is_named() -> None:
    page = (DOCS / "reference/permissions.md").read_text(encoding="utf-8")
    assert [name for name in (*ROLES, *SCOPES) if f"`{name}`" not in page] == []
