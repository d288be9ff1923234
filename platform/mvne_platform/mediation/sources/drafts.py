"""A source as it is defined, in a manifest or at the console, and what must hold of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mvne_platform.mediation.errors import BadSource
from mvne_platform.mediation.models import SourceKind, UsageSource
from mvne_platform.mediation.sequence import sequence_rule
from mvne_platform.mediation.source_settings import FETCHED, read_settings
from mvne_platform.mediation.sources.schedule import read_schedule

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_NAME = 100
_LONGEST_SECRET = 20_000
MOST_EXPECTED_MINUTES = 90 * 24 * 60


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A source without its secret. `operator` is whose files they are, in the brand's own words (a host's code, say).

    `settings` are those of the kind (see `source_settings`), `schedule` as in `Schedule.to_json`; without one the
    source is pulled when somebody asks for it. `expected_minutes` is the longest time between two files.
    """

    code: str
    name: str
    operator: str
    kind: SourceKind
    format: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    schedule: Mapping[str, Any] | None = None
    expected_minutes: int | None = None
    sequence_pattern: str | None = None


def checked(draft: SourceDraft) -> dict[str, Any]:
    """The draft as columns, with every default of its settings; raises BadSource naming the field."""
    if not _CODE.fullmatch(draft.code):
        raise BadSource(
            f"'{draft.code[:60]}' cannot be a code. Begin with a small letter; then small letters, digits, '_' or '-', "
            "at most 40 in all.",
            field=("code",),
        )
    for place, value in (("name", draft.name), ("operator", draft.operator)):
        if not 0 < len(value.strip()) <= _LONGEST_NAME or not value.isprintable():
            raise BadSource(f"The {place} is one line of up to {_LONGEST_NAME} characters.", field=(place,))
    settings = read_settings(draft.kind, draft.settings)
    return {
        "code": draft.code,
        "name": draft.name.strip(),
        "operator": draft.operator.strip(),
        "kind": draft.kind,
        "format": draft.format,
        "settings": settings.model_dump(mode="json", exclude_none=True),
        "schedule": _schedule(draft),
        "expected_minutes": _expected(draft.expected_minutes),
        "sequence_pattern": _pattern(draft.sequence_pattern),
    }


def draft_of(source: UsageSource) -> SourceDraft:
    """The source as it could be defined again."""
    return SourceDraft(
        code=source.code,
        name=source.name,
        operator=source.operator,
        kind=source.kind,
        format=source.format,
        settings=source.settings,
        schedule=source.schedule,
        expected_minutes=source.expected_minutes,
        sequence_pattern=source.sequence_pattern,
    )


def checked_secret(secret: str) -> str:
    """A password or private key of sane length; raises BadSource, without quoting it."""
    if not 0 < len(secret) <= _LONGEST_SECRET or "\x00" in secret:
        raise BadSource(f"A secret has 1 to {_LONGEST_SECRET} characters.", field=("secret",))
    return secret


def _schedule(draft: SourceDraft) -> dict[str, Any] | None:
    if draft.schedule is None:
        return None
    if draft.kind not in FETCHED:
        raise BadSource(
            f"Files of a source of kind {draft.kind} come when they come: it has no schedule.", field=("schedule",)
        )
    return read_schedule(draft.schedule).to_json()


def _expected(minutes: int | None) -> int | None:
    if minutes is not None and not 1 <= minutes <= MOST_EXPECTED_MINUTES:
        raise BadSource(f"A file is expected within 1 to {MOST_EXPECTED_MINUTES} minutes.", field=("expected_minutes",))
    return minutes


def _pattern(pattern: str | None) -> str | None:
    if pattern is None:
        return None
    try:
        sequence_rule(pattern)
    except ValueError as error:
        raise BadSource(f"In the sequence pattern, {error}.", field=("sequence_pattern",)) from error
    return pattern
