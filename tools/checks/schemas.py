"""The printed GraphQL schemas are those of the code: a change of the API shows in review."""

from collections.abc import Iterator

from tools.checks.tree import Finding, Tree
from tools.schemas import printed_schemas


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for each schema whose printed form is missing, differs, or has no schema any more."""
    folder = tree.root / "graphql"
    printed = printed_schemas(folder)
    stored = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.graphql")}
    for name in sorted(printed.keys() | stored.keys()):
        if printed.get(name) != stored.get(name):
            line = _first_difference(printed.get(name, ""), stored.get(name, ""))
            message = "differs from the schema in code: `make schemas` prints it again"
            yield Finding(f"graphql/{name}.graphql", line, "schemas", message)


def _first_difference(ours: str, theirs: str) -> int:
    pairs = zip(ours.splitlines(), theirs.splitlines(), strict=False)
    return next((number for number, (left, right) in enumerate(pairs, start=1) if left != right), 1)
