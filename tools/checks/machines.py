"""Nothing in the checkout names a machine's folders or a package index."""

import re
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

# Put together here, so that this file does not contain what it looks for.
_HOMES = "|".join(("ro" + "ot/", "ho" + r"me/\w", "Us" + r"ers/\w"))
_HOSTS = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.(?:npmjs|yarnpkg)"))
_OPTIONS = "|".join(("index" + "-url", "find" + "-links", "trusted" + "-host"))
_PATTERN = re.compile(rf"(?<![\w.$}}])/(?:{_HOMES})|{_HOSTS}|--(?:extra-)?(?:{_OPTIONS})\b|/simple/(?=[\s\"']|$)")


def check(tree: Tree) -> Iterator[Finding]:
    """Findings in every text file of the checkout."""
    for path in tree.files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        place = str(tree.root) + "/"
        for number, line in enumerate(text.splitlines(), start=1):
            found = _PATTERN.search(line)
            named = found[0] if found else place if place in line else ""
            if named:
                message = f"'{named}' belongs to one machine"
                yield Finding(path.relative_to(tree.root).as_posix(), number, "machines", message)
