"""Price lists from their files: what a product manager sends, from the console or the command line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.commands.price_lists import import_price_list
from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.errors import PriceListFilesFaulty
from mvne_platform.catalogue.faults import Finding, PlacedFinding, Severity
from mvne_platform.catalogue.price_list_files.reader import (
    PriceListHead,
    PriceListReading,
    located,
    read_price_list_csv,
)
from mvne_platform.catalogue.publishing import parent_draft, preview_price_list
from mvne_platform.catalogue.rules.differences import Difference
from mvne_platform.kernel import Change
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Publication:
    """What files of a price list say and would change. `draft` is None when they cannot be read."""

    draft: PriceListDraft | None
    findings: tuple[PlacedFinding, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def publishable(self) -> bool:
        """Whether nothing keeps the list from being published."""
        return self.draft is not None and all(one.severity is Severity.WARNING for one in self.findings)


def check_price_list_files(
    ctx: Context, head: PriceListHead, files: Mapping[str, str], operators: Collection[str] | None = None
) -> Publication:
    """Read the files and check them among the brand's lists, each finding with its place. Changes nothing.

    `operators` are those that portability data knows (None: not asked).
    """
    ctx.require(permissions.READ)
    alone = PriceListDraft(head.code, head.currency, head.valid_from, (), (), parent=head.parent, purpose=head.purpose)
    reading = read_price_list_csv(head, files, parent_draft(ctx, alone))
    if reading.draft is None:
        faults = tuple(PlacedFinding(Severity.ERROR, (), fault) for fault in reading.faults)
        return Publication(None, faults, (), reading.notes)
    preview = preview_price_list(ctx, reading.draft, operators)
    findings = tuple(_placed(finding, reading) for finding in preview.findings)
    return Publication(reading.draft, findings, preview.differences, reading.notes)


def publish_price_list_files(
    ctx: Context, head: PriceListHead, files: Mapping[str, str], operators: Collection[str] | None = None
) -> tuple[Change, Publication]:
    """Publish the files as a version of the list.

    Raises PriceListFilesFaulty with every finding, PriceListVersionFixed.
    """
    ctx.require(permissions.MANAGE)
    publication = check_price_list_files(ctx, head, files, operators)
    if publication.draft is None or not publication.publishable:
        raise PriceListFilesFaulty(head.code, publication.findings)
    return import_price_list(ctx, publication.draft), publication


def _placed(finding: Finding, reading: PriceListReading) -> PlacedFinding:
    return PlacedFinding(finding.severity, finding.subject, located(finding, reading.lines))
