"""`python -m mvne_graphql.print`: write both schemas beside the package, where every change of them is reviewed."""

import sys
from pathlib import Path

from mvne_graphql.console.schema import schema as console
from mvne_graphql.storefront.schema import schema as storefront

FOLDER = Path(__file__).parents[1]
SCHEMAS = {"console": console, "storefront": storefront}


def printed() -> dict[str, str]:
    """Each schema's SDL, the same on every machine."""
    return {name: schema.as_str().rstrip() + "\n" for name, schema in SCHEMAS.items()}


def main() -> None:
    """Write them."""
    for name, text in printed().items():
        path = FOLDER / f"{name}.graphql"
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
