"""The failure log: search, groups, correction, rating again, writing off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of
from mvne_graphql.types.catalogue import Service
from mvne_graphql.types.usage_failures import UsageFailure, UsageFailureBatch, UsageFailureGroup, UsageFailureState
from mvne_platform.mediation import failure_log
from mvne_platform.mediation.failure_log import BatchKind, FailureFilter, FailureState

WHY = "Why, in one line; it is kept."


@strawberry.input(description="Which failures are wanted; what is absent does not narrow it.")
class UsageFailureFilterInput:
    """All that is given must hold."""

    reason: str | None = strawberry.field(default=None, description="Only of this reason.")
    service: Service | None = strawberry.field(default=None, description="Only of this service.")
    usage_source_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this source's files.")
    usage_file_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this file.")
    since: datetime | None = strawberry.field(default=None, description="Only what failed at this instant or later.")
    until: datetime | None = strawberry.field(default=None, description="Only what failed before this instant.")
    text: str | None = strawberry.field(default=None, description="Only with this in the sentence that says why.")
    states: list[UsageFailureState] | None = strawberry.field(
        default=None, description="Only in these states; open and corrected ones if absent."
    )

    def filter(self) -> FailureFilter:
        """As mediation wants it."""
        states = tuple(FailureState(str(state.value)) for state in self.states) if self.states is not None else None
        source, file = self.usage_source_id, self.usage_file_id
        return FailureFilter(
            reason=self.reason,
            service=str(self.service.value) if self.service else None,
            source_id=key_of(source, "UsageSource") if source else None,
            file_id=key_of(file, "UsageFile") if file else None,
            since=self.since,
            until=self.until,
            text=self.text,
            **({} if states is None else {"states": states}),
        )


FilterArgument = Annotated[
    UsageFailureFilterInput | None,
    strawberry.argument(name="filter", description="Which failures; all that are open if absent."),
]


@strawberry.input(description="A correction of a failed record.")
class CorrectUsageFailureInput:
    """What `correctUsageFailure` needs."""

    usage_failure_id: strawberry.ID = strawberry.field(description="Which failure.")
    record: str = strawberry.field(description="The whole record as it should have been: one line, as in the file.")
    why: str = strawberry.field(description=WHY)


@strawberry.input
class _Selection:
    """One of both: the failures themselves, or a filter."""

    usage_failure_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="These, at most 1,000.")
    filter: UsageFailureFilterInput | None = strawberry.field(default=None, description="All open ones like this.")
    why: str = strawberry.field(description=WHY)


@strawberry.input(description="Failures to be rated again: those named, or all open ones that a filter finds.")
class RateUsageFailuresAgainInput(_Selection):
    """What `rateUsageFailuresAgain` needs."""


@strawberry.input(description="Failures to be given up: those named, or all open ones that a filter finds.")
class WriteOffUsageFailuresInput(_Selection):
    """What `writeOffUsageFailures` needs."""


@strawberry.input(description="A batch that is to end.")
class StopUsageFailureBatchInput:
    """What `stopUsageFailureBatch` needs."""

    usage_failure_batch_id: strawberry.ID = strawberry.field(description="Which batch.")


@strawberry.type(description="What became of a correction.")
class CorrectUsageFailurePayload(Payload):
    """It counts when the failure is rated again."""

    usage_failure: UsageFailure | None = strawberry.field(default=None, description="The failure as it is now.")


@strawberry.type
class _BatchPayload(Payload):
    """Ask for its progress until it is done."""

    batch: UsageFailureBatch | None = strawberry.field(default=None, description="The batch in the background.")

    @classmethod
    def showing(cls, row: failure_log.FailureBatch) -> Self:
        """After it was done."""
        return cls(batch=UsageFailureBatch.of(row))


@strawberry.type(description="What became of failures that are rated again.")
class RateUsageFailuresAgainPayload(_BatchPayload):
    """In the background."""


@strawberry.type(description="What became of failures that are given up.")
class WriteOffUsageFailuresPayload(_BatchPayload):
    """In the background."""


@strawberry.type(description="What became of a batch.")
class StopUsageFailureBatchPayload(_BatchPayload):
    """What it did stays."""


def find_usage_failure(context: RequestContext, key: UUID) -> UsageFailure:
    """For those who may read usage."""
    return UsageFailure.of(failure_log.failure(context.ctx, key))


def find_usage_failure_batch(context: RequestContext, key: UUID) -> UsageFailureBatch:
    """For those who may read usage."""
    return UsageFailureBatch.of(failure_log.failure_batch(context.ctx, key))


def _start(info: Info, kind: BatchKind, given: _Selection) -> failure_log.FailureBatch:
    wanted = given.filter.filter() if given.filter else None
    ids: Sequence[UUID] | None = None
    if given.usage_failure_ids is not None:
        ids = [key_of(one_id, "UsageFailure", "usage_failure_ids") for one_id in given.usage_failure_ids]
    return failure_log.start_batch(info.context.ctx, kind, why=given.why, wanted=wanted, ids=ids)


@strawberry.type
class UsageFailureQueries:
    """Root fields."""

    @resolved("Rows that could not be rated, newest first.")
    def usage_failures(
        self, info: Info, first: First = None, after: After = None, wanted: FilterArgument = None
    ) -> Connection[UsageFailure]:
        """Read by keyset."""
        page, narrowed = Page.of(first, after), (wanted or UsageFailureFilterInput()).filter()
        ctx = info.context.ctx
        rows = failure_log.failures(ctx, narrowed, first=page.fetch, before=page.after_id)
        return connect(rows, page, UsageFailure.of, count=lambda: failure_log.failure_count(ctx, narrowed))

    @resolved("A failed row; null if there is none.")
    def usage_failure(self, info: Info, id: Id) -> UsageFailure | None:  # noqa: A002  # Relay's word
        """By id."""
        found: UsageFailure | None = one(info.context, "UsageFailure", id, find_usage_failure)
        return found

    @resolved("Failed rows by reason and service, the largest group first.", cost=10, size=20)
    def usage_failure_groups(self, info: Info, wanted: FilterArgument = None) -> list[UsageFailureGroup]:
        """Counted."""
        narrowed = (wanted or UsageFailureFilterInput()).filter()
        return [UsageFailureGroup.of(group) for group in failure_log.failure_groups(info.context.ctx, narrowed)]

    @resolved("Batches that dealt with failures, newest first.")
    def usage_failure_batches(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[UsageFailureBatch]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = failure_log.failure_batches(info.context.ctx, first=page.fetch, before=page.after_id)
        return connect(rows, page, UsageFailureBatch.of)

    @resolved("A batch of failures; null if there is none.")
    def usage_failure_batch(self, info: Info, id: Id) -> UsageFailureBatch | None:  # noqa: A002  # Relay's word
        """By id."""
        found: UsageFailureBatch | None = one(info.context, "UsageFailureBatch", id, find_usage_failure_batch)
        return found


@strawberry.type
class UsageFailureMutations:
    """Root fields."""

    @mutation("Puts a corrected record beside a failed one; it counts when the row is rated again.")
    def correct_usage_failure(
        self, info: Info, given: Annotated[CorrectUsageFailureInput, INPUT]
    ) -> CorrectUsageFailurePayload:
        """The record as received stays."""
        key = key_of(given.usage_failure_id, "UsageFailure", "usage_failure_id")
        corrected = failure_log.correct_failure(info.context.ctx, key, record=given.record, why=given.why)
        return CorrectUsageFailurePayload(usage_failure=UsageFailure.of(corrected))

    @mutation("Rates failed rows again, in the background: those named, or all open ones of a filter.", keyed=True)
    def rate_usage_failures_again(
        self, info: Info, given: Annotated[RateUsageFailuresAgainInput, INPUT]
    ) -> RateUsageFailuresAgainPayload:
        """After the cause was mended, or records were corrected."""
        return RateUsageFailuresAgainPayload.showing(_start(info, BatchKind.RATE_AGAIN, given))

    @mutation("Gives failed rows up, in the background: those named, or all open ones of a filter.", keyed=True)
    def write_off_usage_failures(
        self, info: Info, given: Annotated[WriteOffUsageFailuresInput, INPUT]
    ) -> WriteOffUsageFailuresPayload:
        """They stay in the log."""
        return WriteOffUsageFailuresPayload.showing(_start(info, BatchKind.WRITE_OFF, given))

    @mutation("Lets a batch end where it is; what it did stays.")
    def stop_usage_failure_batch(
        self, info: Info, given: Annotated[StopUsageFailureBatchInput, INPUT]
    ) -> StopUsageFailureBatchPayload:
        """Harmless for one that has ended."""
        key = key_of(given.usage_failure_batch_id, "UsageFailureBatch", "usage_failure_batch_id")
        return StopUsageFailureBatchPayload.showing(failure_log.stop_batch(info.context.ctx, key))
