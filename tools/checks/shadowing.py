"""`platform` and `graphql` share their names with modules that others import: they never become packages."""

from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

FOLDERS = ("platform", "graphql")


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for each `__init__.py` or module directly in those folders."""
    for folder in FOLDERS:
        for path in sorted((tree.root / folder).glob("*.py")):
            message = f"Python directly in {folder}/ shadows the module `{folder}` for everything run from the root"
            yield Finding(path.relative_to(tree.root).as_posix(), 1, "shadowing", message)
