"""`make check`: everything that can be said about the code without running it. Two steps at a time."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHES = ROOT / "var" / "cache"

# The longest first.
STEPS: dict[str, list[str]] = {
    "types": ["mypy", "--cache-dir", str(CACHES / "mypy"), "--no-error-summary"],
    "import contracts": ["lint-imports", "--no-logo", "--cache-dir", str(CACHES / "imports")],
    "house rules": ["python", "-m", "tools.checks"],
    "lint": ["ruff", "check", "--cache-dir", str(CACHES / "ruff"), "--quiet", "."],
    "format": ["ruff", "format", "--cache-dir", str(CACHES / "ruff"), "--check", "--quiet", "."],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; `output` is empty if there is nothing to mend."""

    name: str
    passed: bool
    seconds: float
    output: str


def main() -> int:
    """Run every step to its end, print what each found, answer the exit code."""
    CACHES.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(run, STEPS))
    for outcome in outcomes:
        print(f"{'ok    ' if outcome.passed else 'FAILED'} {outcome.name} ({outcome.seconds:.1f} s)")
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n--- {outcome.name} ---\n{outcome.output}")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def run(name: str) -> Outcome:
    """Run one step with the programs of this environment."""
    program, *arguments = STEPS[name]
    begun = time.monotonic()
    finished = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    # A formatter that is told to be quiet names the files on its error output.
    output = (finished.stdout + finished.stderr).strip()
    return Outcome(name, finished.returncode == 0, time.monotonic() - begun, output)


if __name__ == "__main__":
    sys.exit(main())
