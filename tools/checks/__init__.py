"""The house rules that no known linter holds: one rule a file, each a function from the tree to its findings.

`python -m tools.checks` prints every finding as `file:line: rule: message` and exits 1 if there is any;
`python -m tools.checks clock sizes` runs two of them.
"""

from collections.abc import Callable, Iterator

from tools.checks import (
    brands,
    clock,
    enums,
    front_doors,
    machines,
    migrations,
    names,
    packages,
    schemas,
    select_star,
    shadowing,
    sizes,
    suppressions,
    transactions,
)
from tools.checks.tree import Finding, Tree

CHECKS: dict[str, Callable[[Tree], Iterator[Finding]]] = {
    "brands": brands.check,
    "clock": clock.check,
    "enums": enums.check,
    "front_doors": front_doors.check,
    "machines": machines.check,
    "migrations": migrations.check,
    "names": names.check,
    "packages": packages.check,
    "schemas": schemas.check,
    "select_star": select_star.check,
    "shadowing": shadowing.check,
    "sizes": sizes.check,
    "suppressions": suppressions.check,
    "transactions": transactions.check,
}

__all__ = ["CHECKS", "Finding", "Tree"]
