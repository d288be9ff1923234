"""Print the GraphQL schemas into `graphql/<name>.graphql`, where they are committed."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def printed_schemas(folder: Path) -> dict[str, str]:
    """Every schema of `folder`/mvne_graphql, printed: each package there that has a module `schema` with a `schema`."""
    found = {}
    for package in sorted(path.parent for path in (folder / "mvne_graphql").glob("*/schema.py")):
        module = importlib.import_module(f"mvne_graphql.{package.name}.schema")
        found[package.name] = module.schema.as_str().rstrip() + "\n"
    return found


def main() -> None:
    """Write them."""
    for name, text in printed_schemas(ROOT / "graphql").items():
        (ROOT / "graphql" / f"{name}.graphql").write_text(text, encoding="utf-8")
        sys.stdout.write(f"graphql/{name}.graphql\n")


if __name__ == "__main__":
    main()
