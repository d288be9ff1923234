"""Every folder of tests is a package, so that two domains may both have a `test_rules.py`.

Above all `tests/platform`: without `tests/__init__.py` pytest would put `tests/` first on the path, and that folder
would then stand before the module `platform`.
"""

from collections.abc import Iterator

from tools.checks.tree import Finding, Tree


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for each folder with tests that lacks its `__init__.py`, its parents included."""
    reported = set()
    for module in tree.python("tests"):
        for folder in (tree.root / module.path).parents:
            if folder == tree.root:
                break
            if folder not in reported and not (folder / "__init__.py").exists():
                reported.add(folder)
                path = (folder / "__init__.py").relative_to(tree.root).as_posix()
                yield Finding(path, 1, "packages", "missing: a folder of tests is a package (an empty file is enough)")
