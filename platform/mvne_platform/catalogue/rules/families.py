"""Price lists and the lists they inherit from: which parents may be, and what is wrong between drafts of one set."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

from mvne_platform.catalogue.compile import drafted_heads, merged
from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.parts import VersionParts, parts_of
from mvne_platform.catalogue.rules.inheritance import draft_of
from mvne_platform.catalogue.rules.price_lists import whole_problems
from mvne_platform.catalogue.versions import MOST_GENERATIONS, ListHead, ancestors, effective_versions


def parent_problems(draft: PriceListDraft, lists: Mapping[str, ListHead]) -> Iterator[Problem]:
    """What is wrong with the parent that a draft names: unknown, in a circle, too far up, or of another kind."""
    parent = lists.get(draft.parent or "")
    if parent is None or draft.parent == draft.code:
        what = "itself" if draft.parent == draft.code else f"'{draft.parent}', which the brand does not have"
        yield Problem(("parent",), f"the list's parent is {what}; name another list")
        return
    line = list(ancestors(draft.parent, {head.code: head.parent for head in lists.values()}))
    if draft.code in line:
        yield Problem(("parent",), f"the list inherits from itself: {' > '.join([draft.code, *line])}")
    elif len(line) >= MOST_GENERATIONS:
        message = f"the list would be the {len(line) + 1}th in its line; {MOST_GENERATIONS} are allowed"
        yield Problem(("parent",), message)
    if parent.currency != draft.currency:
        yield Problem(("parent",), f"the parent is in {parent.currency}, and the list in {draft.currency}")
    if parent.purpose != draft.purpose:
        yield Problem(("parent",), f"the parent is a {parent.purpose} list, and this is a {draft.purpose} list")


def family_problems(drafts: Sequence[PriceListDraft]) -> Iterator[tuple[PriceListDraft, Problem]]:
    """What is wrong with drafts because of the lists they inherit from, each told with the draft it is about.

    Drafts that are faulty by themselves are better mended before; a list whose parent cannot be is not looked into.
    """
    stored, heads = drafted_heads(drafts)
    parents = {head.code: head.parent for head in heads.values()}
    faulty: set[str] = set()
    for draft in drafts:
        for problem in parent_problems(draft, heads) if draft.parent is not None else ():
            faulty.add(draft.code)
            yield draft, problem
    for code, head in heads.items():
        if head.parent is not None and faulty.isdisjoint(ancestors(code, parents)):
            yield from _version_problems(code, heads, stored)


def _version_problems(
    code: str, heads: Mapping[str, ListHead], stored: Mapping[UUID, PriceListDraft]
) -> Iterator[tuple[PriceListDraft, Problem]]:
    """The problems of a list's effective versions, each told once."""
    told: set[Problem] = set()
    load = partial(_parts, stored)
    for version in effective_versions(code, heads):
        own = stored[version.own_id]
        for problem in whole_problems(own, draft_of(merged(version, load), own)):
            if problem not in told:
                told.add(problem)
                yield own, problem


def _parts(stored: Mapping[UUID, PriceListDraft], version_id: UUID) -> VersionParts:
    return parts_of(stored[version_id], version_id)
