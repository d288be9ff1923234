"""Write the made parts of the handbook again, or with `--check` say which pages are behind."""

import sys

from tools.handbook import PARTS
from tools.handbook.pages import ROOT, behind


def main(arguments: list[str]) -> int:
    """Print the pages concerned; answer the exit code."""
    only_check = arguments == ["--check"]
    if arguments and not only_check:
        sys.exit("python -m tools.handbook [--check]")
    for page, text in behind(PARTS).items():
        if not only_check:
            page.write_text(text, encoding="utf-8")
        print(f"{page.relative_to(ROOT)}: {'behind the code' if only_check else 'written'}")
    return 1 if only_check and behind(PARTS) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
