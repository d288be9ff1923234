"""Every house rule finds a planted violation, at its file and line, and leaves innocent code alone."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table

from mvne_platform.runtime import BrandBase
from tools.checks import CHECKS, Tree, migrations
from tools.checks import __main__ as command

DOMAIN = "platform/mvne_platform/billing/"
LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 39
DEEP_FUNCTION = """\
def f(a):
    for b in a:
        if b:
            with b:
                while b:
                    b()
"""
# (check, file, text, line, a part of the message)
PLANTED = [
    (
        "brands",
        DOMAIN + "rules.py",
        "def f(tenant):\n    if tenant == 'fjord':\n        return 1\n",
        2,
        "by the brand's name",
    ),
    ("brands", DOMAIN + "rules.py", "def f(ctx):\n    return ctx.brand.slug in ('a', 'b')\n", 2, "by the brand's name"),
    (
        "brands",
        DOMAIN + "rules.py",
        "def f(b):\n    match b.slug:\n        case _:\n            return 1\n",
        2,
        "by the brand",
    ),
    ("brands", DOMAIN + "rules.py", "\nX = {'fjord': 1}\n", 2, "names the brand 'fjord'"),
    ("clock", DOMAIN + "rules.py", "from datetime import datetime\nx = datetime.now()\n", 2, "datetime.datetime.now"),
    ("clock", DOMAIN + "rules.py", "import datetime as d\nx = d.datetime.utcnow()\n", 2, "datetime.datetime.utcnow"),
    (
        "clock",
        DOMAIN + "rules.py",
        "from datetime import date\nx = dict(default=date.today)\n",
        2,
        "datetime.date.today",
    ),
    ("clock", "workers/mvne_workers/relay.py", "import time\nx = time.time()\n", 2, "time.time"),
    ("clock", DOMAIN + "queries.py", "from sqlalchemy import func\nx = func.now()\n", 2, "func.now"),
    ("clock", DOMAIN + "queries.py", "import sqlalchemy as sa\nx = sa.func.current_date()\n", 2, "func.current_date"),
    ("clock", DOMAIN + "queries.py", "X = '''select a\nfrom b where c < now()'''\n", 2, "SQL now()"),
    ("clock", DOMAIN + "queries.py", "def f(a):\n    return f'{a} > CURRENT_TIMESTAMP'\n", 2, "SQL CURRENT_TIMESTAMP"),
    ("clock", DOMAIN + "queries.py", "x = 'clock_timestamp()'\n", 1, "SQL clock_timestamp()"),
    ("enums", DOMAIN + "models.py", "from sqlalchemy import Enum\nx = Enum('a', 'b')\n", 2, "a native enum"),
    ("enums", DOMAIN + "models.py", "import sqlalchemy as sa\nx = sa.Enum(native_enum=True)\n", 2, "a native enum"),
    (
        "enums",
        DOMAIN + "models.py",
        "from sqlalchemy.dialects.postgresql import ENUM\nx = ENUM('a', native_enum=False)\n",
        2,
        "a native enum",
    ),
    ("enums", DOMAIN + "models.py", "\nx = \"create type mood as enum ('sad')\"\n", 2, "CREATE TYPE"),
    ("front_doors", DOMAIN + "commands.py", "from mvne_platform.party import models\n", 1, "reaches into party"),
    (
        "front_doors",
        DOMAIN + "commands.py",
        "from mvne_platform.party.models import Customer\n",
        1,
        "reaches into party",
    ),
    ("front_doors", DOMAIN + "commands.py", "import mvne_platform.party.models\n", 1, "reaches into party"),
    (
        "front_doors",
        DOMAIN + "commands.py",
        "def f():\n    from mvne_platform.party.models import A\n",
        2,
        "into party",
    ),
    ("front_doors", "graphql/mvne_graphql/a.py", "from mvne_platform.party import models\n", 1, "reaches into party"),
    ("front_doors", DOMAIN + "commands.py", "from mvne_platform.party import jobs\n", 1, "reaches into party"),
    ("machines", "docs/start.md", "# Start\n\nOpen /" + "home/anna/mvne.\n", 3, "/" + "home/a"),
    (
        "machines",
        "infra/image",
        "RUN pip install --index" + "-url https://a.example/simple mvne\n",
        1,
        "--index" + "-url",
    ),
    ("machines", "package-lock.json", '{\n"resolved": "https://registry' + '.npmjs.org/a"\n}\n', 2, "registry"),
    ("names", "workers/mvne_workers/utils.py", "", 1, "'utils'"),
    ("names", "platform/mvne_platform/common/rules.py", "", 1, "'common'"),
    ("names", DOMAIN + "date_helpers.py", "", 1, "'date_helpers'"),
    ("names", DOMAIN + "runs.py", "\n\nclass BillRunManager:\n    pass\n", 3, "'BillRunManager'"),
    ("packages", "tests/platform/billing/test_rules.py", "", 1, "missing"),
    ("select_star", DOMAIN + "queries.py", "\nx = 'select * from invoice'\n", 2, "name the columns"),
    ("select_star", DOMAIN + "queries.py", "def f(t):\n    return f'SELECT t.* FROM {t} t'\n", 2, "name the columns"),
    ("select_star", DOMAIN + "queries.py", "x = 'insert into a values (1) returning *'\n", 1, "name the columns"),
    (
        "select_star",
        "platform/mvne_platform/reports.sql",
        "-- all\nSELECT DISTINCT *\nFROM a;\n",
        2,
        "name the columns",
    ),
    ("shadowing", "platform/__init__.py", "", 1, "shadows the module `platform`"),
    ("shadowing", "graphql/__init__.py", "", 1, "shadows the module `graphql`"),
    ("sizes", DOMAIN + "rules.py", "x = 1\n" * 301, 1, "301 lines, at most 300"),
    ("sizes", DOMAIN + "errors.py", "x = 1\n" * 151, 1, "151 lines, at most 150"),
    ("sizes", DOMAIN + "__init__.py", "x = 1\n" * 61, 1, "61 lines, at most 60"),
    ("sizes", "tests/test_a.py", "x = 1\n" * 601, 1, "601 lines, at most 600"),
    ("sizes", DOMAIN + "rules.py", "\n" + LONG_FUNCTION, 2, "f has 40 lines, at most 39"),
    ("sizes", DOMAIN + "rules.py", DEEP_FUNCTION, 5, "f nests deeper than 3"),
    ("suppressions", DOMAIN + "rules.py", "import os  # noqa: F401\n", 1, "gives no reason"),
    ("suppressions", DOMAIN + "rules.py", "x: int = 'a'  # type: ignore[assignment]\n", 1, "gives no reason"),
    ("transactions", DOMAIN + "commands.py", "def f(ctx):\n    ctx.db.commit()\n", 2, "ctx.db.commit()"),
    ("transactions", "graphql/mvne_graphql/a.py", "def f(g):\n    g().rollback()\n", 2, "….rollback()"),
    ("transactions", DOMAIN + "commands.py", "def f(ctx):\n    ctx.db.execute('Commit;')\n", 2, "SQL Commit;"),
]
INNOCENT = {
    DOMAIN + "__init__.py": "from mvne_platform.billing.rules import total\n\n__all__ = [\n"
    + "    'total',\n" * 60
    + "]\n",
    DOMAIN + "rules.py": """\
