"""Settings of the web process alone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """How much the edge takes on at once."""

    threads: int = 3
    waiting: int = 300
    cost_per_second: int = 50_000
    cost_capacity: int = 500_000
    body_bytes: int = MEBIBYTE
    # A manifest has at most 4 MB, and JSON escapes it.
    console_bytes: int = 10 * MEBIBYTE
    usage_file_bytes: int = 200 * MEBIBYTE


def from_environment(env: Mapping[str, str] = os.environ) -> EdgeSettings:
    """Read MVNE_WEB_THREADS (GraphQL threads of this process) and MVNE_COST_PER_SECOND (points each client gets)."""
    per_second = int(env.get("MVNE_COST_PER_SECOND", "50000"))
    return EdgeSettings(
        threads=int(env.get("MVNE_WEB_THREADS", "3")), cost_per_second=per_second, cost_capacity=per_second * 10
    )
