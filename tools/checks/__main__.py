"""Run the house rules on this checkout."""

import sys
from pathlib import Path

from tools.checks import CHECKS, Tree


def main(names: list[str]) -> int:
    """Print what the named checks (all, if none is named) find; answer the exit code."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        sys.exit(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}")
    tree = Tree(Path(__file__).resolve().parents[2])
    try:
        findings = [finding for name in names or CHECKS for finding in CHECKS[name](tree)]
    except SyntaxError as error:
        print(f"{error.filename}:{error.lineno}: syntax: {error.msg}")
        return 1
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
