"""From sandbox to live."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mvne_platform import catalogue, letters, tax
from mvne_platform.catalogue import OfferingKind, OfferingView
from mvne_platform.inventory import Number, ResourceState, Sim
from mvne_platform.kernel import DomainError, local_date
from mvne_platform.letters import LetterTemplate, TemplateDraft
from mvne_platform.runtime import Actor, BrandRow, BrandState, Context, brand_work, platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.models import HostRow
from mvne_tenants import permissions
from mvne_tenants.golive.checklist import Point, Situation, checklist
from mvne_tenants.models import ApplicationState, BrandApplication
from mvne_tenants.registry import brand_for_update, brand_row, require


class NotASandbox(DomainError):
    """Only a sandbox goes live."""

    code = "NOT_A_SANDBOX"


class NotReady(DomainError):
    """The brand cannot go live yet; `missing` are the points of the checklist that are not met."""

    code = "NOT_READY"

    def __init__(self, slug: str, missing: Sequence[Point]) -> None:
        self.missing = tuple(missing)
        listed = "\n".join(f"  - {point}" for point in self.missing)
        super().__init__(f"'{slug}' cannot go live yet; nothing was changed. What is missing:\n{listed}")


def readiness(slug: str, *, actor: Actor = SYSTEM) -> list[Point]:
    """The checklist as the brand stands now, in real time; raises UnknownBrand."""
    require(actor, permissions.READ)
    with platform_work(actor) as db:
        return _readiness(db, brand_row(db, slug))


def go_live(slug: str, *, actor: Actor = SYSTEM) -> None:
    """Let a sandbox become live: from then on its clock is real time and cannot be moved.

    What was made in the sandbox stays. Raises UnknownBrand, NotASandbox, NotReady with everything that is missing.
    """
    require(actor, permissions.APPLY)
    with platform_work(actor) as db:
        row = brand_for_update(db, slug)
        if row.state != BrandState.SANDBOX:
            raise NotASandbox(f"'{slug}' is {row.state}; only a sandbox goes live.")
        missing = [point for point in _readiness(db, row) if not point.met]
        if missing:
            raise NotReady(slug, missing)
        row.state, row.clock_at, row.clock_target = BrandState.LIVE.value, None, None
        row.version += 1


def _readiness(db: Session, row: BrandRow) -> list[Point]:
    unfinished = (ApplicationState.REQUESTED, ApplicationState.RUNNING)
    applying = select(BrandApplication.id).where(
        BrandApplication.slug == row.slug, BrandApplication.state.in_(unfinished)
    )
    if row.manifest_digest == "":
        return [Point("MANIFEST", met=False, missing="No application of the manifest is complete; apply it again.")]
    with brand_work(row.slug) as ctx:
        now = system_now()
        live = Context(ctx.brand, ctx.actor, now, ctx.db)
        views = catalogue.sellable(live)
        found = Situation(
            now=now,
            clock_at=row.clock_at,
            clock_is_moving=row.clock_target is not None,
            is_applied=True,
            is_being_applied=db.scalar(applying.limit(1)) is not None,
            hosts=db.scalars(select(HostRow.host).where(HostRow.slug == row.slug)).all(),
            languages=row.languages,
            profile=row.profile,
            tax_classes_missing=_tax_classes_missing(live, views),
            free_sims=_count(live, Sim),
            free_numbers=_count(live, Number),
            plans_with_prices=len(_plans_in_force(live, views)),
            letter_faults=_letter_faults(live, views),
        )
    return checklist(found)


def _tax_classes_missing(ctx: Context, views: Sequence[OfferingView]) -> list[str]:
    rates = tax.rates_on(ctx, local_date(ctx.now, ctx.brand.time_zone))
    return sorted({price.tax_class for view in views for price in view.prices} - rates.keys())


def _count(ctx: Context, stock: type[Sim] | type[Number]) -> int:
    return ctx.db.scalar(select(func.count()).select_from(stock).where(stock.state == ResourceState.FREE)) or 0


def _plans_in_force(ctx: Context, views: Sequence[OfferingView]) -> list[OfferingView]:
    in_force = {
        view.code
        for view in catalogue.price_lists(ctx)
        if any(version.valid_from <= ctx.now for version in view.versions)
    }
    plans = [view for view in views if view.offering.kind is OfferingKind.PLAN]
    return [view for view in plans if view.offering.price_list in in_force]


def _letter_faults(ctx: Context, views: Sequence[OfferingView]) -> list[str]:
    drafts = [
        TemplateDraft(code=row.code, language=row.language, channel=row.channel, subject=row.subject, body=row.body)
        for row in ctx.db.scalars(select(LetterTemplate))
    ]
    modes = {view.offering.payment_mode for view in views if view.offering.kind is OfferingKind.PLAN}
    faults = letters.faults(drafts, languages=ctx.brand.languages, payment_modes=modes)
    return [fault.message for fault in faults]
