"""Failed rows, and what was done about them."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import Node, global_id
from mvne_graphql.types.catalogue import Service
from mvne_platform.mediation import failure_log


@strawberry.enum(description="How a failed row stands.")
class UsageFailureState(Enum):
    """As in mediation."""

    OPEN = strawberry.enum_value("open", description="It is not rated.")
    CORRECTED = strawberry.enum_value("corrected", description="Its record was corrected; it is not rated yet.")
    RATED = strawberry.enum_value("rated", description="It was rated since, or found to need no rating.")
    WRITTEN_OFF = strawberry.enum_value("written_off", description="It was given up, with a reason.")


@strawberry.enum(description="What happened to a failed row.")
class UsageFailureDeed(Enum):
    """As in mediation."""

    CORRECTED = strawberry.enum_value("corrected", description="A corrected record was put beside it.")
    FAILED = strawberry.enum_value("failed", description="It was tried again and failed again.")
    RATED = strawberry.enum_value("rated", description="It was tried again and is done; `reason` says how it ended.")
    WRITTEN_OFF = strawberry.enum_value("written_off", description="It was given up.")


@strawberry.enum(description="What a batch does with its failures.")
class UsageFailureBatchKind(Enum):
    """As in mediation."""

    RATE_AGAIN = strawberry.enum_value("rate_again", description="They are rated again.")
    WRITE_OFF = strawberry.enum_value("write_off", description="They are given up.")


@strawberry.enum(description="Where a batch of failures stands.")
class UsageFailureBatchState(Enum):
    """As in mediation."""

    RUNNING = strawberry.enum_value("running", description="It goes on in the background.")
    DONE = strawberry.enum_value("done", description="It has looked at all of them.")
    STOPPED = strawberry.enum_value("stopped", description="Somebody stopped it; what it did stays.")


@strawberry.type(description="One step of a failed row's history.")
class UsageFailureStep:
    """Added, never changed."""

    action: UsageFailureDeed = strawberry.field(description="What happened.")
    reason: str | None = strawberry.field(description="Why it failed again, or how it ended, for programs.")
    detail: str | None = strawberry.field(description="The same, for people.")
    why: str | None = strawberry.field(description="Why somebody did it.")
    record: str | None = strawberry.field(description="The corrected record; null for who may not see numbers.")
    actor: str = strawberry.field(description="Who did it, or began the batch that did.")
    at: datetime = strawberry.field(description="When, by the brand's clock.")

    @classmethod
    def of(cls, step: failure_log.FailureStep) -> Self:
        """The step."""
        return cls(
            action=UsageFailureDeed(step.action),
            reason=step.reason,
            detail=step.detail,
            why=step.why,
            record=step.record,
            actor=step.actor,
            at=step.at,
        )


@strawberry.type(description="A row that could not be rated, as it stands now.")
class UsageFailure(Node):
    """With its history."""

    file_id: strawberry.ID = strawberry.field(description="The file it came in.")
    file_name: str = strawberry.field(description="The file's name.")
    row: int = strawberry.field(description="Its line in the file.")
    state: UsageFailureState = strawberry.field(description="How it stands.")
    reason: str = strawberry.field(description="Why it failed last, for programs.")
    detail: str = strawberry.field(description="The same, for people.")
    service: Service | None = strawberry.field(description="The service, if the record could be read.")
    start: datetime | None = strawberry.field(description="The event's start, if the record could be read.")
    record: str | None = strawberry.field(description="The record as received; null for who may not see numbers.")
    corrected: str | None = strawberry.field(description="Its newest correction, if there is one.")
    recorded_at: datetime = strawberry.field(description="When it failed first.")
    key: strawberry.Private[UUID]

    @resolved("What happened to it since, oldest first.", cost=2)
    def history(self, info: Info) -> list[UsageFailureStep]:
        """Step by step."""
        return [UsageFailureStep.of(step) for step in failure_log.failure_history(info.context.ctx, self.key)]

    @classmethod
    def of(cls, row: failure_log.Failure) -> Self:
        """The row."""
        return cls(
            id=global_id("UsageFailure", row.id),
            file_id=global_id("UsageFile", row.file_id),
            file_name=row.file_name,
            row=row.row,
            state=UsageFailureState(row.state),
            reason=row.reason,
            detail=row.detail,
            service=Service(row.service) if row.service else None,
            start=row.start,
            record=row.record,
            corrected=row.corrected,
            recorded_at=row.recorded_at,
            key=row.id,
        )


@strawberry.type(description="Failures of one reason and service.")
class UsageFailureGroup:
    """How many, since when, and one of them."""

    reason: str = strawberry.field(description="The reason, for programs.")
    service: Service | None = strawberry.field(description="The service; null where records could not be read.")
    count: int = strawberry.field(description="How many.")
    oldest_at: datetime = strawberry.field(description="When the first of them failed.")
    newest_at: datetime = strawberry.field(description="When the last of them failed.")
    sample: UsageFailure = strawberry.field(description="The oldest of them.")

    @classmethod
    def of(cls, group: failure_log.FailureGroup) -> Self:
        """The group."""
        return cls(
            reason=group.reason,
            service=Service(group.service) if group.service else None,
            count=group.count,
            oldest_at=group.oldest_at,
            newest_at=group.newest_at,
            sample=UsageFailure.of(group.sample),
        )


@strawberry.type(description="Many failures dealt with in the background.")
class UsageFailureBatch(Node):
    """With its progress."""

    kind: UsageFailureBatchKind = strawberry.field(description="What is done with them.")
    state: UsageFailureBatchState = strawberry.field(description="Where it stands.")
    why: str = strawberry.field(description="Why somebody began it.")
    actor: str = strawberry.field(description="Who began it.")
    total: int = strawberry.field(description="How many were selected when it began.")
    looked_at: int = strawberry.field(description="How many it has looked at.")
    closed: int = strawberry.field(description="How many of those no longer fail, or were written off.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")

    @classmethod
    def of(cls, row: failure_log.FailureBatch) -> Self:
        """The batch."""
        return cls(
            id=global_id("UsageFailureBatch", row.id),
            kind=UsageFailureBatchKind(row.kind),
            state=UsageFailureBatchState(row.state),
            why=row.why,
            actor=row.actor,
            total=row.total,
            looked_at=row.looked_at,
            closed=row.closed,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )
