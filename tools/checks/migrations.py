"""Both Alembic histories lead to the models, exactly."""

from collections.abc import Iterator

from mvne_platform.migrations.history import HISTORIES
from tools.checks.tree import Finding, Tree
from tools.new_revision import differences


def check(_tree: Tree) -> Iterator[Finding]:
    """One finding for each operation that the next revision would have to do."""
    for name, history in HISTORIES.items():
        folder = history.folder.relative_to(history.folder.parents[4])
        for operation in differences(name).ops:
            message = f"models and history differ: {operation!r}. Run python -m tools.new_revision {name} '<why>'."
            yield Finding(str(folder), 1, "migrations", message)
