"""A brand is data: no code asks which brand it is, and none names one."""

import ast
from collections.abc import Iterator

from tools.checks.tree import PRODUCT, Finding, Module, Tree, dotted

_BRAND_WORDS = {"brand", "tenant", "slug", "brand_slug", "tenant_slug"}


def check(tree: Tree) -> Iterator[Finding]:
    """Findings for comparisons of a brand with a text, and for texts that are a demo brand's slug."""
    folder = tree.root / "tenants" / "brands"
    slugs = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    for module in tree.python(*PRODUCT):
        yield from _comparisons(module)
        for literal in module.strings():
            if literal.text in slugs:
                message = f"names the brand '{literal.text}': let its manifest say it"
                yield module.finding(literal.line, "brands", message)


def _comparisons(module: Module) -> Iterator[Finding]:
    message = "decides by the brand's name: make it a setting of the brand's manifest"
    for node in module.nodes:
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(_names_brand, sides)) and any(map(_is_text, sides)):
                yield module.finding(node.lineno, "brands", message)
        elif isinstance(node, ast.Match) and _names_brand(node.subject):
            yield module.finding(node.lineno, "brands", message)


def _names_brand(node: ast.expr) -> bool:
    return dotted(node).rpartition(".")[2] in _BRAND_WORDS


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(_is_text, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""
