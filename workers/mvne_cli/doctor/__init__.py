"""Looks for what is wrong with an installation, and says for each finding what to do."""

from collections.abc import Callable, Iterable

from mvne_cli.doctor import background, books, outside, schemas, usage
from mvne_cli.doctor.finding import PLATFORM, Finding

Check = Callable[[list[str]], Iterable[Finding]]

# In the order in which a person would look: without schemas nothing works, without work nothing is sent.
CHECKS: dict[str, Check] = {
    "schemas": schemas.behind,
    "processes": background.missing_processes,
    "relay": background.stale_relays,
    "jobs": background.troubled_jobs,
    "outside": outside.unreachable,
    "balances": books.broken_buckets,
    "points": books.broken_points,
    "usage": usage.troubled_sources,
}

__all__ = ["CHECKS", "PLATFORM", "Finding"]
