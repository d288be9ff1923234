"""What clients were told, line by line, and what it came to: throughput, results, latency percentiles."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TextIO

from mvne_simulators.charging.http_client import Told


@dataclass
class Journal:
    """The log of a run; each line is a request, the answer it got, and how long that took."""

    path: Path | None = None
    seconds: list[float] = field(default_factory=list)
    results: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    _file: TextIO | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            self._file = self.path.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def note(self, what: str, body: dict[str, Any], told: Told | None, seconds: float) -> None:
        """Keep a request and what it was told; None: it never got an answer."""
        self.seconds.append(seconds)
        self.results[_result(told)] += 1
        if self._file is not None:
            line = {
                "what": what,
                "request": body,
                "status": told.status if told else None,
                "answer": told.said if told else None,
                "seconds": round(seconds, 6),
            }
            self._file.write(json.dumps(line) + "\n")

    def report(self, elapsed_s: float) -> dict[str, Any]:
        """The run in figures; latencies in milliseconds."""
        ordered = sorted(self.seconds)
        return {
            "requests": len(ordered),
            "per_second": round(len(ordered) / elapsed_s, 1) if elapsed_s else 0,
            "elapsed_s": round(elapsed_s, 3),
            "results": dict(sorted(self.results.items())),
            "repeats": self.repeats,
            "latency_ms": {name: _percentile(ordered, share) for name, share in _SHARES.items()},
        }


_SHARES = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "p999": 0.999, "max": 1.0}


def _percentile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def _result(told: Told | None) -> str:
    if told is None:
        return "no_answer"
    if told.status != 200:
        return f"error_{told.said.get('code', told.status)}"
    said = told.said
    return "granted" if said.get("result") == "granted" else f"refused_{said.get('reason')}"
