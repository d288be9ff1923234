"""What the demo has done so far, so that a run that was broken off goes on where it stopped."""

import json
import os
import threading
from pathlib import Path
from typing import Any


class Journal:
    """Answers by step, kept in a file that only its owner reads. May be used from several threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._steps: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def __contains__(self, step: str) -> bool:
        return step in self._steps

    def __getitem__(self, step: str) -> Any:
        return self._steps[step]

    def get(self, step: str) -> Any:
        """A step's answer; None if it was not done."""
        return self._steps.get(step)

    def all(self, prefix: str) -> list[Any]:
        """The answers of all steps of a kind, in the order in which they were done."""
        with self._lock:
            return [answer for step, answer in self._steps.items() if step.startswith(prefix)]

    def note(self, step: str, answer: Any) -> Any:
        """Write down that a step is done, whole or not at all; answers what was noted."""
        with self._lock:
            self._steps[step] = answer
            write_private(self._file, self._steps)
        return answer


def write_private(file: Path, content: Any) -> None:
    """Write JSON that only its owner reads, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump(content, handle, indent=1, ensure_ascii=False)
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.replace(file)
