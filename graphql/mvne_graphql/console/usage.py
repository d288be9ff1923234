"""Usage files and failures."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
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

FileId = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this file; of all if absent.")]


def find_usage_file(context: RequestContext, key: UUID) -> UsageFile:
    """For those who may read usage."""
    return UsageFile.of(mediation.usage_file(context.ctx, key))


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
