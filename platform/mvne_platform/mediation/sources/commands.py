"""Defining sources, and asking them for files."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from mvne_platform.kernel import Change, uuid7
from mvne_platform.mediation import permissions, quarantine
from mvne_platform.mediation.errors import (
    ItemNotRefused,
    NotFetched,
    SourceKindFixed,
    SourcePaused,
    SourceTaken,
    UnknownGap,
    UnknownItem,
)
from mvne_platform.mediation.models import ItemState, UsageGapWaiver, UsageItem, UsageSource
from mvne_platform.mediation.source_settings import FETCHED
from mvne_platform.mediation.sources import drafts, lateness, queries
from mvne_platform.mediation.sources.drafts import SourceDraft
from mvne_platform.mediation.sources.pulling import promise_next, pull
from mvne_platform.mediation.sources.testing import test
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import seal


def create_source(ctx: Context, draft: SourceDraft, *, secret: str | None = None) -> UsageSource:
    """Make a source. Raises BadSource, UnknownFormat, SourceTaken."""
    ctx.require(permissions.SOURCES)
    values = _checked(ctx, draft)
    ctx.lock("usage_source")
    if draft.code in {source.code for source in queries.usage_sources(ctx)}:
        raise SourceTaken(f"There is a source '{draft.code}' already; change that one.", field=("code",))
    source = UsageSource(id=uuid7(), created_at=ctx.now, schedule_number=1, secret_encrypted=_sealed(secret), **values)
    ctx.db.add(source)
    ctx.db.flush()
    promise_next(ctx, source)
    lateness.watch(ctx, source)
    return source


def change_source(ctx: Context, source_id: UUID, draft: SourceDraft) -> UsageSource:
    """Define a source anew; its code, kind and secret stay.

    Raises UnknownSource, BadSource, UnknownFormat, SourceKindFixed.
    """
    ctx.require(permissions.SOURCES)
    source = queries.source_for_update(ctx, source_id)
    if (draft.code, draft.kind) != (source.code, source.kind):
        raise SourceKindFixed(f"Code and kind of '{source.code}' ({source.kind}) stay; make another source instead.")
    _assign(ctx, source, _checked(ctx, draft))
    return source


def define_source(ctx: Context, draft: SourceDraft) -> Change:
    """Make a source, or make the one of this code what the draft says; its secret and whether it is paused stay.

    Raises BadSource, UnknownFormat, SourceKindFixed.
    """
    ctx.require(permissions.SOURCES)
    found = {source.code: source for source in queries.usage_sources(ctx)}.get(draft.code)
    if found is None:
        create_source(ctx, draft)
        return Change.CREATED
    if drafts.checked(draft) == drafts.checked(drafts.draft_of(found)):
        return Change.UNCHANGED
    change_source(ctx, found.id, draft)
    return Change.CHANGED


def set_source_secret(ctx: Context, source_id: UUID, secret: str) -> UsageSource:
    """Seal the password or private key of a source; nothing shows it again. Raises UnknownSource, BadSource."""
    ctx.require(permissions.SOURCES)
    source = queries.source_for_update(ctx, source_id)
    source.secret_encrypted = _sealed(secret)
    return source


def pause_source(ctx: Context, source_id: UUID) -> UsageSource:
    """Take nothing more from a source; a pull that is under way ends. Raises UnknownSource."""
    ctx.require(permissions.SOURCES)
    source = queries.source_for_update(ctx, source_id)
    source.paused = True
    source.next_pull_at = None
    return source


def resume_source(ctx: Context, source_id: UUID) -> UsageSource:
    """Go on with a paused source. Raises UnknownSource."""
    ctx.require(permissions.SOURCES)
    source = queries.source_for_update(ctx, source_id)
    if source.paused:
        source.paused = False
        promise_next(ctx, source)
        lateness.watch_anew(ctx, source)
    return source


def pull_now(ctx: Context, source_id: UUID) -> UsageSource:
    """Ask a source for files at once, besides its schedule. Raises UnknownSource, NotFetched, SourcePaused."""
    ctx.require(permissions.LOAD)
    source = _fetched(ctx, source_id)
    if source.paused:
        raise SourcePaused(f"The source '{source.code}' is paused. Resume it first.")
    source.schedule_number += 1
    ctx.later(pull, source_id=str(source.id), number=source.schedule_number)
    return source


def try_connection(ctx: Context, source_id: UUID) -> UsageSource:
    """Try the connection in the background; `test` says how it ended. Raises UnknownSource, NotFetched."""
    ctx.require(permissions.SOURCES)
    source = _fetched(ctx, source_id)
    source.test = {"at": None}
    ctx.later(test, source_id=str(source.id))
    return source


def waive_gap(ctx: Context, source_id: UUID, *, series: str, first: int, last: int, why: str) -> UsageSource:
    """Say that numbers will never come: they are no longer shown as missing. `first` and `last` as `gaps` showed them.

    Raises UnknownSource, UnknownGap, WhyMissing.
    """
    ctx.require(permissions.SOURCES)
    said = quarantine.checked_why(why)
    source = queries.source_for_update(ctx, source_id)
    found = next(
        (gap for gap in queries.gaps(ctx, source) if (gap.series, gap.first, gap.last) == (series, first, last)), None
    )
    if found is None:
        raise UnknownGap("These numbers are not missing, or no longer; ask for the gaps again.", field=("first",))
    bounds = {"first": found.counted_first, "last": found.counted_last}
    ctx.db.add(UsageGapWaiver(id=uuid7(), source_id=source.id, series=series, why=said, at=ctx.now, **bounds))
    ctx.db.flush()
    return source


def _checked(ctx: Context, draft: SourceDraft) -> dict[str, Any]:
    values = drafts.checked(draft)
    quarantine.check_format(ctx, draft.format)
    return values


def _assign(ctx: Context, source: UsageSource, values: Mapping[str, Any]) -> None:
    rescheduled = source.schedule != values["schedule"]
    expected_anew = source.expected_minutes != values["expected_minutes"]
    for name, value in values.items():
        setattr(source, name, value)
    if rescheduled:
        promise_next(ctx, source)
    if expected_anew:
        lateness.watch_anew(ctx, source)


def _fetched(ctx: Context, source_id: UUID) -> UsageSource:
    source = queries.source_for_update(ctx, source_id)
    if source.kind not in FETCHED:
        raise NotFetched(f"Files of '{source.code}' are handed over ({source.kind}); there is nothing to fetch.")
    return source


def _sealed(secret: str | None) -> str | None:
    return None if secret is None else seal(drafts.checked_secret(secret))


def take_again(ctx: Context, item_id: UUID) -> UsageItem:
    """Want a file that was refused: the next pull takes it if it is still there. Raises UnknownItem, ItemNotRefused."""
    ctx.require(permissions.LOAD)
    item = ctx.db.get(UsageItem, item_id, with_for_update=True)
    if item is None:
        raise UnknownItem("There is no such file that was left at a source.")
    if item.state is not ItemState.REFUSED:
        raise ItemNotRefused(f"'{item.name}' was not refused.")
    item.state, item.code, item.why = ItemState.WANTED, None, None
    return item
