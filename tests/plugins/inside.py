"""Nothing is written outside the checkout: temporary folders lie in `var/tmp`, whoever asks for them."""

import os
import tempfile
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "var" / "tmp"

_FOLDER.mkdir(parents=True, exist_ok=True)
os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_FOLDER)
tempfile.tempdir = None  # forget what was found before
