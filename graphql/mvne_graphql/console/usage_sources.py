"""Usage sources: defined, tested, asked for files, paused."""

from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from mvne_graphql.console.usage_source_inputs import (
    ChangeUsageSourceInput,
    CreateUsageSourceInput,
    PauseUsageSourceInput,
    PullUsageSourceInput,
    ResumeUsageSourceInput,
    SetUsageSourceSecretInput,
    TakeLeftUsageFileInput,
    TestUsageSourceInput,
    WaiveUsageGapInput,
)
from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.types.usage_sources import UsageLeftFile, UsageSource
from mvne_platform.mediation import sources


@strawberry.type
class _SourcePayload(Payload):
    """The source as it is now."""

    usage_source: UsageSource | None = strawberry.field(default=None, description="The source as it is now.")

    @classmethod
    def showing(cls, row: sources.UsageSource) -> Self:
        """After it was done."""
        return cls(usage_source=UsageSource.of(row))


@strawberry.type(description="What became of a new source.")
class CreateUsageSourcePayload(_SourcePayload):
    """It is asked by its schedule from now on."""


@strawberry.type(description="What became of a change.")
class ChangeUsageSourcePayload(_SourcePayload):
    """All of it at once."""


@strawberry.type(description="What became of a secret.")
class SetUsageSourceSecretPayload(_SourcePayload):
    """Nothing shows it again."""


@strawberry.type(description="What became of a pause.")
class PauseUsageSourcePayload(_SourcePayload):
    """A pull that is under way ends."""


@strawberry.type(description="What became of a paused source.")
class ResumeUsageSourcePayload(_SourcePayload):
    """By its schedule."""


@strawberry.type(description="What became of a pull: it is promised.")
class PullUsageSourcePayload(_SourcePayload):
    """Ask for `pulledAt`."""


@strawberry.type(description="What became of a test: it is promised.")
class TestUsageSourcePayload(_SourcePayload):
    """Ask until `test.at` is set."""


@strawberry.type(description="What became of missing numbers.")
class WaiveUsageGapPayload(_SourcePayload):
    """They are no longer shown as missing."""


@strawberry.type(description="What became of a file that was left.")
class TakeLeftUsageFilePayload(Payload):
    """The next pull takes it."""

    left_file: UsageLeftFile | None = strawberry.field(default=None, description="The file.")


def find_usage_source(context: RequestContext, key: UUID) -> UsageSource:
    """For those who may read usage."""
    return UsageSource.of(sources.usage_source(context.ctx, key))


def _key(given: Any) -> UUID:
    return key_of(given.usage_source_id, "UsageSource", "usage_source_id")


@strawberry.type
class UsageSourceQueries:
    """Root fields."""

    @resolved("Where the brand's usage files come from, by code.", size=10)
    def usage_sources(self, info: Info) -> list[UsageSource]:
        """All of them: there are few."""
        return [UsageSource.of(row) for row in sources.usage_sources(info.context.ctx)]

    @resolved("A usage source; null if there is none.")
    def usage_source(self, info: Info, id: Id) -> UsageSource | None:  # noqa: A002  # Relay's word
        """By id."""
        found: UsageSource | None = one(info.context, "UsageSource", id, find_usage_source)
        return found


@strawberry.type
class UsageSourceMutations:
    """Root fields."""

    @mutation("Makes a usage source.")
    def create_usage_source(
        self, info: Info, given: Annotated[CreateUsageSourceInput, INPUT]
    ) -> CreateUsageSourcePayload:
        """It is asked by its schedule from now on."""
        ctx, draft = info.context.ctx, given.source.draft()
        return CreateUsageSourcePayload.showing(sources.create_source(ctx, draft, secret=given.secret))

    @mutation("Changes a usage source; code, kind and secret stay.")
    def change_usage_source(
        self, info: Info, given: Annotated[ChangeUsageSourceInput, INPUT]
    ) -> ChangeUsageSourcePayload:
        """All of it at once."""
        return ChangeUsageSourcePayload.showing(
            sources.change_source(info.context.ctx, _key(given), given.source.draft())
        )

    @mutation("Seals a new password or private key of a usage source.", keyless=True)
    def set_usage_source_secret(
        self, info: Info, given: Annotated[SetUsageSourceSecretInput, INPUT]
    ) -> SetUsageSourceSecretPayload:
        """Kept under no idempotency key."""
        return SetUsageSourceSecretPayload.showing(
            sources.set_source_secret(info.context.ctx, _key(given), given.secret)
        )

    @mutation("Lets a usage source take nothing for now.")
    def pause_usage_source(self, info: Info, given: Annotated[PauseUsageSourceInput, INPUT]) -> PauseUsageSourcePayload:
        """A pull that is under way ends."""
        return PauseUsageSourcePayload.showing(sources.pause_source(info.context.ctx, _key(given)))

    @mutation("Lets a paused usage source go on.")
    def resume_usage_source(
        self, info: Info, given: Annotated[ResumeUsageSourceInput, INPUT]
    ) -> ResumeUsageSourcePayload:
        """By its schedule."""
        return ResumeUsageSourcePayload.showing(sources.resume_source(info.context.ctx, _key(given)))

    @mutation("Asks a usage source for files at once, in the background.", keyed=True)
    def pull_usage_source(self, info: Info, given: Annotated[PullUsageSourceInput, INPUT]) -> PullUsageSourcePayload:
        """Besides its schedule."""
        return PullUsageSourcePayload.showing(sources.pull_now(info.context.ctx, _key(given)))

    @mutation("Tries a usage source's connection in the background and takes nothing; ask for `test`.", keyed=True)
    def test_usage_source(self, info: Info, given: Annotated[TestUsageSourceInput, INPUT]) -> TestUsageSourcePayload:
        """Ask until `test.at` is set."""
        return TestUsageSourcePayload.showing(sources.try_connection(info.context.ctx, _key(given)))

    @mutation("Says that missing files will never come, and why.")
    def waive_usage_gap(self, info: Info, given: Annotated[WaiveUsageGapInput, INPUT]) -> WaiveUsageGapPayload:
        """They are no longer shown as missing."""
        ctx, series = info.context.ctx, given.series
        first, last = int(given.first), int(given.last)
        return WaiveUsageGapPayload.showing(
            sources.waive_gap(ctx, _key(given), series=series, first=first, last=last, why=given.why)
        )

    @mutation("Wants a file again that was left at its source: the next pull takes it.")
    def take_left_usage_file(
        self, info: Info, given: Annotated[TakeLeftUsageFileInput, INPUT]
    ) -> TakeLeftUsageFilePayload:
        """If it is still there."""
        key = key_of(given.left_file_id, "UsageLeftFile", "left_file_id")
        return TakeLeftUsageFilePayload(left_file=UsageLeftFile.of(sources.take_again(info.context.ctx, key)))
