"""A draft seen among the brand's price lists: whether it may be published, and what that would change."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.compile import merged
from mvne_platform.catalogue.drafted import stored_draft, version_at, whole_draft
from mvne_platform.catalogue.drafts import PriceListDraft, Purpose
from mvne_platform.catalogue.errors import UnknownPriceList
from mvne_platform.catalogue.faults import Finding, Problem, Severity
from mvne_platform.catalogue.parts import VersionParts, parts_of
from mvne_platform.catalogue.rules.differences import Difference, differences
from mvne_platform.catalogue.rules.families import parent_problems
from mvne_platform.catalogue.rules.findings import price_list_findings
from mvne_platform.catalogue.rules.inheritance import draft_of
from mvne_platform.catalogue.rules.price_lists import price_list_problems, whole_problems
from mvne_platform.catalogue.stored_parts import stored_parts
from mvne_platform.catalogue.tariffs import list_heads
from mvne_platform.catalogue.versions import EffectiveVersion, ListHead, OwnVersion, ancestors, effective_versions
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a draft would do: the findings of the check, and how it differs from the version before it."""

    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]

    @property
    def publishable(self) -> bool:
        """Whether nothing keeps the draft from being published."""
        return all(finding.severity is Severity.WARNING for finding in self.findings)


def preview_price_list(ctx: Context, draft: PriceListDraft, operators: Collection[str] | None = None) -> Preview:
    """Check a draft among the lists there are, and compare it with the version it would follow. Changes nothing.

    `operators` are those that portability data knows (None: not asked).
    """
    ctx.require(permissions.READ)
    problems = publishing_problems(ctx, draft)
    if problems:
        found = [Finding(Severity.ERROR, problem.subject, problem.message) for problem in problems]
    else:
        found = price_list_findings(draft, parent_draft(ctx, draft), operators)
    try:
        before = stored_draft(ctx, version_at(ctx, draft.code, draft.valid_from).own_id)
    except UnknownPriceList:
        before = None
    return Preview(tuple(found), tuple(differences(before, draft)))


def publishing_problems(ctx: Context, draft: PriceListDraft) -> list[Problem]:
    """Everything that keeps a draft from being published: by itself, with its parents, and for lists that inherit."""
    lists = list_heads(ctx)
    problems = list(_head_problems(ctx, draft, lists))
    can_inherit = draft.parent is not None and not problems
    problems += price_list_problems(draft, parent_draft(ctx, draft) if can_inherit else None)
    return problems or list(_later_problems(ctx, draft, lists))


def parent_draft(ctx: Context, draft: PriceListDraft) -> PriceListDraft | None:
    """What the draft's parent is at its instant, its own parents included; an empty list before the parent begins."""
    if draft.parent is None:
        return None
    try:
        return whole_draft(ctx, draft.parent, draft.valid_from)
    except UnknownPriceList:
        return replace(draft, code=draft.parent, parent=None, zones=(), bands=(), rates=(), exchange=None)


def _head_problems(ctx: Context, draft: PriceListDraft, lists: Mapping[str, ListHead]) -> Iterator[Problem]:
    if draft.purpose is Purpose.RETAIL and draft.currency != ctx.brand.currency:
        message = f"the price list is in {draft.currency}, and the brand's currency is {ctx.brand.currency}"
        yield Problem(("currency",), message)
    known = lists.get(draft.code)
    if known is not None:
        for name, was, is_now in (
            ("currency", known.currency, draft.currency),
            ("parent", known.parent or "none", draft.parent or "none"),
            ("purpose", known.purpose, draft.purpose.value),
        ):
            if was != is_now:
                yield Problem((name,), f"the list's {name} is {was} and cannot become {is_now}; make another list")
    if draft.parent is not None:
        yield from parent_problems(draft, lists)


def _later_problems(ctx: Context, draft: PriceListDraft, lists: Mapping[str, ListHead]) -> Iterator[Problem]:
    """What becomes wrong while the draft's version holds: when a parent changes, and in lists that inherit from it."""
    version_id = uuid4()
    after = {**lists, draft.code: _with_version(lists.get(draft.code), draft, version_id)}
    parents = {head.code: head.parent for head in after.values()}

    def load(wanted: UUID) -> VersionParts:
        return parts_of(draft, version_id) if wanted == version_id else stored_parts(ctx, wanted)

    for code in after:
        if draft.code not in ancestors(code, parents):
            continue
        for version in effective_versions(code, after):
            if version_id in version.lineage and version.lineage != [version_id]:
                own = draft if version.own_id == version_id else stored_draft(ctx, version.own_id)
                whole = draft_of(merged(version, load), own)
                yield from _told(version, draft, whole_problems(own, whole))


def _with_version(head: ListHead | None, draft: PriceListDraft, version_id: UUID) -> ListHead:
    own = OwnVersion(version_id, 0, draft.valid_from)
    if head is None:
        return ListHead(draft.code, draft.currency, draft.parent, (own,), draft.purpose)
    # A version of the same instant is refused later; here the draft stands for it.
    versions = [version for version in head.versions if version.valid_from != draft.valid_from]
    return replace(head, versions=sorted((*versions, own), key=lambda version: version.valid_from))


def _told(version: EffectiveVersion, draft: PriceListDraft, problems: list[Problem]) -> Iterator[Problem]:
    where = f"in price list '{version.price_list}', " if version.price_list != draft.code else ""
    when = f"from {version.valid_from.isoformat()} on" if version.valid_from != draft.valid_from else "from then on"
    yield from (Problem(problem.subject, f"{where}{when}: {problem.message}") for problem in problems)