'''Never asks now(), never select *, never fjord.'''
from datetime import datetime


def total(now: datetime, brand: str, slug: str) -> bool:
    '''Whether `now` is today, that is now().'''
    import os  # noqa: F401, PLC0415  # heavy, and rarely wanted
    x: int = 'a'  # type: ignore[assignment]  # the stub is wrong
    if now:
        pass
    elif brand:
        pass
    elif slug == brand:
        pass
    elif brand == '':
        for a in b:
            if a:
                pass
    return now == brand.now()
""",
    DOMAIN + "models.py": """\
from enum import Enum as E
from sqlalchemy import Enum
x = Enum(native_enum=False)
y = E('a', 'b')
""",
    DOMAIN + "queries.py": """\
x = 'select count(*) as knowing, current_date_of from a where renow() < :now; select * from unnest(:b)'
y = 'a * b'
""",
    DOMAIN + "commands.py": """\
from mvne_platform import party
from mvne_platform.kernel.money import Money
from mvne_platform.party import Customer


def f(ctx):
    with ctx.db.begin_nested() as attempt:
        attempt.rollback()
    other = ctx.db.begin_nested()
    other.commit()
    return 'committed'
""",
    "platform/mvne_platform/party/__init__.py": "",
    "platform/mvne_platform/party/models.py": "class Customer: ...\n",
    "platform/mvne_platform/party/jobs.py": "",
    "platform/mvne_platform/kernel/money.py": "class Money: ...\n",
    "platform/mvne_platform/runtime/clock.py": "from datetime import datetime\n\nx = datetime.now()\n",
    "platform/mvne_platform/runtime/work.py": "def f(db):\n    db.commit()\n",
    "platform/mvne_platform/migrations/brand/versions/0001.py": "x = 'create table a (b date default now())'\n" * 400,
    "workers/mvne_workers/relay.py": """\
