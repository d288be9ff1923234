"""Reference data of called numbers, and the formats of usage files that are described as data."""

import io
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_platform import mediation

Number = Annotated[str, strawberry.argument(description="E.164 with +, or a code as dialled.")]
At = Annotated[datetime | None, strawberry.argument(description="When; now by the brand's clock if absent.")]


@strawberry.enum(description="What a file of number data holds.")
class NumberDataKind(Enum):
    """As in mediation."""

    PORTABILITY = strawberry.enum_value("portability", description="Which operator a number or range was ported to.")
    SHORT_CODES = strawberry.enum_value("short_codes", description="What codes and number ranges stand for.")


@strawberry.enum(description="What is special about a number, whatever the price list says.")
class NumberClass(Enum):
    """As in the catalogue."""

    EMERGENCY = strawberry.enum_value("emergency", description="Never charged, barred or itemised.")
    FREEPHONE = strawberry.enum_value("freephone", description="Never charged, barred or itemised.")
    HELPLINE = strawberry.enum_value("helpline", description="Charged as any number, not itemised.")


@strawberry.type(description="What is known of a called number.")
class CalledNumber:
    """At one instant."""

    operator: str | None = strawberry.field(description="The operator it had been ported to; null if it had not.")
    number_class: NumberClass | None = strawberry.field(description="What is special about it.")
    name: str | None = strawberry.field(description="What the code or range is called.")


@strawberry.type(description="A code as dialled, or the beginning of numbers, and what it stands for.")
class ShortCode:
    """A dated entry."""

    code: str = strawberry.field(description="The code; the digits that numbers begin with, of a `prefix`.")
    prefix: bool = strawberry.field(description="Whether every number that begins with it is meant.")
    name: str = strawberry.field(description="What it stands for.")
    number_class: NumberClass | None = strawberry.field(description="What is special about it.")
    source: str = strawberry.field(description="The document that says so.")
    valid_from: datetime = strawberry.field(description="From when on it held.")
    valid_to: datetime | None = strawberry.field(description="Until before when it held; null if it has no end.")


@strawberry.type(description="A load of number data that changed something.")
class NumberDataLoad:
    """Kept for ever."""

    kind: NumberDataKind = strawberry.field(description="What was loaded.")
    name: str = strawberry.field(description="The file's name.")
    replaced: bool = strawberry.field(description="Whether everything was exchanged for it.")
    added: int = strawberry.field(description="Entries that were new.")
    ended: int = strawberry.field(description="Entries that were ended by newer ones.")
    actor: str = strawberry.field(description="Who loaded it.")
    loaded_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="How much number data the brand has, and how it came.")
class NumberData:
    """As of now."""

    ported_numbers: int = strawberry.field(description="Single numbers that are ported now.")
    ported_ranges: int = strawberry.field(description="Ranges that are ported now.")
    short_codes: int = strawberry.field(description="Codes and prefixes that hold now.")
    loads: list[NumberDataLoad] = strawberry.field(description="The latest loads, newest first.")


@strawberry.type(description="A row of number data that was not taken.")
class NumberDataFault:
    """With its line."""

    line: int = strawberry.field(description="The line in the file; the header is line 1.")
    reason: str = strawberry.field(description="Why, for programs.")
    detail: str = strawberry.field(description="Why, for people.")


@strawberry.input(description="A file of number data.")
class LoadNumberDataInput:
    """What `loadNumberData` needs."""

    kind: NumberDataKind = strawberry.field(description="What the file holds.")
    name: str = strawberry.field(description="The file's name.")
    content: str = strawberry.field(description="The file: CSV with the documented header.")
    replace: bool = strawberry.field(
        default=False, description="Exchange everything for the file; a single faulty row keeps all as it is."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="How the rows of a file of number data ended.")
class LoadNumberDataPayload(Payload):
    """Every row is counted once."""

    rows: int = strawberry.field(default=0, description="Rows in the file.")
    added: int = strawberry.field(default=0, description="Entries that were new.")
    ended: int = strawberry.field(default=0, description="Entries that were ended.")
    unchanged: int = strawberry.field(default=0, description="Rows that said what was known.")
    faulty: int = strawberry.field(default=0, description="Rows that were not taken.")
    faults: list[NumberDataFault] = strawberry.field(
        default_factory=list, description="The first 1,000 rows that were not taken."
    )


