"""Reads of sources: how they stand, what is late, what is missing, what was left lying."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from mvne_platform.mediation import permissions
from mvne_platform.mediation.errors import UnknownSource
from mvne_platform.mediation.models import ItemState, UsageItem, UsageSource
from mvne_platform.mediation.sequence import SequenceRule, sequence_rule
from mvne_platform.mediation.sources.schedule import is_overdue
from mvne_platform.runtime import Context

PAGE = 25
MOST_GAPS = 1_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a series that have not come, both ends included.

    `first` and `last` stand in the files' names; `counted_first` and `counted_last` are those, counted on without end.
    """

    series: str
    first: int
    last: int
    counted_first: int
    counted_last: int

    @property
    def files(self) -> int:
        """How many files are missing."""
        return self.counted_last - self.counted_first + 1


def usage_sources(ctx: Context) -> list[UsageSource]:
    """The brand's sources, by code."""
    ctx.require(permissions.READ)
    return list(ctx.db.scalars(select(UsageSource).order_by(UsageSource.code)))


def usage_source(ctx: Context, source_id: UUID) -> UsageSource:
    """One source; raises UnknownSource."""
    ctx.require(permissions.READ)
    return _present(ctx.db.get(UsageSource, source_id))


def sources_by_id(ctx: Context, ids: Sequence[UUID]) -> list[UsageSource | None]:
    """The sources of these ids, in their order."""
    ctx.require(permissions.READ)
    found = {source.id: source for source in ctx.db.scalars(select(UsageSource).where(UsageSource.id.in_(ids)))}
    return [found.get(one) for one in ids]


def source_by_code(ctx: Context, code: str) -> UsageSource:
    """One source by its code; raises UnknownSource. Asks for no permission: commands do."""
    return _present(ctx.db.scalar(select(UsageSource).where(UsageSource.code == code)), code)


def source_for_update(ctx: Context, source_id: UUID) -> UsageSource:
    """Lock one source until the transaction ends; raises UnknownSource."""
    return _present(ctx.db.get(UsageSource, source_id, with_for_update={"key_share": True}, populate_existing=True))


def refused_items(ctx: Context, source_id: UUID, *, first: int = PAGE, before: UUID | None = None) -> list[UsageItem]:
    """Files that were left where they are, newest first; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    statement = select(UsageItem).where(UsageItem.source_id == source_id, UsageItem.state == ItemState.REFUSED)
    if before is not None:
        statement = statement.where(UsageItem.id < before)
    return list(ctx.db.scalars(statement.order_by(UsageItem.id.desc()).limit(first)))


def overdue(ctx: Context, source: UsageSource) -> bool:
    """Whether a file should have come by now, by the brand's clock; a paused source is never late."""
    if source.paused:
        return False
    return is_overdue(source.expected_minutes, source.last_file_at, source.created_at, ctx.now)


# A number that came, or will never come, covers its place; a gap is what lies between two places that are covered.
# Where a series begins anew, the place before its first number counts as covered.
_GAPS = text("""
WITH covered AS (
  SELECT series, sequence AS first, sequence AS last FROM usage_file
  WHERE source_id = :source_id AND sequence IS NOT NULL
  UNION ALL
  SELECT series, first, last FROM usage_gap_waiver WHERE source_id = :source_id
), begun AS (
  SELECT series, first, last FROM covered
  UNION ALL
  SELECT DISTINCT series, CAST(:begins_at AS bigint) - 1, CAST(:begins_at AS bigint) - 1 FROM covered
  WHERE CAST(:begins_at AS bigint) IS NOT NULL
), placed AS (
  SELECT series, first, max(last) OVER (
    PARTITION BY series ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM begun
)
SELECT series, before + 1 AS first, first - 1 AS last FROM placed
WHERE first > before + 1 ORDER BY series DESC, first DESC LIMIT :limit
""")


def gaps(ctx: Context, source: UsageSource, *, most: int = MOST_GAPS) -> list[Gap]:
    """Which numbers of a source's files have not come, the newest series first."""
    ctx.require(permissions.READ)
    rule = rule_of(source)
    terms = {"source_id": source.id, "begins_at": rule.begins_at, "limit": most}
    return [_gap(rule, row.series, row.first, row.last) for row in ctx.db.execute(_GAPS, terms)]


def rule_of(source: UsageSource) -> SequenceRule:
    """How the source's files are numbered; without a pattern, by what they say of themselves, without end."""
    return sequence_rule(source.sequence_pattern or "{number}")


def _gap(rule: SequenceRule, series: str, first: int, last: int) -> Gap:
    return Gap(series, rule.shown(first), rule.shown(last), first, last)


_LATEST = text("""
SELECT greatest(
  (SELECT max(sequence) FROM usage_file
   WHERE source_id = :source_id AND series = :series AND sequence IS NOT NULL),
  (SELECT max(last) FROM usage_gap_waiver WHERE source_id = :source_id AND series = :series))
""")
_COVERED = text("""
SELECT EXISTS (SELECT FROM usage_file WHERE source_id = :source_id AND series = :series AND sequence = :number)
  OR EXISTS (SELECT FROM usage_gap_waiver
             WHERE source_id = :source_id AND series = :series AND :number BETWEEN first AND last)
""")


def is_covered(ctx: Context, source_id: UUID, series: str, number: int) -> bool:
    """Whether a number of a series has come, or will never come."""
    return bool(ctx.db.scalar(_COVERED, {"source_id": source_id, "series": series, "number": number}))


def latest_number(ctx: Context, source_id: UUID, series: str) -> int | None:
    """The highest number of a series that has come, or is no longer waited for, counted on; None for a new series."""
    latest: int | None = ctx.db.scalar(_LATEST, {"source_id": source_id, "series": series})
    return latest


def _present(source: UsageSource | None, code: str = "") -> UsageSource:
    if source is None:
        raise UnknownSource(f"There is no usage source{f' {code!r}' if code else ''}.")
    return source