from time import monotonic
from mvne_platform.party import jobs


def f(connection):
    connection.execute('select clock_timestamp()')
    connection.commit()
""",
    "workers/mvne_workers/commons.py": "class Management: ...\n",
    "tests/__init__.py": "",
    "tests/test_a.py": "def test_a():\n" + "    assert 1\n" * 100,
    "tenants/brands/fjord/brand.toml": "slug = 'fjord'\n",
    "docs/start.md": "A home with mode 0700; ${HOME}/root/ is no path; see https://example.org/home.\n",
    "var/log.txt": "/" + "root/secret\n",
}


def plant(root: Path, files: Mapping[str, str]) -> Tree:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Tree(root)


@pytest.mark.parametrize(("name", "file", "text", "line", "message"), PLANTED)
def test_a_planted_violation_is_found(tmp_path: Path, name: str, file: str, text: str, line: int, message: str) -> None:
    ground = {path: content for path, content in INNOCENT.items() if not path.startswith(("tests/", DOMAIN))}
    findings = list(CHECKS[name](plant(tmp_path, {**ground, file: text})))
    expected = "tests/platform/billing/__init__.py" if name == "packages" else file
    assert (expected, line) in {(finding.path, finding.line) for finding in findings}
    assert message in next(finding.message for finding in findings if (finding.path, finding.line) == (expected, line))
    assert {finding.rule for finding in findings} == {name}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_innocent_code_is_left_alone(tmp_path: Path, name: str) -> None:
    assert list(CHECKS[name](plant(tmp_path, INNOCENT))) == []


def test_the_place_of_the_checkout_itself_is_found(tmp_path: Path) -> None:
    tree = plant(tmp_path, {"Makefile": f"all:\n\tcd {tmp_path}/docs\n"})
    [finding] = CHECKS["machines"](tree)
    assert (finding.path, finding.line) == ("Makefile", 2)


def test_a_stale_printed_schema_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = "type Query {\n  offerings: Int\n}\n"
    monkeypatch.setattr("tools.checks.schemas.printed_schemas", lambda _: {"console": printed, "storefront": printed})
    stale = printed.replace("Int", "String")
    tree = plant(tmp_path, {"graphql/storefront.graphql": printed, "graphql/console.graphql": stale})
    [finding] = CHECKS["schemas"](tree)
    assert (finding.path, finding.line) == ("graphql/console.graphql", 2)

    (tmp_path / "graphql/console.graphql").unlink()
    [finding] = CHECKS["schemas"](tree)
    assert (finding.path, finding.line) == ("graphql/console.graphql", 1)

    (tmp_path / "graphql/console.graphql").write_text(printed)
    assert list(CHECKS["schemas"](tree)) == []


def test_a_model_without_a_migration_is_found(tmp_path: Path) -> None:
    planted = Table("planted", BrandBase.metadata, Column("id", Integer, primary_key=True))
    try:
        [finding] = migrations.check(plant(tmp_path, {}))
    finally:
        BrandBase.metadata.remove(planted)
    assert (finding.path, finding.line) == ("platform/mvne_platform/migrations/brand/versions", 1)
    assert "CreateTableOp" in finding.message
    assert "python -m tools.new_revision brand" in finding.message
    assert list(migrations.check(plant(tmp_path, {}))) == []


def test_every_rule_has_a_planted_violation() -> None:
    assert {name for name, *_ in PLANTED} | {"migrations", "schemas"} >= set(CHECKS)


def test_findings_are_printed_with_file_and_line_and_fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "Tree", lambda _: plant(tmp_path, {"workers/mvne_workers/utils.py": ""}))
    assert command.main(["names"]) == 1
    assert capsys.readouterr().out == "workers/mvne_workers/utils.py:1: names: 'utils' does not say what is in it\n"
    assert command.main(["clock"]) == 0
    with pytest.raises(SystemExit, match="No such check: colour"):
        command.main(["colour"])


def test_a_file_that_python_cannot_read_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "Tree", lambda _: plant(tmp_path, {DOMAIN + "rules.py": "x = 1\ndef f(:\n"}))
    assert command.main([]) == 1
    assert capsys.readouterr().out.startswith(DOMAIN + "rules.py:2: syntax: ")


def test_the_modules_that_the_folders_are_named_after_are_the_real_ones() -> None:
    import platform  # noqa: PLC0415  # as above

    import graphql  # noqa: PLC0415  # in the test, so that its failure is the test's

    assert platform.python_implementation() == sys.implementation.name.replace("cpython", "CPython")
    assert graphql.parse("{ a }").definitions
