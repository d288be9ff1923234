"""Each import contract of pyproject.toml fails on a planted import, and names its file and line."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
CONFIG: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in CONFIG["contracts"]}

# (contract, planted files, parts of what is printed)
PLANTED: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "edges",
        {"mvne_platform/tax/commands.py": "\nimport mvne_gateway\n"},
        ["mvne_platform is not allowed to import mvne_gateway", "mvne_platform.tax.commands -> mvne_gateway (l.2)"],
    ),
    (
        "edges",
        {"mvne_workers/relay.py": "import mvne_gateway\n"},
        ["mvne_workers.relay -> mvne_gateway (l.1)"],
    ),
    (
        "edges",
        {"mvne_tenants/apply.py": "\n\nfrom mvne_graphql import x\n"},
        ["mvne_tenants.apply -> mvne_graphql (l.3)"],
    ),
    (
        "domains",
        {"mvne_platform/tax/commands.py": "\nfrom mvne_platform import billing\n"},
        ["mvne_platform.tax.commands -> mvne_platform.billing (l.2)"],
    ),
    (
        "domains",
        {"mvne_platform/balances/commands.py": "from mvne_platform import mediation\n"},
        ["mvne_platform.balances.commands -> mvne_platform.mediation (l.1)"],
    ),
    (
        "domains",
        {"mvne_platform/rewards/__init__.py": ""},
        ["mvne_platform", "rewards"],
    ),
    (
        "kernel",
        {"mvne_platform/kernel/money.py": "\nimport sqlalchemy\n"},
        ["mvne_platform.kernel.money -> sqlalchemy (l.2)"],
    ),
    (
        "kernel",
        {
            "mvne_platform/kernel/money.py": "from mvne_platform.kernel import rates\n",
            "mvne_platform/kernel/rates.py": "import socket\n",
        },
        ["mvne_platform.kernel.rates -> socket (l.1)"],
    ),
    (
        "rules",
        {"mvne_platform/tax/rules.py": "\nfrom sqlalchemy.orm import Session\n"},
        ["mvne_platform.tax.rules -> sqlalchemy (l.2)"],
    ),
    (
        "rules",
        {"mvne_platform/tax/rules/__init__.py": "", "mvne_platform/tax/rules/rates.py": "import subprocess\n"},
        ["mvne_platform.tax.rules.rates -> subprocess (l.1)"],
    ),
    (
        "rules",
        {
            "mvne_platform/billing/rules.py": "\nfrom mvne_platform.billing.queries import x\n",
            "mvne_platform/billing/queries.py": "",
        },
        ["mvne_platform.billing.rules -> mvne_platform.billing.queries (l.2)"],
    ),
    (
        "rules",
        {"mvne_platform/rating/scalar.py": "from mvne_platform.runtime import Context\n"},
        ["mvne_platform.rating.scalar -> mvne_platform.runtime (l.1)"],
    ),
    (
        "frameworks",
        {"mvne_platform/tax/commands.py": "\nimport strawberry\n"},
        ["mvne_platform.tax.commands -> strawberry (l.2)"],
    ),
    (
        "frameworks",
        {"mvne_platform/tax/jobs.py": "from dramatiq import actor\n"},
        ["mvne_platform.tax.jobs -> dramatiq (l.1)"],
    ),
    (
        "frameworks",
        {"mvne_platform/tax/jobs.py": "from starlette.requests import Request\n"},
        ["mvne_platform.tax.jobs -> starlette (l.1)"],
    ),
    (
        "simulators",
        {"mvne_simulators/network.py": "\nfrom mvne_platform import party\n"},
        ["mvne_simulators.network -> mvne_platform.party (l.2)"],
    ),
    (
        "product",
        {"mvne_cli/up.py": "\nimport mvne_simulators\n"},
        ["mvne_cli.up -> mvne_simulators (l.2)"],
    ),
    (
        "cycles",
        {
            "mvne_platform/billing/runs.py": "\nfrom mvne_platform.billing import lines\n",
            "mvne_platform/billing/lines.py": "\n\nfrom mvne_platform.billing import runs\n",
        },
        ["mvne_platform.billing", ".runs", ".lines"],
    ),
    (
        "cycles",
        {
            "mvne_workers/relay.py": "from mvne_workers.broker import x\n",
            "mvne_workers/broker.py": "from mvne_workers.relay import y\n",
        },
        ["mvne_workers", ".relay", ".broker"],
    ),
]


def layers_of(contract: str) -> Iterator[str]:
    for layer in CONTRACTS[contract]["layers"]:
        yield from (name.strip(" ()") for name in layer.split("|"))


def plant(root: Path, files: Mapping[str, str]) -> None:
    skeleton = {f"{name}/__init__.py": "" for name in CONFIG["root_packages"]}
    skeleton |= {f"mvne_platform/{name}/__init__.py": "" for name in layers_of("domains")}
    for name, text in {**skeleton, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def lint(root: Path, *contracts: str) -> "subprocess.CompletedProcess[str]":
    chosen = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", PYPROJECT, "--no-cache", "--no-logo", *chosen],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_house_keeps_every_contract(tmp_path: Path) -> None:
    plant(tmp_path, {})
    told = lint(tmp_path)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in told.stdout
    assert told.returncode == 0


@pytest.mark.parametrize(("contract", "files", "printed"), PLANTED)
def test_a_planted_import_breaks_its_contract(
    tmp_path: Path, contract: str, files: dict[str, str], printed: list[str]
) -> None:
    plant(tmp_path, files)
    told = lint(tmp_path, contract)
    assert "Contracts: 0 kept, 1 broken." in told.stdout
    assert [part for part in printed if part not in told.stdout] == []
    assert told.returncode == 1


def test_every_contract_has_a_planted_import() -> None:
    assert {contract for contract, *_ in PLANTED} == set(CONTRACTS)
