"""Usage files and failures."""

from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of
from mvne_graphql.types.usage_files import (
    Kind,
    Reason,
    UsageException,
    UsageFile,
    UsageFileState,
    UsageReason,
    exceptions_of,
    reasons_of,
)
from mvne_platform import mediation

WHY = "Why, in one line; it is kept."
FileId = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this file; of all if absent.")]


def find_usage_file(context: RequestContext, key: UUID) -> UsageFile:
    """For those who may read usage."""
    return UsageFile.of(mediation.usage_file(context.ctx, key))


@strawberry.input(description="A file in quarantine, and how it is tried again.")
class RetryUsageFileInput:
    """What `retryUsageFile` needs."""

    usage_file_id: strawberry.ID = strawberry.field(description="Which file.")
    format: str | None = strawberry.field(default=None, description="As this format; as the same if absent.")
    why: str = strawberry.field(description=WHY)


@strawberry.input
class _WhichFile:
    """Which file, and why."""

    usage_file_id: strawberry.ID = strawberry.field(description="Which file.")
    why: str = strawberry.field(description=WHY)


@strawberry.input(description="A file in quarantine that is let through.")
class ReleaseUsageFileInput(_WhichFile):
    """What `releaseUsageFile` needs."""


@strawberry.input(description="A file in quarantine that is given up.")
class DiscardUsageFileInput(_WhichFile):
    """What `discardUsageFile` needs."""


@strawberry.type
class _FilePayload(Payload):
    """The file as it is now."""

    usage_file: UsageFile | None = strawberry.field(default=None, description="The file as it is now.")

    @classmethod
    def showing(cls, row: mediation.UsageFile) -> Self:
        """After it was done."""
        return cls(usage_file=UsageFile.of(row))


@strawberry.type(description="What became of another try.")
class RetryUsageFilePayload(_FilePayload):
    """Rated, or still in quarantine."""


@strawberry.type(description="What became of a file that was let through.")
class ReleaseUsageFilePayload(_FilePayload):
    """Its rows are rated."""


@strawberry.type(description="What became of a file that was given up.")
class DiscardUsageFilePayload(_FilePayload):
    """It is kept."""


@strawberry.type
class UsageQueries:
    """Root fields."""

    @resolved("The brand's usage files, newest first.")
    def usage_files(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        state: Annotated[UsageFileState | None, strawberry.argument(description="Only these; all if absent.")] = None,
    ) -> Connection[UsageFile]:
        """Read by keyset."""
        page = Page.of(first, after)
        wanted = mediation.FileState(str(state.value)) if state else None
        rows = mediation.usage_files(info.context.ctx, state=wanted, first=page.fetch, before=page.after_id)
        return connect(rows, page, UsageFile.of)

    @resolved("A usage file; null if there is none.")
    def usage_file(self, info: Info, id: Id) -> UsageFile | None:  # noqa: A002  # Relay's word
        """By id."""
        found: UsageFile | None = one(info.context, "UsageFile", id, find_usage_file)
        return found

    @resolved("Rows of any file that were not rated, newest first.")
    def usage_exceptions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        file_id: FileId = None,
        kind: Kind = None,
        reason: Reason = None,
    ) -> Connection[UsageException]:
        """Read by keyset."""
        key = key_of(file_id, "UsageFile") if file_id else None
        return exceptions_of(info, key, Page.of(first, after), kind, reason)

    @resolved("How many rows were not rated, by reason.", cost=5)
    def usage_exception_reasons(self, info: Info, file_id: FileId = None) -> list[UsageReason]:
        """Counted."""
        return reasons_of(info, key_of(file_id, "UsageFile") if file_id else None)


@strawberry.type
class UsageMutations:
    """Root fields."""

    @mutation("Tries a file in quarantine again, as another format perhaps.", keyed=True)
    def retry_usage_file(self, info: Info, given: Annotated[RetryUsageFileInput, INPUT]) -> RetryUsageFilePayload:
        """It is rated if it can be read; else it stays, with the new reason."""
        key = key_of(given.usage_file_id, "UsageFile", "usage_file_id")
        return RetryUsageFilePayload.showing(
            mediation.retry_file(info.context.ctx, key, format=given.format, why=given.why)
        )

    @mutation("Lets a file in quarantine through in spite of what is wrong with it as a whole.", keyed=True)
    def release_usage_file(self, info: Info, given: Annotated[ReleaseUsageFileInput, INPUT]) -> ReleaseUsageFilePayload:
        """Its rows are rated, each by itself."""
        key = key_of(given.usage_file_id, "UsageFile", "usage_file_id")
        return ReleaseUsageFilePayload.showing(mediation.release_file(info.context.ctx, key, why=given.why))

    @mutation("Gives a file in quarantine up; its bytes and its history stay.")
    def discard_usage_file(self, info: Info, given: Annotated[DiscardUsageFileInput, INPUT]) -> DiscardUsageFilePayload:
        """It can still be tried again."""
        key = key_of(given.usage_file_id, "UsageFile", "usage_file_id")
        return DiscardUsageFilePayload.showing(mediation.discard_file(info.context.ctx, key, why=given.why))
