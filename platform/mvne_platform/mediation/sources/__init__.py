"""Where usage files come from: sources as data, pulls, what is missing and what is late.

A second door of mediation, for the edges and for manifests: `from mvne_platform.mediation import sources`.
"""

from mvne_platform.mediation.models import ItemState, SourceKind, UsageItem, UsageSource
from mvne_platform.mediation.sources.commands import (
    change_source,
    create_source,
    define_source,
    pause_source,
    pull_now,
    resume_source,
    set_source_secret,
    take_again,
    try_connection,
    waive_gap,
)
from mvne_platform.mediation.sources.drafts import SourceDraft, checked, draft_of
from mvne_platform.mediation.sources.intake import may_push, push_limit, take_files
from mvne_platform.mediation.sources.queries import (
    Gap,
    gaps,
    overdue,
    refused_items,
    source_by_code,
    sources_by_id,
    usage_source,
    usage_sources,
)

__all__ = [
    "Gap",
    "ItemState",
    "SourceDraft",
    "SourceKind",
    "UsageItem",
    "UsageSource",
    "change_source",
    "checked",
    "create_source",
    "define_source",
    "draft_of",
    "gaps",
    "may_push",
    "overdue",
    "pause_source",
    "pull_now",
    "push_limit",
    "refused_items",
    "resume_source",
    "set_source_secret",
    "source_by_code",
    "sources_by_id",
    "take_again",
    "take_files",
    "try_connection",
    "usage_source",
    "usage_sources",
    "waive_gap",
]
