"""Publishing price lists and deciding whom they price."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, UserError, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.scalars import CurrencyCode
from mvne_graphql.types.price_lists import (
    PriceList,
    PriceListAssignment,
    PriceListDifference,
    PriceListFinding,
    PriceListPurpose,
)
from mvne_platform import catalogue, mediation, party
from mvne_platform.catalogue import DeckTerms, Exchange, PriceListHead, Purpose, editing
from mvne_platform.catalogue.editing import PricedBy
from mvne_platform.kernel import DomainError, InvalidInput


@strawberry.input(description="A file of a price list.")
class PriceListFileInput:
    """As the handbook describes it."""

    name: str = strawberry.field(description="`zones.csv`, `bands.csv`, `rates.csv` or `deck.csv`.")
    content: str = strawberry.field(description="Its text.")


def texts_of(files: Sequence[PriceListFileInput]) -> dict[str, str]:
    """Files by name; raises InvalidInput for one that is there twice."""
    if len({file.name for file in files}) < len(files):
        raise InvalidInput("A file is there twice; send each file once.", field=("files",))
    return {file.name: file.content for file in files}


def findings_of(error: DomainError) -> list[PriceListFinding]:
    """What the consistency check says of files that are refused for it."""
    found = error.findings if isinstance(error, editing.PriceListFilesFaulty) else ()
    return [PriceListFinding.placed(one) for one in found]


@strawberry.input(description="How a carrier's rate deck is to be read.")
class DeckInput:
    """What a deck itself does not say."""

    currency_code: CurrencyCode = strawberry.field(description="The currency of its prices.")
    rate: Decimal = strawberry.field(description="What one of that currency is in the list's.")
    day: date = strawberry.field(name="date", description="The day of that rate.")
    first_increment: int = strawberry.field(default=60, description="The least that is charged, in seconds.")
    next_increment: int = strawberry.field(default=60, description="In what steps more is charged, in seconds.")
    any_time: str = strawberry.field(default="peak", description="The deck's band that holds when no other does.")
    leave_out: list[str] = strawberry.field(
        default_factory=list, description="Prefixes that begin so are not taken over."
    )

    def terms(self) -> DeckTerms:
        """As the catalogue takes them."""
        return DeckTerms(
            Exchange(self.currency_code, self.rate, self.day),
            first_increment=self.first_increment,
            next_increment=self.next_increment,
            any_time=self.any_time,
            leave_out=tuple(self.leave_out),
        )


@strawberry.input(description="A new version of a price list, as files.")
class ImportPriceListInput:
    """What `importPriceList` needs."""

    code: str = strawberry.field(description="The list; a new one is made.")
    valid_from: datetime = strawberry.field(description="The instant from which the new version holds.")
    files: list[PriceListFileInput] = strawberry.field(description="All files of the version.")
    currency_code: CurrencyCode | None = strawberry.field(
        default=None, description="The currency of its prices; the brand's unless said, and always for retail lists."
    )
    parent: str | None = strawberry.field(default=None, description="The list it inherits from.")
    purpose: PriceListPurpose = strawberry.field(default=PriceListPurpose.RETAIL, description="Whose prices these are.")
    deck: DeckInput | None = strawberry.field(default=None, description="How to read deck.csv, if there is one.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)

    def head(self, brand_currency: str) -> PriceListHead:
        """What the files do not say."""
        return PriceListHead(
            self.code,
            self.currency_code or brand_currency,
            self.valid_from,
            self.deck.terms() if self.deck else None,
            self.parent,
            Purpose(str(self.purpose.value)),
        )

    def texts(self) -> dict[str, str]:
        """The files by name."""
        return texts_of(self.files)


@strawberry.type(description="What became of files of a price list.")
class ImportPriceListPayload(Payload):
    """Findings, and what the new version changes."""

    price_list: PriceList | None = strawberry.field(default=None, description="The list with its versions.")
    findings: list[PriceListFinding] = strawberry.field(
        default_factory=list, description="What the consistency check says; errors are why nothing was done."
    )
    differences: list[PriceListDifference] = strawberry.field(
        default_factory=list, description="How the new version differs from the one before it."
    )
    notes: list[str] = strawberry.field(
        default_factory=list, description="What was decided between the files, for people."
    )

    @classmethod
    def refusing(cls, error: DomainError) -> Self:
        """With every finding, if it is for findings."""
        return cls(user_errors=[UserError.of(error)], findings=findings_of(error))


@strawberry.input(description="Whom a price list shall price: exactly one of plan, customer group and customer.")
class AssignPriceListInput:
    """What `assignPriceList` needs."""

    price_list: str = strawberry.field(description="The list.")
    plan: str | None = strawberry.field(default=None, description="A plan's code.")
    customer_group: str | None = strawberry.field(default=None, description="A customer group's code.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="A customer.")
    valid_from: datetime | None = strawberry.field(default=None, description="Since when; now if absent.")
    valid_to: datetime | None = strawberry.field(default=None, description="Until when; for good if absent.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="An assignment that shall end.")
class EndPriceListAssignmentInput:
    """What `endPriceListAssignment` needs."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    valid_to: datetime | None = strawberry.field(default=None, description="When; now if absent.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type