@strawberry.type(description="A format of usage files that the brand has described.")
class UsageFormat:
    """See the handbook: adding a format."""

    code: str = strawberry.field(description="What sources and files call it.")
    description: JSON = strawberry.field(description="The description; what has its default is left out.")
    changed_at: datetime = strawberry.field(description="When it was described last.")


@strawberry.input(description="A format of usage files.")
class DescribeUsageFormatInput:
    """What `describeUsageFormat` needs."""

    code: str = strawberry.field(description="What sources and files call it.")
    description: JSON = strawberry.field(description="The description, as the handbook tells it.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="The format as it is described now.")
class DescribeUsageFormatPayload(Payload):
    """With what was understood."""

    format: UsageFormat | None = strawberry.field(default=None, description="The format.")


@strawberry.type
class NumberDataQueries:
    """Root fields."""

    @resolved("How much number data the brand has, and how it came.", cost=5)
    def number_data(self, info: Info) -> NumberData:
        """Counted."""
        ctx = info.context.ctx
        state = mediation.numbers.number_data_state(ctx)
        loads = [
            NumberDataLoad(
                kind=NumberDataKind(load.kind.value),
                name=load.name,
                replaced=load.replaced,
                added=load.added,
                ended=load.ended,
                actor=load.actor,
                loaded_at=load.loaded_at,
            )
            for load in mediation.numbers.number_data_loads(ctx)
        ]
        return NumberData(
            ported_numbers=state.ported_numbers,
            ported_ranges=state.ported_ranges,
            short_codes=state.short_codes,
            loads=loads,
        )

    @resolved("What is known of a called number, as rating would look it up.", cost=5)
    def called_number(self, info: Info, number: Number, at: At = None) -> CalledNumber:
        """By the same look-up."""
        facts = mediation.numbers.called_number(info.context.ctx, number, at or info.context.ctx.now)
        return CalledNumber(operator=facts.operator, number_class=_class(facts.number_class), name=facts.name)

    @resolved("The codes and prefixes that hold at an instant.", cost=5, size=50)
    def short_codes(self, info: Info, at: At = None) -> list[ShortCode]:
        """In the order of their digits."""
        ctx = info.context.ctx
        return [
            ShortCode(
                code=row.code,
                prefix=row.prefix,
                name=row.name,
                number_class=_class(row.number_class),
                source=row.source,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in mediation.numbers.short_codes_at(ctx, at or ctx.now)
        ]

    @resolved("The formats of usage files that the brand has described.", size=10)
    def usage_formats(self, info: Info) -> list[UsageFormat]:
        """By code."""
        return [_format(row) for row in mediation.described_formats(info.context.ctx)]


@strawberry.type
class NumberDataMutations:
    """Root fields."""

    @mutation("Takes a file of portability data or short codes; every row is answered.")
    def load_number_data(self, info: Info, given: Annotated[LoadNumberDataInput, INPUT]) -> LoadNumberDataPayload:
        """Larger files are loaded on the machine: `mvne numbers load`."""
        answer = mediation.numbers.load_number_data(
            info.context.ctx,
            mediation.numbers.NumberDataKind(str(given.kind.value)),
            name=given.name,
            content=io.BytesIO(given.content.encode()),
            replace=given.replace,
        )
        return LoadNumberDataPayload(
            rows=answer.rows,
            added=answer.added,
            ended=answer.ended,
            unchanged=answer.unchanged,
            faulty=answer.faulty,
            faults=[
                NumberDataFault(line=line, reason=fault.reason, detail=fault.detail) for line, fault in answer.faults
            ],
        )

    @mutation("Describes a format of usage files, or changes its description.")
    def describe_usage_format(
        self, info: Info, given: Annotated[DescribeUsageFormatInput, INPUT]
    ) -> DescribeUsageFormatPayload:
        """A refusal's `field` leads into the description."""
        row = mediation.describe_format(info.context.ctx, given.code, cast("dict[str, Any]", given.description))
        return DescribeUsageFormatPayload(format=_format(row))


def _format(row: mediation.UsageFormat) -> UsageFormat:
    return UsageFormat(code=row.code, description=cast("JSON", row.description), changed_at=row.changed_at)


def _class(known: str | None) -> NumberClass | None:
    return None if known is None else NumberClass(known)