class _Assignments(Payload):
    """All of them, for there are few."""

    assignments: list[PriceListAssignment] | None = strawberry.field(
        default=None, description="The brand's assignments after it."
    )


@strawberry.type(description="What became of an assignment that begins.")
class AssignPriceListPayload(_Assignments):
    """With all there are."""


@strawberry.type(description="What became of an assignment that ends.")
class EndPriceListAssignmentPayload(_Assignments):
    """With all that are left."""


@strawberry.type
class PriceListMutations:
    """Root fields."""

    @mutation("Publishes a version of a price list from its files; the same again changes nothing.", cost=100)
    def import_price_list(self, info: Info, given: Annotated[ImportPriceListInput, INPUT]) -> ImportPriceListPayload:
        """All or nothing; a dry run answers findings and differences."""
        ctx = info.context.ctx
        operators = mediation.number_data(ctx).operators
        head = given.head(ctx.brand.currency)
        _, published = editing.publish_price_list_files(ctx, head, given.texts(), operators)
        views = {view.code: view for view in catalogue.price_lists(ctx)}
        return ImportPriceListPayload(
            price_list=PriceList.of(views[head.code]),
            findings=[PriceListFinding.placed(one) for one in published.findings],
            differences=[PriceListDifference.of(one) for one in published.differences],
            notes=list(published.notes),
        )

    @mutation("Has a price list price a plan, a customer group or a customer from an instant on.")
    def assign_price_list(self, info: Info, given: Annotated[AssignPriceListInput, INPUT]) -> AssignPriceListPayload:
        """What held until then ends."""
        ctx = info.context.ctx
        customer = key_of(given.customer_id, "Customer", "customer_id") if given.customer_id else None
        if customer is not None:
            party.load_customer(ctx, customer)
        if given.customer_group is not None:
            party.load_customer_group(ctx, given.customer_group)
        to = PricedBy(given.plan, given.customer_group, customer)
        editing.assign_price_list(ctx, given.price_list, to, given.valid_from, given.valid_to)
        return AssignPriceListPayload(assignments=_assignments(info))

    @mutation("Ends an assignment of a price list.")
    def end_price_list_assignment(
        self, info: Info, given: Annotated[EndPriceListAssignmentInput, INPUT]
    ) -> EndPriceListAssignmentPayload:
        """The next most specific list prices from then on."""
        key = key_of(given.assignment_id, "PriceListAssignment", "assignment_id")
        editing.end_price_list_assignment(info.context.ctx, key, given.valid_to)
        return EndPriceListAssignmentPayload(assignments=_assignments(info))


def _assignments(info: Info) -> list[PriceListAssignment]:
    return [PriceListAssignment.of(view) for view in editing.price_list_assignments(info.context.ctx)]
